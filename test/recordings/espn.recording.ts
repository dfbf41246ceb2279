import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readScoreboard } from '../../adapters/venues/espn/mapper.ts';
import type { GameState, GameStatus, League } from '../../core/market/game.ts';
import { joinGames } from '../../core/market/game-join.ts';
import { GameWatch } from '../../core/market/game-watch.ts';
import type { MarketToJoin } from '../../core/market/market-to-join.ts';
import { TEAMS } from '../../core/market/teams.ts';
import { epochMs } from '../../core/time.ts';
import { RECORDINGS } from './recordings.ts';

/** All games of a recorded scoreboard; none may be left out. */
function gamesOf(league: League, name: string): readonly GameState[] {
  const text = gunzipSync(readFileSync(join(RECORDINGS, 'espn', `${name}.json.gz`))).toString('utf8');
  const reading = readScoreboard(league, text);
  if (reading.kind === 'refused') throw new Error(reading.detail);
  expect(reading.problems).toEqual([]);
  return reading.games;
}

const NFL = gamesOf('nfl', 'nfl-scoreboard-20220911');
const MLB = gamesOf('mlb', 'mlb-scoreboard-20220917');

const count = (games: readonly GameState[], status: GameStatus): number =>
  games.filter((game) => game.status === status).length;

test.each([
  ['football', NFL, { games: 16, live: 8, pre: 6, final: 2 }],
  ['baseball', MLB, { games: 17, live: 3, pre: 11, final: 3 }],
] as const)('%s: as many games running, ahead and over as the data page says', (_sport, games, expected) => {
  expect({
    games: games.length,
    live: count(games, 'live'),
    pre: count(games, 'pre'),
    final: count(games, 'final'),
  }).toEqual(expected);
});

const score = ({ away, home }: GameState): string => `${away.code} ${away.score} ${home.code} ${home.score}`;

test('football: scores of the games that run or are over, and their clocks', () => {
  const begun = NFL.filter(({ status }) => status !== 'pre');
  expect(begun.map((game) => `${score(game)} ${game.detail} ${game.clockSeconds}`)).toEqual([
    'NO 24 ATL 26 0:48 - 4th 48',
    'SF 10 CHI 19 2:00 - 4th 120',
    'PIT 20 CIN 14 0:16 - 4th 16',
    'PHI 38 DET 28 7:45 - 4th 465',
    'NE 7 MIA 20 Final 0',
    'BAL 24 NYJ 3 1:21 - 4th 81',
    'JAX 22 WAS 20 4:25 - 4th 265',
    'CLE 23 CAR 21 2:00 - 4th 120',
    'IND 20 HOU 20 1:01 - 4th 61',
    'BUF 31 LAR 10 Final 0',
  ]);
  // All run in the fourth quarter.
  for (const game of NFL.filter(({ status }) => status === 'live'))
    expect(game.fractionRemaining).toBe((game.clockSeconds ?? Number.NaN) / 3_600);
});

test('baseball: innings and halves of the games that run', () => {
  const running = MLB.filter(({ status }) => status === 'live');
  expect(
    running.map((game) => [score(game), game.period, game.situation?.['half'], game.situation?.['outs']]),
  ).toEqual([
    ['BAL 3 TOR 6', 9, 'top', 2],
    ['MIA 3 WSH 5', 5, 'bottom', 2],
    ['KC 8 BOS 0', 6, 'bottom', 2],
  ]);
});

test('every game has its Eastern date: the Sunday slate from Thursday to Monday, the baseball Saturday', () => {
  const dates = Map.groupBy(NFL, ({ easternDate }) => easternDate);
  expect(new Map([...dates].map(([date, games]) => [date, games.length]))).toEqual(
    new Map([
      ['2022-09-08', 1],
      ['2022-09-11', 14],
      ['2022-09-12', 1],
    ]),
  );
  expect(new Set(MLB.map(({ easternDate }) => easternDate))).toEqual(new Set(['2022-09-17']));
});

test('every team of both leagues is in the table', () => {
  const codes = (games: readonly GameState[]) =>
    new Set(games.flatMap(({ home, away }) => [home.code, away.code]));
  expect(codes(NFL)).toEqual(new Set(TEAMS.nfl.map(([code]) => code)));
  expect(codes(MLB)).toEqual(new Set(TEAMS.mlb.map(([code]) => code)));
});

test.each([
  ['nfl', NFL, 2],
  ['mlb', MLB, 3],
] as const)(
  '%s: the first poll tells what is not over, the second what is, the third nothing',
  (league, games, over) => {
    const watch = new GameWatch(league);
    const kinds = [0, 10_000, 20_000].map((at) => watch.observe(games, epochMs(at)).map(({ kind }) => kind));
    expect(kinds).toEqual([Array(games.length - over).fill('new'), Array(over).fill('final'), []]);
  },
);

/** A market as Kalshi would list it for a game, with or without the start in its ticker. */
const marketOn = (game: GameState, withStart: boolean): MarketToJoin => ({
  venue: 'kalshi',
  marketId: game.gameId,
  eventId: game.gameId,
  league: game.league,
  teams: [
    { code: game.away.code, name: null },
    { code: game.home.code, name: null },
  ],
  date: game.easternDate,
  startsAt: withStart ? game.startsAt : null,
});

test('markets find their games by date and teams; the two double-headers need the start', () => {
  const join = (games: readonly GameState[], withStart: boolean) =>
    joinGames(
      [...NFL, ...MLB],
      games.map((game) => marketOn(game, withStart)),
    );
  const timed = join(MLB, true);
  expect(timed.matched.map(({ market, gameId }) => [market.marketId, gameId])).toEqual(
    MLB.map(({ gameId }) => [gameId, gameId]),
  );
  expect(timed.counts.mlb).toEqual({ matched: 17, unmatched: 0, ambiguous: 0 });
  expect(join(MLB, false).counts.mlb).toEqual({ matched: 13, unmatched: 0, ambiguous: 4 });
  expect(join(NFL, false).counts.nfl).toEqual({ matched: 16, unmatched: 0, ambiguous: 0 });
});
