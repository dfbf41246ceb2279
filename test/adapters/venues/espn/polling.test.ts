import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  freshMs,
  isLeagueStale,
  type LeaguePoll,
  nextPollAt,
} from '../../../../adapters/venues/espn/polling.ts';
import type { GameState, GameStatus } from '../../../../core/market/game.ts';
import { isoTime, plusMs } from '../../../../core/time.ts';
import { gameOf, utc } from '../../../core/market/sample-games.ts';

const NOW = utc('2026-10-04T17:00Z');
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

const game = (status: GameStatus, startsInMs = 0): GameState => ({
  ...gameOf('nfl', 'BUF@NE', '2026-10-04T17:00Z', { status }),
  startsAt: plusMs(NOW, startsInMs),
});
const poll = (games: readonly GameState[] | null, change: Partial<LeaguePoll> = {}): LeaguePoll => ({
  games,
  unconfirmed: 0,
  failures: 0,
  waitMsMin: 0,
  ...change,
});
/** With the middle of the jitter, so that the plain interval shows. */
const wait = (one: LeaguePoll, random = 0.5): number => nextPollAt(one, NOW, random) - NOW;

test.each<[what: string, one: LeaguePoll, ms: number]>([
  ['nothing is known yet', poll(null), 0],
  ['a game is live', poll([game('final'), game('live'), game('pre', 5 * HOUR)]), 10 * SECOND],
  ['a game is at half-time', poll([game('break')]), 10 * SECOND],
  ['a game is delayed', poll([game('delayed')]), 10 * SECOND],
  ['a final waits to be seen again', poll([game('final')], { unconfirmed: 1 }), 10 * SECOND],
  ['a game starts in 30 minutes', poll([game('pre', 30 * MINUTE)]), 60 * SECOND],
  ['a game starts in 30 minutes and a millisecond', poll([game('pre', 30 * MINUTE + 1)]), 10 * MINUTE],
  ['a game should have started', poll([game('pre', -6 * HOUR)]), 60 * SECOND],
  ['a game should have started long ago', poll([game('pre', -6 * HOUR - 1)]), 10 * MINUTE],
  ['a postponed game would start now', poll([game('void')]), 10 * MINUTE],
  ['all are over', poll([game('final'), game('void')]), 10 * MINUTE],
  ['the games are tonight', poll([game('final'), game('pre', 5 * HOUR)]), 10 * MINUTE],
])('when %s, the next poll is in %3$s ms', (_what, one, ms) => {
  expect(wait(one)).toBe(ms);
});

test('polls of a live league spread by a fifth to either side', () => {
  const live = poll([game('live')]);
  expect([0, 0.25, 0.5, 0.75, 1].map((random) => wait(live, random))).toEqual([
    8_000, 9_000, 10_000, 11_000, 12_000,
  ]);
});

test('failures wait 15 seconds, then twice as long each time, up to ten minutes', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 2_000].map(
    (failures) => wait(poll([game('live')], { failures })) / SECOND,
  );
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 600, 600, 600]);
  expect(wait(poll(null, { failures: 1 }), 0)).toBe(12_000);
  expect(wait(poll([], { failures: 1 }), 1)).toBe(18_000);
});

test('a league is stale from the third failure on', () => {
  expect([0, 1, 2, 3, 4].map(isLeagueStale)).toEqual([false, false, false, true, true]);
});

test.each([
  // Clocks go back on November 1 and forward on March 14, so 6:00 Eastern moves.
  ['2026-07-20T09:59:59Z', '2026-07-20T10:00:00.000Z'],
  ['2026-07-20T10:00:00Z', '2026-07-21T10:00:00.000Z'],
  ['2026-07-21T03:30:00Z', '2026-07-21T10:00:00.000Z'], // still July 20 on the East coast
  ['2026-10-31T12:00:00Z', '2026-11-01T11:00:00.000Z'],
  ['2026-11-01T10:59:00Z', '2026-11-01T11:00:00.000Z'],
  ['2027-03-13T12:00:00Z', '2027-03-14T10:00:00.000Z'],
  ['2026-12-31T23:00:00Z', '2027-01-01T11:00:00.000Z'],
] as const)('without games, after %s the schedule is read at %s', (now, next) => {
  expect(isoTime(nextPollAt(poll([]), utc(now), 0))).toBe(next);
  expect(nextPollAt(poll([]), utc(now), 1)).toBe(utc(next) + MINUTE);
});

test('never polls before the answer allows it', () => {
  expect(wait(poll([game('live')], { waitMsMin: 30 * SECOND }))).toBe(30 * SECOND);
  expect(wait(poll([game('live')], { waitMsMin: 3 * SECOND }))).toBe(10 * SECOND);
  expect(wait(poll([game('live')], { failures: 1, waitMsMin: 120 * SECOND }))).toBe(120 * SECOND);
});

test.each([
  [null, 0, 0],
  ['', 0, 0],
  ['max-age=7', 0, 7_000],
  ['public, Max-Age=30, stale-while-revalidate=60', 12, 18_000],
  ['max-age=5', 9, 0],
  ['max-age=5', -9, 5_000], // an age below zero is a wrong clock
  ['s-maxage=60', 0, 0], // for shared caches only
  ['no-store', 0, 0],
  ['max-age=soon', 0, 0],
  ['max-age=99999999999', 0, 0],
  ['max-age=60;', 0, 60_000],
] as const)(
  'an answer with Cache-Control %o, %s seconds old, stays as it is for %s ms',
  (header, age, ms) => {
    expect(freshMs(header, age)).toBe(ms);
  },
);

test('whatever is known, a league is polled again, no sooner than in 8 seconds and within about a day', () => {
  const status = fc.constantFrom<GameStatus>('pre', 'live', 'break', 'delayed', 'final', 'void');
  const games = fc.array(fc.tuple(status, fc.integer({ min: -48 * HOUR, max: 48 * HOUR })), { maxLength: 6 });
  fc.assert(
    fc.property(
      games,
      fc.nat(3),
      fc.nat(50),
      fc.integer({ min: Date.UTC(2007, 0), max: Date.UTC(2099, 0) }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, unconfirmed, failures, at, random) => {
        const now = plusMs(NOW, at - NOW);
        const known = poll(
          rows.map(([one, ms]) => ({ ...game(one), startsAt: plusMs(now, ms) })),
          { unconfirmed, failures },
        );
        const next = nextPollAt(known, now, random) - now;
        // The reading at 6:00 may be near; all else waits.
        expect(next).toBeGreaterThan(rows.length === 0 && failures === 0 ? 0 : 7_999);
        expect(next).toBeLessThanOrEqual(25 * HOUR + MINUTE);
      },
    ),
    { seed: 50, numRuns: 3_000 },
  );
});
