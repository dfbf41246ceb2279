import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEAGUES, type League } from '../../../core/market/game.ts';
import { joinGames } from '../../../core/market/game-join.ts';
import type { GameVenue, MarketToJoin, TeamLabel } from '../../../core/market/market-to-join.ts';
import { TEAMS } from '../../../core/market/teams.ts';
import { gameOf, utc } from './sample-games.ts';

/** A slate with the traps of a season in it; the names on the left are what the rows below expect. */
const GAMES = {
  'NE-BUF': gameOf('nfl', 'BUF@NE', '2026-10-04T17:00Z'),
  'WAS-JAX': gameOf('nfl', 'JAX@WAS', '2026-10-04T17:00Z'),
  'LAR-LAC': gameOf('nfl', 'LAC@LAR', '2026-10-04T20:25Z'),
  'LAR-NYJ': gameOf('nfl', 'NYJ@LAR', '2026-10-12T00:20Z'), // Sunday night: October 11 on the East coast
  'LON IND': gameOf('nfl', 'IND@KC', '2026-10-11T13:30Z', { neutralSite: true }),
  'NYG-PHI': gameOf('nfl', 'PHI@NYG', '2026-10-04T17:00Z'),
  'GSW-LAL': gameOf('nba', 'LAL@GSW', '2026-11-04T03:00Z'), // 22:00 of November 3
  'UTA-NYK': gameOf('nba', 'NYK@UTA', '2026-11-05T02:00Z'),
  'SAS-NOP': gameOf('nba', 'NOP@SAS', '2026-11-05T01:00Z'),
  'WAS-PHI': gameOf('nba', 'PHI@WAS', '2026-11-04T00:00Z'),
  'LAK-SJS': gameOf('nhl', 'SJS@LAK', '2026-11-05T03:30Z'),
  'UTA-VGK': gameOf('nhl', 'VGK@UTA', '2026-11-05T02:00Z'),
  'WSH-MTL': gameOf('nhl', 'MTL@WSH', '2026-11-05T00:00Z'),
  'PHI-TBL': gameOf('nhl', 'TBL@PHI', '2026-11-05T00:00Z'),
  'KC-CLE': gameOf('mlb', 'CLE@KC', '2026-09-27T19:10Z'),
  'CWS-ATH': gameOf('mlb', 'ATH@CWS', '2026-09-27T18:10Z'),
  'AZ-COL': gameOf('mlb', 'COL@AZ', '2026-05-23T01:40Z'), // 21:40 of May 22
  'WSH-PHI': gameOf('mlb', 'PHI@WSH', '2026-09-26T22:45Z'),
  'WSH-PHI next day': gameOf('mlb', 'PHI@WSH', '2026-09-27T22:45Z'),
  'DH early': gameOf('mlb', 'DET@CLE', '2026-09-04T18:10Z'),
  'DH late': gameOf('mlb', 'DET@CLE', '2026-09-04T23:15Z'),
  'close DH first': gameOf('mlb', 'MIN@STL', '2026-09-05T17:05Z'),
  'close DH second': gameOf('mlb', 'MIN@STL', '2026-09-05T19:35Z'),
  'postponed CHC-MIL': gameOf('mlb', 'MIL@CHC', '2026-09-10T18:20Z', { status: 'void' }),
  'made up CHC-MIL': gameOf('mlb', 'MIL@CHC', '2026-09-12T18:20Z'),
  'DAL moved': gameOf('nfl', 'DAL@TB', '2026-10-05T23:15Z'), // slug still says October 4
} as const;

const label = (text: string, field: 'code' | 'name'): TeamLabel =>
  field === 'code' ? { code: text, name: null } : { code: null, name: text };

/** A Kalshi market by the suffixes of its event, its own first; `20:10` adds the ticker's Eastern time in UTC. */
const kalshi = (
  league: League,
  suffixes: readonly [string, string],
  date: string | null,
  start: string | null = null,
): MarketToJoin => ({
  venue: 'kalshi',
  marketId: `KX-${suffixes[0]}`,
  eventId: `${date} ${suffixes.toSorted().join('')} ${start}`,
  league,
  teams: [label(suffixes[0], 'code'), label(suffixes[1], 'code')],
  date,
  startsAt: start === null ? null : utc(start),
});

const polymarket = (
  league: League,
  names: readonly [string, string],
  start: string | null,
  slugDate: string | null = null,
): MarketToJoin => ({
  venue: 'polymarket',
  marketId: `0x${names.join('')}`,
  eventId: `${names.join('-')}-${start}`,
  league,
  teams: [label(names[0], 'name'), label(names[1], 'name')],
  date: slugDate,
  startsAt: start === null ? null : utc(start),
});

type Row = readonly [what: string, market: MarketToJoin, expected: string];

/** `game: side of the first team`, or the reason why there is none. */
function outcome(market: MarketToJoin): string {
  const { matched, unmatched, ambiguous } = joinGames(Object.values(GAMES), [market]);
  const names = Object.entries(GAMES).map(([name, { gameId }]) => [gameId, name] as const);
  const one = matched[0];
  if (one !== undefined) return `${new Map(names).get(one.gameId)}: ${one.sides[0]}`;
  return unmatched[0]?.reason ?? ambiguous[0]?.reason ?? 'lost';
}

test.each<Row>([
  ['codes that all agree', kalshi('nfl', ['NE', 'BUF'], '2026-10-04'), 'NE-BUF: home'],
  ['the market of the other team', kalshi('nfl', ['BUF', 'NE'], '2026-10-04'), 'NE-BUF: away'],
  ['JAC for JAX, WAS for WSH', kalshi('nfl', ['JAC', 'WAS'], '2026-10-04'), 'WAS-JAX: away'],
  ['JAX for JAX', kalshi('nfl', ['JAX', 'WAS'], '2026-10-04'), 'WAS-JAX: away'],
  ['LA for the Rams against LAC', kalshi('nfl', ['LA', 'LAC'], '2026-10-04'), 'LAR-LAC: home'],
  ['LAR for the Rams', kalshi('nfl', ['LAR', 'LAC'], '2026-10-04'), 'LAR-LAC: home'],
  ['a night game by its Eastern date', kalshi('nfl', ['NYJ', 'LAR'], '2026-10-11'), 'LAR-NYJ: away'],
  ['a night game by its UTC date', kalshi('nfl', ['NYJ', 'LAR'], '2026-10-12'), 'other_date'],
  ['neutral ground, home and away exchanged', kalshi('nfl', ['KC', 'IND'], '2026-10-11'), 'LON IND: home'],
  [
    'a ticker with a clock time',
    kalshi('nfl', ['NE', 'BUF'], '2026-10-04', '2026-10-04T17:00Z'),
    'NE-BUF: home',
  ],
  [
    'a clock time 3 hours off',
    kalshi('nfl', ['NE', 'BUF'], '2026-10-04', '2026-10-04T20:00Z'),
    'NE-BUF: home',
  ],
  [
    'a clock time further off',
    kalshi('nfl', ['NE', 'BUF'], '2026-10-04', '2026-10-04T20:01Z'),
    'other_start',
  ],
  ['a week too early', kalshi('nfl', ['NE', 'BUF'], '2026-09-27'), 'other_date'],
  ['a date that is none', kalshi('nfl', ['NE', 'BUF'], '26OCT04'), 'other_date'],
  ['no date', kalshi('nfl', ['NE', 'BUF'], null), 'no_time'],
  ['teams that do not meet', kalshi('nfl', ['NE', 'JAC'], '2026-10-04'), 'no_game'],
  ['an unknown code', kalshi('nfl', ['NEP', 'BUF'], '2026-10-04'), 'unknown_team'],
  ['an unknown second code', kalshi('nfl', ['NE', 'XXX'], '2026-10-04'), 'unknown_team'],
  ['a tie market for a team', kalshi('nfl', ['TIE', 'BUF'], '2026-10-04'), 'unknown_team'],
  ['the same suffix twice', kalshi('nfl', ['NE', 'NE'], '2026-10-04'), 'same_team'],
  ['GSW for GS, after midnight UTC', kalshi('nba', ['GSW', 'LAL'], '2026-11-03'), 'GSW-LAL: home'],
  ['UTA for UTAH, NYK for NY', kalshi('nba', ['NYK', 'UTA'], '2026-11-04'), 'UTA-NYK: away'],
  ['SAS for SA, NOP for NO', kalshi('nba', ['SAS', 'NOP'], '2026-11-04'), 'SAS-NOP: home'],
  ['a code of two leagues, basketball', kalshi('nba', ['PHI', 'WAS'], '2026-11-03'), 'WAS-PHI: away'],
  ['a code of two leagues, the wrong one', kalshi('nfl', ['PHI', 'WAS'], '2026-11-03'), 'no_game'],
  ['LA and SJ on the ice', kalshi('nhl', ['LA', 'SJ'], '2026-11-04'), 'LAK-SJS: home'],
  ['UTA of the ice, not of the court', kalshi('nhl', ['UTA', 'VGK'], '2026-11-04'), 'UTA-VGK: home'],
  ['TB for TBL', kalshi('nhl', ['TB', 'PHI'], '2026-11-04'), 'PHI-TBL: away'],
  ['baseball with a start', kalshi('mlb', ['CLE', 'KC'], '2026-09-27', '2026-09-27T19:10Z'), 'KC-CLE: away'],
  ['CWS for CHW, ATH', kalshi('mlb', ['CWS', 'ATH'], '2026-09-27', '2026-09-27T18:10Z'), 'CWS-ATH: home'],
  [
    'AZ for ARI, over midnight UTC',
    kalshi('mlb', ['COL', 'AZ'], '2026-05-22', '2026-05-23T01:40Z'),
    'AZ-COL: away',
  ],
  ['first game of a series', kalshi('mlb', ['WSH', 'PHI'], '2026-09-26'), 'WSH-PHI: home'],
  ['next game of the series', kalshi('mlb', ['WSH', 'PHI'], '2026-09-27'), 'WSH-PHI next day: home'],
  ['a double-header without a start', kalshi('mlb', ['DET', 'CLE'], '2026-09-04'), 'several_games'],
  ['its early game', kalshi('mlb', ['DET', 'CLE'], '2026-09-04', '2026-09-04T18:10Z'), 'DH early: away'],
  [
    'its late game, ten minutes off',
    kalshi('mlb', ['DET', 'CLE'], '2026-09-04', '2026-09-04T23:05Z'),
    'DH late: away',
  ],
  [
    'a start between its games',
    kalshi('mlb', ['DET', 'CLE'], '2026-09-04', '2026-09-04T20:45Z'),
    'several_games',
  ],
  [
    'a close double-header, exact start',
    kalshi('mlb', ['MIN', 'STL'], '2026-09-05', '2026-09-05T19:35Z'),
    'close DH second: away',
  ],
  [
    'a close double-header, half an hour off',
    kalshi('mlb', ['MIN', 'STL'], '2026-09-05', '2026-09-05T19:05Z'),
    'several_games',
  ],
  ['the ticker of a postponed game', kalshi('mlb', ['CHC', 'MIL'], '2026-09-10'), 'postponed CHC-MIL: home'],
  ['its new date', kalshi('mlb', ['CHC', 'MIL'], '2026-09-12'), 'made up CHC-MIL: home'],
  ['the day between', kalshi('mlb', ['CHC', 'MIL'], '2026-09-11'), 'other_date'],
  ['nicknames', polymarket('nfl', ['Bills', 'Patriots'], '2026-10-04T17:00Z'), 'NE-BUF: away'],
  [
    'outcomes in the other order',
    polymarket('nfl', ['Patriots', 'Bills'], '2026-10-04T17:00Z'),
    'NE-BUF: home',
  ],
  ['full names', polymarket('mlb', ['Athletics', 'Chicago White Sox'], '2026-09-27T18:10Z'), 'CWS-ATH: away'],
  [
    'a name with an accent',
    polymarket('nhl', ['Montréal Canadiens', 'Capitals'], '2026-11-05T00:00Z'),
    'WSH-MTL: away',
  ],
  [
    'Utah on the ice by an older name',
    polymarket('nhl', ['Utah Hockey Club', 'Golden Knights'], '2026-11-05T02:00Z'),
    'UTA-VGK: home',
  ],
  [
    'Oakland Athletics',
    polymarket('mlb', ['Oakland Athletics', 'White Sox'], '2026-09-27T18:10Z'),
    'CWS-ATH: away',
  ],
  [
    'an outdated slug date',
    polymarket('nfl', ['Cowboys', 'Buccaneers'], '2026-10-05T23:15Z', '2026-10-04'),
    'DAL moved: away',
  ],
  [
    'an outdated start',
    polymarket('nfl', ['Cowboys', 'Buccaneers'], '2026-10-04T17:00Z', '2026-10-04'),
    'other_start',
  ],
  ['only a slug date', polymarket('nfl', ['Cowboys', 'Buccaneers'], null, '2026-10-05'), 'no_time'],
  ['two and a half hours off', polymarket('nfl', ['Rams', 'Chargers'], '2026-10-04T17:55Z'), 'LAR-LAC: home'],
  ['a city with two teams', polymarket('nfl', ['Los Angeles', 'Bills'], '2026-10-04T17:00Z'), 'unknown_team'],
  ['a nickname of two leagues', polymarket('nhl', ['Kings', 'Sharks'], '2026-11-05T03:30Z'), 'LAK-SJS: home'],
  [
    'a nickname of the other league',
    polymarket('nhl', ['Kings', 'Warriors'], '2026-11-05T03:30Z'),
    'unknown_team',
  ],
  ['yes and no instead of teams', polymarket('nfl', ['Yes', 'No'], '2026-10-04T17:00Z'), 'unknown_team'],
  [
    'the late game of a double-header',
    polymarket('mlb', ['Tigers', 'Guardians'], '2026-09-04T23:15Z'),
    'DH late: away',
  ],
  [
    'a postponed game that kept its start',
    polymarket('mlb', ['Brewers', 'Cubs'], '2026-09-10T18:20Z'),
    'postponed CHC-MIL: away',
  ],
  [
    'a postponed game with its new start',
    polymarket('mlb', ['Brewers', 'Cubs'], '2026-09-12T18:20Z', '2026-09-10'),
    'made up CHC-MIL: away',
  ],
])('%s: %o is %s', (_what, market, expected) => {
  expect(outcome(market)).toBe(expected);
});

const withLabels = (venue: GameVenue, first: TeamLabel): MarketToJoin => ({
  ...kalshi('nfl', ['LAR', 'LAC'], '2026-10-04', '2026-10-04T20:25Z'),
  venue,
  teams: [first, { code: 'LAC', name: 'Chargers' }],
});

test.each<[what: string, market: MarketToJoin, expected: string]>([
  ['code and name of one team', withLabels('kalshi', { code: 'LA', name: 'Los Angeles R' }), 'LAR-LAC: home'],
  [
    'a name that several teams share',
    withLabels('kalshi', { code: 'LA', name: 'Los Angeles' }),
    'LAR-LAC: home',
  ],
  [
    'a name that is not in the table',
    withLabels('kalshi', { code: 'LA', name: 'Rams Win' }),
    'LAR-LAC: home',
  ],
  ['a name of another team', withLabels('kalshi', { code: 'LA', name: 'Jets' }), 'teams_disagree'],
  ['no code, on Kalshi', withLabels('kalshi', { code: null, name: 'Rams' }), 'unknown_team'],
  ['no name, on Polymarket', withLabels('polymarket', { code: 'lar', name: null }), 'unknown_team'],
  [
    'a code that is not in the table, on Polymarket',
    withLabels('polymarket', { code: 'ram', name: 'Rams' }),
    'LAR-LAC: home',
  ],
  [
    'a code of another team, on Polymarket',
    withLabels('polymarket', { code: 'nyj', name: 'Rams' }),
    'teams_disagree',
  ],
])('%s: %o is %s', (_what, market, expected) => {
  expect(outcome(market)).toBe(expected);
});

test('says of each market where it went, and counts by league', () => {
  const both = [
    kalshi('nfl', ['NE', 'BUF'], '2026-10-04'),
    kalshi('nfl', ['BUF', 'NE'], '2026-10-04'),
  ] as const;
  const bills = polymarket('nfl', ['Bills', 'Patriots'], '2026-10-04T17:00Z');
  const unknown = kalshi('nba', ['GS', 'LAL'], '2026-11-03');
  const twice = kalshi('mlb', ['DET', 'CLE'], '2026-09-04');
  const { gameId } = GAMES['NE-BUF'];
  expect(joinGames(Object.values(GAMES), [both[0], unknown, twice, bills, both[1]])).toEqual({
    matched: [
      { market: both[0], gameId, sides: ['home', 'away'] },
      { market: bills, gameId, sides: ['away', 'home'] },
      { market: both[1], gameId, sides: ['away', 'home'] },
    ],
    unmatched: [
      {
        market: unknown,
        reason: 'unknown_team',
        detail: "teams.0.code: no nba team in the table has 'GS' on kalshi; add it",
      },
    ],
    ambiguous: [
      {
        market: twice,
        reason: 'several_games',
        detail:
          'startsAt: does not tell apart the games at 2026-09-04T18:10:00.000Z, 2026-09-04T23:15:00.000Z',
      },
    ],
    counts: {
      nfl: { matched: 3, unmatched: 0, ambiguous: 0 },
      nba: { matched: 0, unmatched: 1, ambiguous: 0 },
      nhl: { matched: 0, unmatched: 0, ambiguous: 0 },
      mlb: { matched: 0, unmatched: 0, ambiguous: 1 },
    },
  });
});

test.each<[market: MarketToJoin, detail: string]>([
  [
    kalshi('nfl', ['NE', 'JAC'], '2026-10-04'),
    'no nfl game of New England Patriots and Jacksonville Jaguars is known',
  ],
  [
    kalshi('mlb', ['CHC', 'MIL'], '2026-09-11'),
    'date: they do not play on 2026-09-11 but on 2026-09-10, 2026-09-12',
  ],
  [kalshi('nfl', ['NE', 'BUF'], null), 'date: is missing; give the Eastern date of the ticker'],
  [
    polymarket('nfl', ['Bills', 'Patriots'], '2026-10-05T17:00Z'),
    'startsAt: 2026-10-05T17:00:00.000Z is over 3 hours from 2026-10-04T17:00:00.000Z',
  ],
  [
    polymarket('nfl', ['Bills', 'Patriots'], null),
    'startsAt: is missing; the date of a slug survives postponement',
  ],
  [
    polymarket('nfl', ['New York', 'Patriots'], null),
    "teams.0.name: several nfl teams share 'New York'; give the full name",
  ],
])('%o is left with: %s', (market, detail) => {
  expect(joinGames(Object.values(GAMES), [market]).unmatched.map((one) => one.detail)).toEqual([detail]);
});

test('when the first game of a double-header moves onto the second, both events are doubtful', () => {
  const moved = gameOf('mlb', 'DET@CLE', '2026-09-04T21:10Z', { gameId: 'first' });
  const second = gameOf('mlb', 'DET@CLE', '2026-09-05T00:45Z', { gameId: 'second' });
  // The tickers keep the times of before: the second event now points at the first game.
  const first = kalshi('mlb', ['DET', 'CLE'], '2026-09-04', '2026-09-04T18:10Z');
  const next = kalshi('mlb', ['DET', 'CLE'], '2026-09-04', '2026-09-04T21:10Z');
  const join = joinGames([moved, second], [first, next]);
  expect(join.matched).toEqual([]);
  expect(join.ambiguous).toEqual(
    [first, next].map((market) => ({
      market,
      reason: 'several_events',
      detail: `eventId: ${first.eventId} and ${next.eventId} all point at game first`,
    })),
  );
});

test('two venues may speak of one game, and a game given twice counts once', () => {
  const markets = [
    kalshi('mlb', ['DET', 'CLE'], '2026-09-04', '2026-09-04T18:10Z'),
    polymarket('mlb', ['Tigers', 'Guardians'], '2026-09-04T18:10Z'),
  ];
  const join = joinGames([GAMES['DH early'], ...Object.values(GAMES)], markets);
  expect(join.matched.map(({ gameId }) => gameId)).toEqual(Array(2).fill(GAMES['DH early'].gameId));
});

test('every team of a league is joined by the codes and names of both venues, in either order', () => {
  for (const league of LEAGUES) {
    const rows = TEAMS[league];
    for (const [n, row] of rows.entries()) {
      const other = rows[(n + 1) % rows.length] ?? row;
      const game = gameOf(league, `${row[0]}@${other[0]}`, '2026-10-04T17:00Z');
      const codes = (one: typeof row) => [one[0], ...(one[3]?.kalshi?.split(' ') ?? [])];
      const markets = [
        ...codes(row).map((code) => kalshi(league, [code, other[0]], '2026-10-04')),
        ...codes(other).map((code) => kalshi(league, [code, row[0]], '2026-10-04')),
        polymarket(league, [row[2], `${other[1]} ${other[2]}`], '2026-10-04T17:00Z'),
      ].map((market) => ({ ...market, eventId: market.venue }));
      const sides = joinGames([game], markets).matched.map((one) => one.sides[0]);
      expect(sides).toEqual([...codes(row).map(() => 'away'), ...codes(other).map(() => 'home'), 'away']);
    }
  }
});

test('each market lands in exactly one list, whatever the slate, and the order of games does not matter', () => {
  const pair = fc.constantFrom<readonly [string, string]>(
    ['DET', 'CLE'],
    ['CLE', 'DET'],
    ['KC', 'DET'],
    ['KC', 'CLE'],
    ['DET', 'XXX'],
  );
  const hour = fc.integer({ min: 0, max: 30 });
  const at = (hours: number): string => new Date(Date.UTC(2026, 8, 4, hours)).toISOString();
  const anyGame = fc
    .tuple(fc.constantFrom('DET@CLE', 'CLE@DET', 'KC@DET'), hour)
    .map(([teams, hours]) => gameOf('mlb', teams, at(hours)));
  const anyMarket = fc
    .tuple(pair, fc.constantFrom('2026-09-04', '2026-09-04', '2026-09-05', null), fc.option(hour))
    .map(([teams, date, hours]) => kalshi('mlb', teams, date, hours === null ? null : at(hours)));
  let joined = 0;
  fc.assert(
    fc.property(
      fc.array(anyGame, { maxLength: 5 }),
      fc.array(anyMarket, { maxLength: 5 }),
      (games, markets) => {
        const join = joinGames(games, markets);
        const placed = [...join.matched, ...join.unmatched, ...join.ambiguous].map(({ market }) => market);
        expect(new Set(placed)).toEqual(new Set(markets));
        expect(placed.length).toBe(markets.length);
        joined += join.matched.length;
        const backwards = joinGames(games.toReversed(), markets);
        expect(backwards.matched).toEqual(join.matched);
      },
    ),
    { seed: 48, numRuns: 2_000 },
  );
  expect(joined).toBeGreaterThan(200);
});
