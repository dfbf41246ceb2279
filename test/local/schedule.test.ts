import { expect, test } from 'vitest';
import type { EpochMs } from '../../core/time.ts';
import { isDue, scheduleTimes } from '../../local/schedule.ts';

const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs;

test.each([
  { expression: 'rate(1 minute)', everyMs: 60_000, offsetMs: 0 },
  { expression: 'rate(15 minutes)', everyMs: 900_000, offsetMs: 0 },
  { expression: 'rate(2 hours)', everyMs: 7_200_000, offsetMs: 0 },
  { expression: 'cron(5 0 * * ? *)', everyMs: 86_400_000, offsetMs: 300_000 },
  { expression: 'cron(30 13 * * ? *)', everyMs: 86_400_000, offsetMs: 48_600_000 },
])('reads $expression', ({ expression, everyMs, offsetMs }) => {
  expect(scheduleTimes(expression)).toEqual({ everyMs, offsetMs });
});

test.each(['rate(1 day)', 'cron(5 0 1 * ? *)', 'every minute', ''])(
  'refuses %j instead of not following it',
  (expression) => {
    expect(() => scheduleTimes(expression)).toThrow(/neither a rate .* nor a daily cron time/);
  },
);

test.each([
  // A time fires with the first window at or after it, once.
  { previous: '2026-01-05T09:00:59Z', now: '2026-01-05T09:01:00Z', expression: 'rate(1 minute)', due: true },
  { previous: '2026-01-05T09:01:00Z', now: '2026-01-05T09:01:01Z', expression: 'rate(1 minute)', due: false },
  { previous: '2026-01-05T09:00:30Z', now: '2026-01-05T09:03:10Z', expression: 'rate(1 minute)', due: true },
  {
    previous: '2026-01-05T00:04:59Z',
    now: '2026-01-05T00:05:00Z',
    expression: 'cron(5 0 * * ? *)',
    due: true,
  },
  {
    previous: '2026-01-05T00:05:00Z',
    now: '2026-01-05T00:05:01Z',
    expression: 'cron(5 0 * * ? *)',
    due: false,
  },
  {
    previous: '2026-01-04T23:59:59Z',
    now: '2026-01-05T00:00:00Z',
    expression: 'cron(5 0 * * ? *)',
    due: false,
  },
])('$expression between $previous and $now: $due', ({ previous, now, expression, due }) => {
  expect(isDue(scheduleTimes(expression), at(previous), at(now))).toBe(due);
});
