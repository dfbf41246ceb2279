import { beforeAll, expect, test } from 'vitest';
import { gamesPk } from '../../../adapters/store/table.ts';
import { createUniverseStore } from '../../../adapters/store/universe-store.ts';
import { easternDate } from '../../../core/market/eastern-time.ts';
import { feedId } from '../../../core/market/window.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { espnVenue, usualFixtures } from '../../../local/venue-simulator/espn-venue.ts';
import { gamePlans, gameSeries } from '../../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { winnerPlan } from '../../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../../local/venue-simulator/polymarket-venue.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { PUBLIC_KEYS } from '../../local/venue-simulator/kalshi-trial.ts';
import { START } from '../feeds/sim-feed.ts';
import { deskWith } from './list-world.ts';
import { UniverseFeed } from './universe-feed.ts';

const PACE = { stepMs: 5_000, levels: 5 };
/** A game of football takes some ten minutes. */
const GAME_PACE = 20;
const FIXTURES = usualFixtures(START);
const gameAt = (gameId: string) =>
  FIXTURES.find((one) => one.gameId === gameId) ?? expect.fail(`no game ${gameId}`);
const BUF_NE = gameAt('401772001');
const GSW_LAL = gameAt('401810123');
const BOS_NYY = gameAt('401816130');
/** A game that the scores do not know. */
const UNKNOWN = fixture('nfl', { gameId: '9', startsAt: START, home: 'DAL', away: 'PHI' });

function openGames(): UniverseFeed {
  const known = [BUF_NE, GSW_LAL, BOS_NYY];
  return new UniverseFeed({
    config: deskWith(
      [
        {
          name: 'kalshi',
          venue: 'kalshi',
          series: ['KXNFLGAME', 'KXNBAGAME', 'KXMLBGAME'],
          // Their close lies two weeks after the game.
          daysToExpiryMax: 1,
        },
        { name: 'polymarket', venue: 'polymarket', series: ['nfl', 'mlb'] },
      ],
      { leagues: ['nfl', 'nba', 'mlb'] },
    ),
    sides: [
      {
        venue: 'kalshi',
        symbols: [],
        numbersUpdates: false,
        open: (timers, seed) =>
          kalshiVenue({
            seed,
            timers,
            keys: PUBLIC_KEYS,
            series: (['nfl', 'nba', 'mlb'] as const).map(gameSeries),
            plans: [...known, UNKNOWN].flatMap((one) => gamePlans(one, PACE)),
          }),
      },
      {
        venue: 'polymarket',
        symbols: [],
        numbersUpdates: false,
        open: (timers, seed) =>
          polymarketVenue({
            seed,
            timers,
            series: [],
            plans: known.filter(({ league }) => league !== 'nba').map((one) => winnerPlan(one, PACE)),
          }),
      },
    ],
    beside: (timers, seed) => [espnVenue({ seed, timers, pace: GAME_PACE })],
  });
}

const world = openGames();
const { games, lists, feed } = world;
beforeAll(() => world.until(26 * MINUTE_MS));

test('games are told in the stream from before the start to the result', () => {
  const kinds = games.filter(({ game }) => game.gameId === BUF_NE.gameId).map(({ kind }) => kind);
  const statuses = games.filter(({ game }) => game.gameId === BUF_NE.gameId).map(({ game }) => game.status);
  expect([kinds[0], kinds.at(-1), new Set(statuses)]).toEqual([
    'new',
    'final',
    new Set(['pre', 'live', 'break', 'final']),
  ]);
  expect(new Set(games.map(({ game }) => game.league))).toEqual(new Set(['nfl', 'nba', 'mlb']));
});

test('each is kept as it was told last, for three days', async () => {
  const last = new Map(games.map((event) => [event.game.gameId, event]));
  for (const league of ['nfl', 'nba', 'mlb'] as const) {
    const stored = await lists.games.games(league, easternDate(START));
    expect(stored.map(({ game }) => game)).toEqual(
      [...last.values()].flatMap(({ game }) => (game.league === league ? [game] : [])),
    );
  }
  const { items } = await lists.store.query({ pk: gamesPk('nfl', easternDate(START)) });
  expect(items.map(({ seenAt, expiresAt }) => Number(expiresAt) * SECOND_MS - Number(seenAt))).toEqual([
    3 * DAY_MS,
    3 * DAY_MS,
  ]);
});

test('they are joined to two markets each at Kalshi and two tokens at Polymarket, and nothing is guessed', async () => {
  const findings = await createUniverseStore(lists.store).findings(feedId('main'));
  const none = { matched: 0, unmatched: 0, ambiguous: 0 };
  expect(findings?.games?.counts).toEqual({
    nfl: { matched: 4, unmatched: 2, ambiguous: 0 },
    nba: { matched: 2, unmatched: 0, ambiguous: 0 },
    mlb: { matched: 4, unmatched: 0, ambiguous: 0 },
    nhl: none,
  });
  const [kalshiAway, kalshiHome] = ['BUF', 'NE'].map((team) => `kalshi:KXNFLGAME-26SEP21BUFNE-${team}`);
  const [away, home] = winnerPlan(BUF_NE).tokens.map((token) => `polymarket:${token}`);
  const ofGame = findings?.games?.matched.filter(({ gameId }) => gameId === BUF_NE.gameId);
  expect(new Map(ofGame?.map(({ instrumentId, sides }) => [instrumentId, sides.join()]))).toEqual(
    new Map([
      [kalshiAway, 'away,home'],
      [kalshiHome, 'home,away'],
      [away, 'away,home'],
      [home, 'home,away'],
    ]),
  );
  expect(findings?.games?.unmatched.map(({ instrumentId, reason }) => [instrumentId, reason])).toEqual(
    ['DAL', 'PHI'].map((team) => [`kalshi:KXNFLGAME-26SEP21PHIDAL-${team}`, 'no_game']),
  );
});

test('all that the venues list on them is followed, live and right', () => {
  expect([world.live().length, feed.wrong, feed.missed]).toEqual([12, [], 0]);
});
