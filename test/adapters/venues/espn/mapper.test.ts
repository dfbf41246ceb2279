import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ANSWER_BYTES_MAX,
  readScoreboard,
  type ScoreboardReading,
} from '../../../../adapters/venues/espn/mapper.ts';
import { wireEvent } from '../../../../adapters/venues/espn/schema.ts';
import type { GameState, GameStatus, League } from '../../../../core/market/game.ts';
import {
  MLB_LIVE,
  NBA_LIVE,
  NFL_LIVE,
  NHL_LIVE,
  scoreboard,
  starting,
  type WireStatusSample,
  withStatus,
} from './samples.ts';

const STARTS_AT = Date.parse('2026-10-04T17:00Z');

/** The one game of an answer; fails in words when there is none. */
function gameIn(reading: ScoreboardReading): GameState {
  if (reading.kind === 'games' && reading.games[0] !== undefined) return reading.games[0];
  throw new Error(JSON.stringify(reading));
}
const football = (event: string): GameState => gameIn(readScoreboard('nfl', scoreboard(event)));
const nothing = (kind: string, gameId: string | null, detail: string): ScoreboardReading =>
  ({
    kind: 'games',
    games: [],
    problems: [{ kind, gameId, detail: `events.0: ${detail}` }],
  }) as ScoreboardReading;

test.each([
  ['football', NFL_LIVE],
  ['basketball', NBA_LIVE],
  ['baseball', MLB_LIVE],
  ['hockey', NHL_LIVE],
] as const)('the published sample of %s parses', (_sport, text) => {
  expect(wireEvent.safeParse(JSON.parse(text)).error).toBeUndefined();
});

test('reads a football game with its down, ball and clock', () => {
  expect(readScoreboard('nfl', scoreboard(NFL_LIVE))).toEqual({
    kind: 'games',
    games: [
      {
        league: 'nfl',
        gameId: '401772001',
        startsAt: STARTS_AT,
        easternDate: '2026-10-04',
        home: { code: 'NE', name: 'New England Patriots', score: 17 },
        away: { code: 'BUF', name: 'Buffalo Bills', score: 21 },
        status: 'live',
        period: 4,
        clockSeconds: 485,
        fractionRemaining: 485 / 3_600,
        situation: {
          down: 3,
          distance: 7,
          yardLine: 32,
          possessionText: 'NE 32',
          isRedZone: false,
          homeTimeouts: 2,
          awayTimeouts: 3,
          possession: 'away',
          lastPlay: '…',
          homeWinPercentage: 0.31,
        },
        neutralSite: false,
        detail: '8:05 - 4th',
        source: 'espn',
      },
    ],
    problems: [],
  });
});

test.each<[league: League, event: string, game: Partial<GameState>]>([
  [
    'nba',
    NBA_LIVE,
    {
      gameId: '401810123',
      home: { code: 'LAL', name: 'Los Angeles Lakers', score: 98 },
      away: { code: 'GSW', name: 'Golden State Warriors', score: 101 },
      period: 4,
      clockSeconds: 372,
      fractionRemaining: 372 / 2_880,
      situation: null,
      detail: '6:12 - 4th',
    },
  ],
  [
    'mlb',
    MLB_LIVE,
    {
      gameId: '401816130',
      home: { code: 'NYY', name: 'New York Yankees', score: 3 },
      away: { code: 'BOS', name: 'Boston Red Sox', score: 2 },
      period: 5,
      clockSeconds: null,
      fractionRemaining: null,
      situation: {
        balls: 1,
        strikes: 2,
        outs: 1,
        onFirst: true,
        onSecond: false,
        onThird: false,
        half: 'top',
      },
      detail: 'Top 5th',
    },
  ],
  [
    'nhl',
    NHL_LIVE,
    {
      gameId: '401802222',
      home: { code: 'TOR', name: 'Toronto Maple Leafs', score: 2 },
      away: { code: 'BOS', name: 'Boston Bruins', score: 1 },
      period: 2,
      clockSeconds: 741,
      fractionRemaining: (1_200 + 741) / 3_600,
      situation: null,
      detail: '12:21 - 2nd',
    },
  ],
])('reads the cut %s sample once it has a start, and names the teams itself', (league, event, game) => {
  expect(gameIn(readScoreboard(league, scoreboard(starting(event))))).toEqual({
    league,
    startsAt: STARTS_AT,
    easternDate: '2026-10-04',
    status: 'live',
    neutralSite: false,
    source: 'espn',
    ...game,
  });
  expect(readScoreboard(league, scoreboard(event))).toEqual(
    nothing('malformed', game.gameId ?? '', "date: must be a UTC time, not ''"),
  );
});

test.each<[status: WireStatusSample, expected: GameStatus, problem?: string]>([
  [{ name: 'STATUS_SCHEDULED', state: 'pre', period: 1 }, 'pre'],
  [{ name: 'STATUS_TBD', state: 'pre', period: 0 }, 'pre'],
  [{ name: 'STATUS_IN_PROGRESS', state: 'in' }, 'live'],
  [{ name: 'STATUS_FIRST_HALF', state: 'in' }, 'live'],
  [{ name: 'STATUS_SECOND_HALF', state: 'in' }, 'live'],
  [{ name: 'STATUS_OVERTIME', state: 'in', period: 5 }, 'live'],
  [{ name: 'STATUS_SHOOTOUT', state: 'in', period: 5 }, 'live'],
  [{ name: 'STATUS_END_PERIOD', state: 'in' }, 'break'],
  [{ name: 'STATUS_HALFTIME', state: 'in', period: 2 }, 'break'],
  [{ name: 'STATUS_DELAYED', state: 'in' }, 'delayed'],
  [{ name: 'STATUS_DELAYED', state: 'pre', period: 0 }, 'delayed'],
  [{ name: 'STATUS_RAIN_DELAY', state: 'in' }, 'delayed'],
  [{ name: 'STATUS_FINAL', state: 'post', completed: true }, 'final'],
  [{ name: 'STATUS_FULL_TIME', state: 'post', completed: true }, 'final'],
  [{ name: 'STATUS_FINAL_OT', state: 'post', completed: true, period: 5 }, 'final'],
  [{ name: 'STATUS_FINAL_AET', state: 'post', completed: true }, 'final'],
  [{ name: 'STATUS_FINAL_PEN', state: 'post', completed: true }, 'final'],
  [{ name: 'STATUS_POSTPONED', state: 'post' }, 'void'],
  [{ name: 'STATUS_POSTPONED', state: 'post', completed: true }, 'void'],
  [{ name: 'STATUS_CANCELED', state: 'post' }, 'void'],
  [{ name: 'STATUS_SUSPENDED', state: 'post' }, 'void'],
  [{ name: 'STATUS_SUSPENDED', state: 'in' }, 'delayed'],
  [{ name: 'STATUS_ABANDONED', state: 'post' }, 'void'],
  [{ name: 'STATUS_FORFEIT', state: 'post', completed: true }, 'void'],
  [{ name: 'STATUS_UNCONTESTED', state: 'post' }, 'void'],
  // A final that is not one yet, and names that nobody has seen.
  [{ name: 'STATUS_FINAL', state: 'post', completed: false }, 'delayed', 'STATUS_FINAL'],
  [{ name: 'STATUS_FINAL', state: 'in', completed: true }, 'delayed', 'STATUS_FINAL'],
  [{ name: 'STATUS_HAIL', state: 'in' }, 'delayed', 'STATUS_HAIL'],
  [{ name: 'STATUS_SOON', state: 'pre' }, 'pre', 'STATUS_SOON'],
  [{ name: 'STATUS_DECIDED', state: 'post', completed: true }, 'void', 'STATUS_DECIDED'],
  [{ name: 'STATUS_ODD', state: 'odd' }, 'delayed', 'STATUS_ODD'],
])('%o is %s', (wire, expected, problem) => {
  const reading = readScoreboard('nfl', scoreboard(withStatus(wire)));
  expect(gameIn(reading).status).toBe(expected);
  expect(reading.kind === 'games' && reading.problems).toEqual(
    problem === undefined
      ? []
      : [
          {
            kind: 'unknown_status',
            gameId: '401772001',
            detail: `events.0: status.type.name: '${problem}' is taken as ${expected}`,
          },
        ],
  );
});

test('before the start there is no period, clock or situation, whatever the wire shows', () => {
  const { period, clockSeconds, fractionRemaining, situation } = football(
    withStatus({ name: 'STATUS_SCHEDULED', state: 'pre', period: 1 }),
  );
  expect({ period, clockSeconds, fractionRemaining, situation }).toEqual({
    period: 0,
    clockSeconds: null,
    fractionRemaining: 1,
    situation: null,
  });
});

test('a final has no situation left over from its last play', () => {
  const final = football(withStatus({ name: 'STATUS_FINAL', state: 'post', completed: true }));
  expect([final.situation, final.fractionRemaining]).toEqual([null, 0]);
});

test('a playoff overtime is longer', () => {
  const overtime = withStatus({ name: 'STATUS_OVERTIME', state: 'in', period: 5 });
  expect(football(overtime).fractionRemaining).toBe(485 / 600);
  expect(football(overtime.replace('"type":2,"slug"', '"type":3,"slug"')).fractionRemaining).toBe(485 / 900);
});

const HOME_SCORE = '"score":"17"';
const PRE = withStatus({ name: 'STATUS_SCHEDULED', state: 'pre' });
test.each<[what: string, event: string, score: number]>([
  ['a number', NFL_LIVE.replace(HOME_SCORE, '"score":17'), 17],
  ['an object with a value', NFL_LIVE.replace(HOME_SCORE, '"score":{"value":17.0,"displayValue":"17"}'), 17],
  ['an object with text only', NFL_LIVE.replace(HOME_SCORE, '"score":{"displayValue":"17"}'), 17],
  ['null before the start', PRE.replace(HOME_SCORE, '"score":null'), 0],
  ['missing before the start', PRE.replace(`${HOME_SCORE},`, ''), 0],
  ['empty before the start', PRE.replace(HOME_SCORE, '"score":""'), 0],
  [
    'missing in a postponed game',
    withStatus({ name: 'STATUS_POSTPONED', state: 'post' }).replace(`${HOME_SCORE},`, ''),
    0,
  ],
])('a score that is %s counts', (_what, event, score) => {
  expect(football(event).home.score).toBe(score);
});

test.each<[what: string, event: string]>([
  ['missing', NFL_LIVE.replace(`${HOME_SCORE},`, '')],
  ['null', NFL_LIVE.replace(HOME_SCORE, '"score":null')],
  ['half a point', NFL_LIVE.replace(HOME_SCORE, '"score":17.5')],
  ['below zero', NFL_LIVE.replace(HOME_SCORE, '"score":"-3"')],
  ['a word', NFL_LIVE.replace(HOME_SCORE, '"score":"F"')],
  ['an empty object', NFL_LIVE.replace(HOME_SCORE, '"score":{}')],
])('a running game whose score is %s is left out, never taken as zero', (_what, event) => {
  expect(readScoreboard('nfl', scoreboard(event))).toEqual(
    nothing('malformed', '401772001', 'score of NE: must be a whole number once the game has begun'),
  );
});

test.each<[field: 'period' | 'clock', value: string, detail: string]>([
  ['period', '1e9', 'must be a whole number from 0 to 99, not 1000000000'],
  ['period', '100', 'must be a whole number from 0 to 99, not 100'],
  ['period', '-1', 'must be a whole number from 0 to 99, not -1'],
  ['period', '1.5', 'must be a whole number from 0 to 99, not 1.5'],
  ['period', '1e400', 'must be a whole number from 0 to 99, not Infinity'],
  ['clock', '1e308', 'must be seconds from 0 to 3600, not 1e+308'],
  ['clock', '-1', 'must be seconds from 0 to 3600, not -1'],
  ['clock', '1e400', 'must be seconds from 0 to 3600, not Infinity'],
])('a running game with the %s %s is left out, and the problem names it', (field, value, detail) => {
  const event = NFL_LIVE.replace(new RegExp(`"${field}":[\\d.]+`), `"${field}":${value}`);
  expect(event).toContain(`"${field}":${value}`);
  expect(readScoreboard('nfl', scoreboard(event))).toEqual(
    nothing('malformed', '401772001', `status.${field}: ${detail}`),
  );
});

const STATUS_TEXT = /"status":\{.*?\}\}(?=,)/s.exec(NFL_LIVE)?.[0] ?? '';
const onEvent = (event: string): string => event.replace('"week"', `${STATUS_TEXT},"week"`);
test.each<[what: string, event: string]>([
  ['only on the event', onEvent(NFL_LIVE.replace(`${STATUS_TEXT},`, ''))],
  ['on both', onEvent(NFL_LIVE)],
  ['on the event, and null on the competition', onEvent(NFL_LIVE.replace(STATUS_TEXT, '"status":null'))],
  [
    'on the event, and without a type on the competition',
    onEvent(NFL_LIVE.replace(STATUS_TEXT, '"status":{"clock":1}')),
  ],
  [
    'as usual, with the competitors exchanged',
    NFL_LIVE.replace(/(\{"id":"17".*?\]\}),\s*(\{"id":"2".*?\]\})/s, '$2,$1'),
  ],
  ['as usual, with seconds in the date', NFL_LIVE.replaceAll('T17:00Z', 'T17:00:00Z')],
  ['as usual, with the date only on the competition', NFL_LIVE.replace('"date":"2026-10-04T17:00Z",', '')],
  ['as usual, with ids as numbers', NFL_LIVE.replaceAll(/"(id|possession)":"(\d+)"/g, '"$1":$2')],
  ['as usual, with unknown fields', NFL_LIVE.replace('"week"', '"odds":[null],"broadcasts":7,"week"')],
])('reads the same game when the status is %s', (_what, event) => {
  expect(event).not.toBe('');
  expect(football(event)).toEqual(football(NFL_LIVE));
});

test('those changes of the sample did change it', () => {
  expect(STATUS_TEXT).toContain('"shortDetail":"8:05 - 4th"}}');
  expect(onEvent(NFL_LIVE).length).toBe(NFL_LIVE.length + STATUS_TEXT.length + 1);
  expect(NFL_LIVE.replace(/(\{"id":"17".*?\]\}),\s*(\{"id":"2".*?\]\})/s, '$2,$1')).not.toBe(NFL_LIVE);
});

test.each<[what: string, from: string | RegExp, to: string, problem: [string, string | null, string]]>([
  [
    'an all-star team',
    '"abbreviation":"NE"',
    '"abbreviation":"AFC"',
    ['unknown_team', '401772001', "no nfl team in the table has 'AFC'"],
  ],
  [
    'one team twice',
    '"abbreviation":"NE"',
    '"abbreviation":"BUF"',
    ['malformed', '401772001', 'competitors: both are BUF'],
  ],
  [
    'two home teams',
    '"homeAway":"away"',
    '"homeAway":"home"',
    ['malformed', '401772001', 'competitors: none is away'],
  ],
  [
    'a date without a time',
    /T17:00Z/g,
    '',
    ['malformed', '401772001', "date: must be a UTC time, not '2026-10-04'"],
  ],
  [
    'a day that does not exist',
    /2026-10-04T/g,
    '2026-02-30T',
    ['malformed', '401772001', "date: must be a UTC time, not '2026-02-30T17:00Z'"],
  ],
  [
    'a local time',
    /T17:00Z/g,
    'T17:00-04:00',
    ['malformed', '401772001', "date: must be a UTC time, not '2026-10-04T17:00-04:00'"],
  ],
  ['no status', STATUS_TEXT, '"status":{}', ['malformed', '401772001', 'status: is missing or has no type']],
  [
    'no team code',
    '"abbreviation":"NE",',
    '',
    [
      'malformed',
      '401772001',
      'competitions.0.competitors.0.team.abbreviation: Invalid input: expected string, received undefined',
    ],
  ],
  ['no id', '"id":"401772001",', '', ['malformed', null, 'id: Invalid input']],
])('a game with %s is left out, and the problem names it', (_what, from, to, [kind, gameId, detail]) => {
  expect(readScoreboard('nfl', scoreboard(NFL_LIVE.replace(from, to)))).toEqual(
    nothing(kind, gameId, detail),
  );
});

test('a broken game does not cost its neighbors, and a repeated one counts once', () => {
  const other = NFL_LIVE.replaceAll('401772001', '401772002');
  const broken = NFL_LIVE.replaceAll('401772001', '401772003').replace('"NE"', '"XX"');
  const reading = readScoreboard(
    'nfl',
    scoreboard(NFL_LIVE, broken, other, NFL_LIVE.replace('"17"', '"20"')),
  );
  expect(reading.kind === 'games' && reading.games).toEqual([football(NFL_LIVE), football(other)]);
  expect(reading.kind === 'games' && reading.problems).toEqual([
    { kind: 'unknown_team', gameId: '401772003', detail: "events.1: no nfl team in the table has 'XX'" },
    { kind: 'repeated', gameId: '401772001', detail: 'events.3: was there before' },
  ]);
});

test('a day without games is an answer', () => {
  expect(readScoreboard('nba', '{"leagues":[],"events":[]}')).toEqual({
    kind: 'games',
    games: [],
    problems: [],
  });
});

const bare = '{"id":"1","competitions":[{"status":{}}]}';
const full = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => NFL_LIVE.replaceAll('401772001', `${n}`));
test.each<[what: string, text: string, detail: string]>([
  ['a page', '<!DOCTYPE html><html>', "not JSON, it begins with '<!DOCTYPE html><html>'"],
  ['nothing', '', "not JSON, it begins with ''"],
  [
    'a cut answer',
    scoreboard(NFL_LIVE).slice(0, -2),
    `not JSON, it begins with '{"events":[{"id":"401772001","date":"202'`,
  ],
  ['a number', '7', 'events: is not a list; the answer has another shape than known'],
  ['null', 'null', 'events: is not a list; the answer has another shape than known'],
  ['a list', '[]', 'events: is not a list; the answer has another shape than known'],
  [
    'an error',
    '{"code":404,"message":"Not Found"}',
    'events: is not a list; the answer has another shape than known',
  ],
  ['events as an object', '{"events":{}}', 'events: is not a list; the answer has another shape than known'],
  [
    'one event without competitors',
    scoreboard(bare),
    'events: 1 of 1 have no competitors; the shape has changed',
  ],
  [
    'two of nine without',
    scoreboard(...full(7), bare, '{}'),
    'events: 2 of 9 have no competitors; the shape has changed',
  ],
  [
    'events that are none',
    '{"events":[1,null,"x"]}',
    'events: 3 of 3 have no competitors; the shape has changed',
  ],
])('refuses %s as a whole, in words', (_what, text, detail) => {
  expect(readScoreboard('nfl', text)).toEqual({ kind: 'refused', detail });
});

test('bears a fifth of the events without competitors', () => {
  const reading = readScoreboard('nfl', scoreboard(...full(4), bare));
  expect(reading.kind === 'games' && [reading.games.length, reading.problems.length]).toEqual([4, 1]);
});

test('does not read an answer beyond the limit', () => {
  expect(readScoreboard('nfl', ' '.repeat(ANSWER_BYTES_MAX + 1))).toEqual({
    kind: 'refused',
    detail: '8388609 characters; at most 8388608 are read',
  });
  expect(readScoreboard('nfl', '{"events":[]}'.padEnd(ANSWER_BYTES_MAX)).kind).toBe('games');
});

test('never throws and never makes up a game, whatever the damage', () => {
  const board = scoreboard(NFL_LIVE, starting(MLB_LIVE), starting(NHL_LIVE), PRE);
  const junk = fc.constantFrom(
    '',
    '"',
    '}',
    ']',
    '[',
    '{',
    'null',
    '0',
    '-1',
    '1e400',
    '"x"',
    'true',
    ',',
    ':',
    '\\',
    '\u0000',
    '9',
  );
  const kinds = { games: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom<League>('nfl', 'mlb'),
      fc.nat(board.length),
      fc.nat(12),
      junk,
      (league, where, drop, insert) => {
        const reading = readScoreboard(league, board.slice(0, where) + insert + board.slice(where + drop));
        kinds[reading.kind] += 1;
        if (reading.kind === 'refused') return;
        expect(reading.games.length + reading.problems.length).toBeGreaterThanOrEqual(4);
        for (const game of reading.games) {
          expect(game.home.code === game.away.code).toBe(false);
          for (const number of [game.home.score, game.away.score, game.period])
            expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
          expect(Number.isSafeInteger(game.startsAt)).toBe(true);
          expect(
            game.fractionRemaining === null || (game.fractionRemaining >= 0 && game.fractionRemaining <= 1),
          ).toBe(true);
          expect(JSON.parse(JSON.stringify(game))).toEqual(game);
        }
      },
    ),
    { seed: 49, numRuns: 5_000 },
  );
  expect(Math.min(kinds.games, kinds.refused)).toBeGreaterThan(500);
});
