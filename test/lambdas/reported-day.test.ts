import { expect, test } from 'vitest';
import type { EpochMs } from '../../core/time.ts';
import { epochMs, isoDay } from '../../core/time.ts';
import { reportedDay } from '../../lambdas/report/reported-day.ts';

const at = (text: string): EpochMs => epochMs(Date.parse(text));
const NOON = at('2026-11-21T12:00:00Z');

test.each([
  ['due at five past midnight: the day before', { scheduledAt: '2026-11-21T00:05:00Z' }, '2026-11-20'],
  ['due at seven: the day before, all of it', { scheduledAt: '2026-11-21T07:00:00Z' }, '2026-11-20'],
  ['due at the very midnight: the day that ended', { scheduledAt: '2026-11-21T00:00:00Z' }, '2026-11-20'],
  ['due on the first of a year', { scheduledAt: '2026-01-01T00:05:00Z' }, '2025-12-31'],
  ['named by a person', { day: '2026-03-01' }, '2026-03-01'],
  [
    'named by a person who sends the schedule along',
    { day: '2026-03-01', scheduledAt: '2026-11-21T00:05:00Z' },
    '2026-03-01',
  ],
  [
    'a placeholder that nobody replaced: today so far',
    { scheduledAt: '<aws.scheduler.scheduled-time>' },
    '2026-11-21',
  ],
  ['called with nothing: today so far', {}, '2026-11-21'],
  ['called without an input: today so far', undefined, '2026-11-21'],
])('a report %s', (_, input, day) => {
  const reported = reportedDay(input, NOON);
  expect(reported.kind === 'day' && isoDay(reported.dayAt)).toBe(day);
});

test.each([
  [{ day: '2026-02-31' }],
  [{ day: 'yesterday' }],
  [{ day: 20_261_120 }],
  [{ day: null }],
  [{ day: '2026-11-20T00:00:00Z' }],
])('a day that is none is refused, with what a day looks like: %j', (input) => {
  expect(reportedDay(input, NOON)).toEqual({
    kind: 'bad',
    problem: expect.stringContaining('{"day":"2026-11-20"}'),
  });
});
