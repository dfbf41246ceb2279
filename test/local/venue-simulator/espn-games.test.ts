import { describe, expect, test } from 'vitest';
import { LEAGUES } from '../../../core/market/game.ts';
import type { GameUpdate } from '../../../core/market/game-watch.ts';
import { DAY_MS, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { SimEspn } from '../../../local/venue-simulator/espn-dialect.ts';
import type { SimGame, StatusName } from '../../../local/venue-simulator/espn-game.ts';
import { espnVenue, usualFixtures } from '../../../local/venue-simulator/espn-venue.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { follow, type Options, PACE } from './espn-follower.ts';
import { START } from './sim-world.ts';

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
