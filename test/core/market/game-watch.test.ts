import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GameState, type GameStatus, sameGame } from '../../../core/market/game.ts';
import { GameWatch } from '../../../core/market/game-watch.ts';
import { epochMs } from '../../../core/time.ts';
import { gameOf, played, utc } from './sample-games.ts';

/** One poll every ten seconds from 0 on; null: the game is not in the answer. */
type Polls = readonly (GameState | null)[];

/** What was told, as `second kind away-home`. */
function told(polls: Polls): readonly string[] {
  const watch = new GameWatch('nfl');
  return polls.flatMap((game, n) =>
    watch
      .observe(game === null ? [] : [game], epochMs(n * 10_000))
      .map((update) => `${n * 10} ${update.kind} ${update.game.away.score}-${update.game.home.score}`),
  );
}

const times = (count: number, game: GameState): Polls => Array.from({ length: count }, () => game);
const FINAL = played(24, 17, 'final');
const LOWER = played(24, 16, 'final');
const HIGHER = played(25, 16, 'final');
const VOID = played(0, 0, 'void');

test.each<[title: string, polls: Polls, updates: readonly string[]]>([
  ['tells a game once', times(3, played(0, 0, 'pre')), ['0 new 0-0']],
  [
    'tells a start, a score and a break',
    [played(0, 0, 'pre'), played(0, 0), played(0, 7), played(0, 7, 'break')],
    ['0 new 0-0', '10 changed 0-0', '20 changed 0-7', '30 changed 0-7'],
  ],
  [
    'calls a score that goes down a correction',
    [played(7, 0), played(13, 0), played(7, 0), played(7, 3)],
    ['0 new 7-0', '10 changed 13-0', '20 score_corrected 7-0', '30 changed 7-3'],
  ],
  [
    'calls it a correction when the points go to the other team',
    [played(7, 0), played(0, 7)],
    ['0 new 7-0', '10 score_corrected 0-7'],
  ],
  [
    'tells a final only when two polls agree',
    [played(21, 17), FINAL, FINAL, FINAL],
    ['0 new 21-17', '20 final 24-17'],
  ],
  [
    'waits for a third poll when the second final has another score',
    [played(21, 17), played(21, 17, 'final'), FINAL, FINAL],
    ['0 new 21-17', '30 final 24-17'],
  ],
  [
    'takes a single final back without a word',
    [played(21, 17), FINAL, played(21, 17), played(21, 17)],
    ['0 new 21-17'],
  ],
  [
    'starts anew after a final that was taken back',
    [played(21, 17), FINAL, played(21, 17), FINAL, played(21, 17), FINAL, FINAL],
    ['0 new 21-17', '60 final 24-17'],
  ],
  [
    'does not count two finals with another poll between them',
    [played(21, 17), FINAL, played(24, 17), FINAL, null, FINAL],
    ['0 new 21-17', '20 changed 24-17'],
  ],
  ['tells a game that was over before as final, not as new', [FINAL, FINAL, FINAL], ['10 final 24-17']],
  [
    'corrects a final when two polls agree on another score, higher or lower',
    [FINAL, FINAL, LOWER, LOWER, HIGHER, HIGHER],
    ['10 final 24-17', '30 score_corrected 24-16', '50 score_corrected 25-16'],
  ],
  [
    'follows a game that goes on after its final',
    [FINAL, FINAL, played(24, 17), FINAL, FINAL],
    ['10 final 24-17', '20 changed 24-17', '40 final 24-17'],
  ],
  ['tells a void game at once and once', [played(0, 0, 'pre'), VOID, VOID], ['0 new 0-0', '10 void 0-0']],
  ['tells a game that is void when first seen as void', [VOID, VOID], ['0 void 0-0']],
  [
    'follows a postponed game to its new date',
    [VOID, played(0, 0, 'void', { startsAt: utc('2026-10-05T17:00Z') }), played(0, 0, 'pre')],
    ['0 void 0-0', '10 changed 0-0', '20 changed 0-0'],
  ],
  [
    'lets a period go back',
    [played(3, 3, 'live', { period: 5 }), played(3, 3, 'live', { period: 4 })],
    ['0 new 3-3', '10 changed 3-3'],
  ],
  [
    'beats once a minute while a game is in play',
    [...times(14, played(3, 0)), ...times(3, played(3, 7)), ...times(6, played(3, 7))],
    ['0 new 3-0', '60 heartbeat 3-0', '120 heartbeat 3-0', '140 changed 3-7', '200 heartbeat 3-7'],
  ],
  ['beats while a game is delayed', times(8, played(3, 0, 'delayed')), ['0 new 3-0', '60 heartbeat 3-0']],
  ['does not beat before the start', times(20, played(0, 0, 'pre')), ['0 new 0-0']],
  [
    'does not beat for a game that the answers no longer show',
    [played(3, 0), ...Array(20).fill(null)],
    ['0 new 3-0'],
  ],
  [
    'knows a game again that was missing for a while',
    [played(3, 0), ...Array(3).fill(null), played(3, 0)],
    ['0 new 3-0'],
  ],
])('%s', (_title, polls, updates) => {
  expect(told(polls)).toEqual(updates);
});

test('says when it saw it, when it became so, and what was told before', () => {
  const watch = new GameWatch('nfl');
  const live = played(21, 17);
  expect(watch.observe([live], epochMs(1_000))).toEqual([
    { kind: 'new', at: 1_000, changedAt: 1_000, game: live, was: null },
  ]);
  expect(watch.observe([FINAL], epochMs(2_000))).toEqual([]);
  expect(watch.observe([FINAL], epochMs(3_000))).toEqual([
    { kind: 'final', at: 3_000, changedAt: 2_000, game: FINAL, was: live },
  ]);
});

test('a heartbeat keeps the moment of the change and brings the newest words', () => {
  const watch = new GameWatch('nfl');
  const live = played(21, 17);
  const reworded = { ...live, detail: '4:00 - 4th' };
  watch.observe([live], epochMs(0));
  expect(watch.observe([reworded], epochMs(60_000))).toEqual([
    { kind: 'heartbeat', at: 60_000, changedAt: 0, game: reworded, was: live },
  ]);
});

test('counts the finals that wait for the next answer', () => {
  const watch = new GameWatch('nfl');
  const counts = [[FINAL], [FINAL], [], [played(24, 20, 'final')], [], [played(24, 20, 'final')]].map(
    (games, n) => {
      watch.observe(games, epochMs(n));
      return watch.unconfirmed;
    },
  );
  expect(counts).toEqual([1, 0, 0, 1, 0, 1]);
});

test('a game that one answer shows twice counts as one poll', () => {
  const watch = new GameWatch('nfl');
  expect(watch.observe([FINAL, FINAL], epochMs(0))).toEqual([]);
  expect(watch.observe([FINAL], epochMs(1)).map(({ kind }) => kind)).toEqual(['final']);
});

test('follows games apart, in the order of the answer', () => {
  const watch = new GameWatch('nfl');
  const other = gameOf('nfl', 'DAL@PHI', '2026-10-04T17:00Z');
  watch.observe([other, played(0, 0)], epochMs(0));
  const updates = watch.observe([played(7, 0), { ...other, status: 'live' }], epochMs(1));
  expect(updates.map(({ game }) => game.gameId)).toEqual(['1', other.gameId]);
});

test('compares scores by team when the source exchanges home and away', () => {
  const watch = new GameWatch('nfl');
  const game = played(3, 20);
  watch.observe([game], epochMs(0));
  const swapped = { ...game, home: game.away, away: game.home };
  expect(watch.observe([swapped], epochMs(1)).map(({ kind }) => kind)).toEqual(['changed']);
});

test('forgets a game after three days without it', () => {
  const day = 86_400_000;
  const watch = new GameWatch('nfl');
  watch.observe([played(3, 0)], epochMs(0));
  watch.observe([], epochMs(3 * day));
  expect(watch.observe([played(3, 0)], epochMs(3 * day)).map(({ kind }) => kind)).toEqual(['heartbeat']);
  watch.observe([], epochMs(6 * day + 1));
  expect(watch.observe([played(3, 0)], epochMs(6 * day + 2)).map(({ kind }) => kind)).toEqual(['new']);
});

test('refuses a poll from the past and a game of another league', () => {
  const watch = new GameWatch('nfl');
  watch.observe([], epochMs(5));
  expect(() => watch.observe([], epochMs(4))).toThrow('poll at 4 of nfl came after the one at 5');
  expect(() => watch.observe([gameOf('nba', 'BOS@NYK', '2026-11-01T00:00Z')], epochMs(6))).toThrow(
    'game BOS@NYK 2026-11-01T00:00Z is of nba, not nfl',
  );
});

/** An answer, and how often it comes in a row. */
const anyPoll = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 9,
    arbitrary: fc
      .record({
        away: fc.constantFrom(0, 3, 7),
        home: fc.constantFrom(0, 3),
        status: fc.constantFrom<GameStatus>('pre', 'live', 'break', 'delayed', 'final', 'final', 'void'),
      })
      .map(({ away, home, status }) => played(away, home, status)),
  },
);

test('whatever is polled: the same polls tell the same, each difference once, and a final was seen twice in a row', () => {
  let finals = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(anyPoll, fc.integer({ min: 1, max: 3 })), { maxLength: 20 }), (runs) => {
      const polls = runs.flatMap(([game, count]) => Array.from({ length: count }, () => game));
      const run = () => {
        const watch = new GameWatch('nfl');
        return polls.map((game, n) => watch.observe(game === null ? [] : [game], epochMs(n * 10_000))[0]);
      };
      const updates = run();
      expect(run()).toEqual(updates);
      let last: GameState | null = null;
      for (const [n, update] of updates.entries()) {
        if (update === undefined) continue;
        expect(update.was).toBe(last);
        expect(update.game).toBe(polls[n]);
        if (update.kind !== 'heartbeat' && last !== null) expect(sameGame(last, update.game)).toBe(false);
        if (update.game.status === 'final') {
          finals += 1;
          const before = polls[n - 1];
          expect(before && sameGame(before, update.game)).toBe(true);
        }
        last = update.game;
      }
    }),
    { seed: 43, numRuns: 1_000 },
  );
  expect(finals).toBeGreaterThan(500);
});
