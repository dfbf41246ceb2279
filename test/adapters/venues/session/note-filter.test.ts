import { expect, test } from 'vitest';
import { NoteFilter } from '../../../../adapters/venues/session/note-filter.ts';
import { epochMs } from '../../../../core/time.ts';

test('lets the same note through once a minute, and others beside it', () => {
  const filter = new NoteFilter();
  const said = (detail: string, at: number): boolean => filter.isNews(detail, epochMs(at));
  expect([said('a', 0), said('a', 59_999), said('b', 59_999), said('a', 60_000), said('a', 60_001)]).toEqual([
    true,
    false,
    true,
    true,
    false,
  ]);
});

test('a clock that is set back silences nothing', () => {
  const filter = new NoteFilter();
  expect([filter.isNews('a', epochMs(1e9)), filter.isNews('a', epochMs(0))]).toEqual([true, true]);
});

test('forgets what it kept when there is too much of it, rather than grow', () => {
  const filter = new NoteFilter();
  for (let n = 0; n < 65; n += 1) filter.isNews(`note ${n}`, epochMs(0));
  expect(filter.isNews('note 0', epochMs(1))).toBe(true);
});
