import { describe, expect, test } from 'vitest';
import type { LeagueStatus } from '../../../adapters/venues/espn/league-scores.ts';
import { ScorePoller } from '../../../adapters/venues/espn/poller.ts';
import { espnReader } from '../../../adapters/venues/espn/reader.ts';
import { scoreboardUrl } from '../../../adapters/venues/espn/scoreboard-url.ts';
import { isFrame } from '../../../adapters/venues/frame-source.ts';
import { LEAGUES, type League } from '../../../core/market/game.ts';
import type { GameUpdate } from '../../../core/market/game-watch.ts';
import { DAY_MS, type EpochMs, epochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { EspnMisanswer, EspnOptions, SimEspn } from '../../../local/venue-simulator/espn-dialect.ts';
import type { SimGame, StatusName } from '../../../local/venue-simulator/espn-game.ts';
import { espnVenue, usualFixtures } from '../../../local/venue-simulator/espn-venue.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../support/random.ts';
import { openContracts } from './contract-client.ts';
import { START } from './sim-world.ts';

/** A whole game of football takes some four minutes. */
const PACE = 20;

interface Options extends Partial<EspnOptions> {
  readonly seed?: number;
  readonly faults?: readonly Fault[];
}

/** The real poller and reader, and the scoreboards that they ask. */
function follow({ seed = 7, faults = [], ...options }: Options = {}, leagues: readonly League[] = LEAGUES) {
  const timers = new VirtualTimers(START);
  const venue = espnVenue({ seed, timers, faults, pace: PACE, ...options });
  const transport = new SimTransport({ seed, timers, venues: [venue] });
  const updates: GameUpdate[] = [];
  const notes: string[] = [];
  const reader = espnReader({
    emit: (update) => update.kind === 'game' && updates.push(update.update),
    need: () => undefined,
    note: ({ detail }) => notes.push(detail),
  });
  const poller = new ScorePoller({
    leagues,
    transport,
    timers,
    random: seeded(seed),
    events: { note: (detail) => notes.push(detail) },
  });
  poller.start({ take: (item) => isFrame(item) && reader.read(item), stamp: () => timers.now() });
  const statusOf = (league: League): LeagueStatus | undefined =>
    poller.scores().find((one) => one.league === league);
  return {
    timers,
    venue,
    updates,
    notes,
    reader,
    statusOf,
    pass: (ms: number) => timers.runUntil(plusMs(timers.now(), ms)),
  };
}

const OURS: Readonly<Record<StatusName, string>> = {
  STATUS_SCHEDULED: 'pre',
  STATUS_IN_PROGRESS: 'live',
  STATUS_END_PERIOD: 'break',
  STATUS_HALFTIME: 'break',
  STATUS_OVERTIME: 'live',
  STATUS_SHOOTOUT: 'live',
  STATUS_RAIN_DELAY: 'delayed',
  STATUS_DELAYED: 'delayed',
  STATUS_FINAL: 'final',
  STATUS_FINAL_OT: 'final',
  STATUS_POSTPONED: 'void',
  STATUS_CANCELED: 'void',
  STATUS_SUSPENDED: 'void',
};

/** Status, period, clock and score of a game in play, as one text. */
function said(game: SimGame): string {
  const { moment, status, hasBegun, fixture: of } = game;
  const isVoid = OURS[status] === 'void';
  const clock = of.league === 'mlb' || !hasBegun || isVoid ? null : moment.clock;
  const { home, away } = moment.score;
  return `${of.gameId} ${OURS[status]} ${hasBegun ? moment.period : 0} ${clock} ${away}:${home}`;
}

const heard = ({ game }: GameUpdate): string =>
  `${game.gameId} ${game.status} ${game.period} ${game.clockSeconds} ${game.away.score}:${game.home.score}`;

const gamesOf = (venue: { readonly dialect: unknown }): readonly SimGame[] =>
  (venue.dialect as SimEspn).games;

/** Everything that ever was true of the games, second by second, of the same seed. */
function truthOf(options: Options, throughMs: number): ReadonlySet<string> {
  const { seed = 7, ...rest } = options;
  const venue = espnVenue({ seed, timers: new VirtualTimers(START), pace: PACE, ...rest });
  const truth = new Set<string>();
  for (let ms = 0; ms <= throughMs; ms += SECOND_MS)
    for (const game of gamesOf(venue)) {
      game.advance(plusMs(START, ms));
      truth.add(said(game));
    }
  return truth;
}

test('the real client follows games of four leagues from before the start to the end, and all it tells was so', () => {
  const world = follow();
  world.pass(25 * MINUTE_MS);
  const truth = truthOf({}, 25 * MINUTE_MS);
  expect(world.updates.filter((update) => !truth.has(heard(update))).map(heard)).toEqual([]);
  expect(world.reader.frames).toMatchObject({ malformed: 0, unfollowed: 0 });
  expect([[...world.reader.unknown], [...world.reader.problems], world.notes]).toEqual([[], [], []]);
  const ended = usualFixtures(START).filter(({ startsAt }) => startsAt < START + DAY_MS / 12);
  for (const { gameId, league } of ended) {
    const kinds = world.updates.filter(({ game }) => game.gameId === gameId).map(({ kind }) => kind);
    const statuses = new Set(
      world.updates.filter(({ game }) => game.gameId === gameId).map(({ game }) => game.status),
    );
    expect([kinds[0], kinds.at(-1)]).toEqual(['new', 'final']);
    expect(statuses).toEqual(
      new Set(league === 'mlb' ? ['pre', 'live', 'final'] : ['pre', 'live', 'break', 'final']),
    );
  }
});

test('games are the same however often they are looked at, and others with another seed', () => {
  const final = (seed: number, everyMs: number): string[] => {
    const venue = espnVenue({ seed, timers: new VirtualTimers(START), pace: PACE });
    for (let ms = 0; ms <= 30 * MINUTE_MS; ms += everyMs)
      for (const game of gamesOf(venue)) game.advance(plusMs(START, ms));
    return gamesOf(venue).map(said);
  };
  expect(final(7, 7_000)).toEqual(final(7, 30 * MINUTE_MS));
  expect(final(8, 30 * MINUTE_MS)).not.toEqual(final(7, 30 * MINUTE_MS));
});

test.each(LEAGUES)(
  'games of %s end with a result, in overtime where it takes one, and reviews lower scores',
  (league) => {
    const ends = new Set<StatusName>();
    let lowered = 0;
    for (let n = 0; n < 60; n += 1) {
      const teams = { nfl: ['NE', 'BUF'], nba: ['LAL', 'BOS'], nhl: ['TOR', 'BOS'], mlb: ['NYY', 'BOS'] }[
        league
      ];
      const of = fixture(league, {
        gameId: String(n),
        startsAt: START,
        home: teams[0] ?? '',
        away: teams[1] ?? '',
      });
      const [game] = gamesOf(
        espnVenue({ seed: 7, timers: new VirtualTimers(START), pace: 30, fixtures: [of] }),
      );
      if (game === undefined) throw new Error('no game');
      let before = 0;
      for (let ms = 0; ms < 30 * MINUTE_MS; ms += SECOND_MS) {
        game.advance(plusMs(START, ms));
        const sum = game.moment.score.home + game.moment.score.away;
        if (sum < before) lowered += 1;
        before = sum;
      }
      const { home, away } = game.moment.score;
      ends.add(game.status);
      // Only football ends with a tie.
      if (league !== 'nfl') expect(home).not.toBe(away);
    }
    expect(ends).toEqual(new Set(['STATUS_FINAL', 'STATUS_FINAL_OT']));
    expect(lowered > 0).toBe(league !== 'mlb');
  },
);

describe('by script a game', () => {
  const NE = '401772001';
  const kindsOf = (options: Options, ms = 12 * MINUTE_MS) => {
    const world = follow(options, ['nfl']);
    world.pass(ms);
    return world.updates.filter(({ game }) => game.gameId === NE);
  };

  test.each([
    { kind: 'postponed', atMs: MINUTE_MS },
    { kind: 'canceled', atMs: MINUTE_MS },
    { kind: 'suspended', atMs: 4 * MINUTE_MS },
  ] as const)('is $kind, without a result', ({ kind, atMs }) => {
    const updates = kindsOf({ twists: [{ gameId: NE, kind, atMs }] });
    expect(updates.at(-1)).toMatchObject({ kind: 'void', game: { status: 'void' } });
    expect(updates.some(({ game }) => game.status === 'final')).toBe(false);
  });

  test('is delayed, and goes on', () => {
    const updates = kindsOf({
      twists: [{ gameId: NE, kind: 'delayed', atMs: 3 * MINUTE_MS, forMs: MINUTE_MS }],
    });
    const statuses = updates.map(({ game }) => game.status);
    const at = statuses.indexOf('delayed');
    expect([at > 0, statuses.slice(at + 1).includes('live'), statuses.at(-1)]).toEqual([true, true, 'final']);
  });

  test('has its final score corrected', () => {
    const updates = kindsOf(
      { twists: [{ gameId: NE, kind: 'corrected', atMs: 9 * MINUTE_MS, side: 'home', by: 1 }] },
      25 * MINUTE_MS,
    );
    const [final, corrected] = updates.slice(-2);
    expect([final?.kind, corrected?.kind]).toEqual(['final', 'score_corrected']);
    expect((corrected?.game.home.score ?? 0) - (final?.game.home.score ?? 0)).toBe(1);
  });
});

describe('an answer', () => {
  const open = (options: Options = {}) =>
    openContracts((timers) => espnVenue({ seed: 7, timers, pace: PACE, ...options }));
  const url = scoreboardUrl('nfl', START);

  test('is kept for its age, named by a tag, and not told again to who names it', () => {
    const world = open();
    world.until(3 * MINUTE_MS);
    const first = world.ask(url);
    const etag = first.headers['etag'] ?? '';
    expect(first.headers).toMatchObject({
      'cache-control': 'max-age=5',
      age: '0',
      date: 'Mon, 21 Sep 2026 14:16:20 GMT',
    });
    world.until(3 * MINUTE_MS + 4_999);
    const kept = world.ask(url, { headers: { 'if-none-match': etag } });
    expect([kept.status, kept.body, kept.headers['age']]).toEqual([304, '', '4']);
    world.until(3 * MINUTE_MS + 5_000);
    const fresh = world.ask(url, { headers: { 'if-none-match': etag } });
    expect([fresh.status, fresh.headers['etag'] === etag]).toEqual([200, false]);
  });

  test('has the games of the Eastern days that were asked for', () => {
    const late = epochMs(Date.parse('2026-09-22T03:30:00Z'));
    const fixtures = [START, late, plusMs(late, DAY_MS)].map((startsAt: EpochMs, n) =>
      fixture('nfl', { gameId: String(n), startsAt, home: 'NE', away: 'BUF' }),
    );
    const ids = (dates: string): string[] => {
      const body = open({ fixtures }).read(
        `https://site.api.espn.com/apis/site/v2/sports/football/nfl/scoreboard?${dates}`,
      );
      return (JSON.parse(body).events as { id: string }[]).map(({ id }) => id);
    };
    expect([
      ids('dates=20260921'),
      ids('dates=20260920-20260922'),
      ids(''),
      ids('dates=20260920-20260922&limit=1'),
    ]).toEqual([['0', '1'], ['0', '1', '2'], ['0', '1'], ['0']]);
  });

  test('is none of another place, nor a socket', () => {
    const world = open();
    expect(world.ask('https://site.api.espn.com/apis/site/v2/sports/tennis/atp/scoreboard').status).toBe(404);
    expect(world.knock('wss://site.api.espn.com/')).toMatchObject({ status: 404 });
  });

  test('names the teams in any order', () => {
    const { events } = JSON.parse(open().read(url)) as {
      events: { competitions: { competitors: { homeAway: string }[] }[] }[];
    };
    const firsts = events.map(({ competitions }) => competitions[0]?.competitors[0]?.homeAway);
    expect(new Set(firsts)).toEqual(new Set(['home', 'away']));
  });
});

describe('when answers are none', () => {
  const AT = 3 * MINUTE_MS;
  const LONG = 3 * MINUTE_MS;

  test.each([
    { as: 'html', why: /it begins with '<!DOCTYPE html>/ },
    { as: 'blocked', why: /HTTP 403.*firewall/ },
    { as: 'shape', why: /events: is not a list/ },
    { as: 'empty', why: /2 of 2 have no competitors/ },
    { as: 'cut', why: /not JSON/ },
  ] as const)('$as: the league is out of date after three of them, and comes back', ({ as, why }) => {
    const misanswers: EspnMisanswer[] = [{ as, league: 'nfl', atMs: AT, forMs: LONG }];
    const world = follow({ misanswers });
    world.pass(AT + LONG - SECOND_MS);
    expect(world.statusOf('nfl')).toMatchObject({ stale: true, failedBecause: expect.stringMatching(why) });
    expect(world.statusOf('nba')).toMatchObject({ stale: false });
    world.pass(5 * MINUTE_MS);
    expect(world.statusOf('nfl')).toMatchObject({ stale: false, failures: 0 });
  });

  test('a team that nobody knows costs its own game only', () => {
    const world = follow({ misanswers: [{ as: 'stranger', league: 'nba', atMs: 0, forMs: MINUTE_MS }] }, [
      'nba',
    ]);
    world.pass(30 * SECOND_MS);
    expect([...world.reader.problems]).toEqual([['unknown_team', expect.any(Number)]]);
    expect(new Set(world.updates.map(({ game }) => game.gameId)).size).toBe(1);
  });

  // One host says no to all leagues, which are asked one after the other.
  const SPAN = { atMs: AT, forMs: 8 * MINUTE_MS };
  test.each([
    { fault: { kind: 'http', status: 403, ...SPAN }, why: /HTTP 403/ },
    { fault: { kind: 'http', status: 429, retryAfterS: 20, ...SPAN }, why: /429/ },
    { fault: { kind: 'http', status: 503, ...SPAN }, why: /503/ },
    { fault: { kind: 'http_hang', ...SPAN }, why: /no answer within 5000 ms/ },
    { fault: { kind: 'region', ...SPAN }, why: /HTTP 451/ },
  ] as const satisfies readonly { fault: Fault; why: RegExp }[])(
    '$fault.kind $fault.status: all leagues are out of date, and come back',
    ({ fault, why }) => {
      const world = follow({ faults: [fault] });
      world.pass(AT + 8 * MINUTE_MS - SECOND_MS);
      const stale = LEAGUES.map((league) => world.statusOf(league));
      expect(stale.map((one) => one?.stale)).toEqual([true, true, true, true]);
      for (const one of stale) expect(one?.failedBecause).toMatch(why);
      world.pass(11 * MINUTE_MS);
      expect(LEAGUES.map((league) => world.statusOf(league)?.stale)).toEqual([false, false, false, false]);
    },
  );

  test('a clock that is wrong makes answers look old, and nothing else', () => {
    const world = follow({ faults: [{ kind: 'clock_skew', byMs: -60_000, ...SPAN }] });
    world.pass(AT + MINUTE_MS);
    const ages = LEAGUES.map((league) => world.statusOf(league)?.answerAgeMs ?? 0);
    expect([
      ages.every((age) => age >= 60_000),
      LEAGUES.some((league) => world.statusOf(league)?.stale),
    ]).toEqual([true, false]);
  });
});
