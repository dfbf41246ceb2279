import { expect, test } from 'vitest';
import { createGameStore } from '../../adapters/store/game-store.ts';
import { type ItemStore, StoreError } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { GameState } from '../../core/market/game.ts';
import { feedId } from '../../core/market/window.ts';
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { FeedNews } from '../../fargate/feed-news.ts';
import { GameKeeper } from '../../fargate/game-keeper.ts';
import { gameOf, played, utc } from '../core/market/sample-games.ts';
import { windowOf } from '../support/values.ts';

const START = utc('2026-10-04T17:00Z');
const DATE = '2026-10-04';
/** Three days before the game, when its schedule is told. */
const EARLY = plusMs(START, -3 * DAY_MS);

function openKeeper() {
  const inner = openSqliteStore({ path: ':memory:' });
  let isDown = false;
  let writes = 0;
  const store: ItemStore = {
    get: (key) => inner.get(key),
    query: (range) => inner.query(range),
    changes: (position, limit) => inner.changes(position, limit),
    close: () => inner.close(),
    transact: async (list) => {
      if (isDown) throw new StoreError('unavailable', 'the table does not answer');
      writes += 1;
      return inner.transact(list);
    },
  };
  const games = createGameStore(store);
  const logged: [string, unknown][] = [];
  const say = (event: string, fields?: Readonly<Record<string, unknown>>): void =>
    void logged.push([event, fields?.['why']]);
  const keeper = new GameKeeper({ games, log: { info: say, warn: say, error: say } });
  const news = new FeedNews(feedId('main'));
  return {
    logged,
    writes: () => writes,
    fail: (fails: boolean) => {
      isDown = fails;
    },
    /** A window closes in which these games were told. */
    async window(closedAt: EpochMs, ...told: readonly GameState[]) {
      for (const game of told)
        news.game({ kind: 'changed', at: closedAt, changedAt: closedAt, game, was: null });
      const newest = { ...windowOf(0, []), closedAt };
      keeper.see({ newest, windows: [newest], events: news.take() });
      await keeper.settled();
    },
    stored: async (date = DATE) => (await games.games('nfl', date)).map(({ game, seenAt }) => [game, seenAt]),
  };
}

test('a game is stored as it was told, and windows without games store nothing', async () => {
  const world = openKeeper();
  await world.window(START, played(0, 0));
  await world.window(plusMs(START, 1_000));
  await world.window(plusMs(START, 2_000), played(7, 0));
  expect([await world.stored(), world.writes()]).toEqual([[[played(7, 0), plusMs(START, 2_000)]], 2]);
});

test('several games of one window are all stored', async () => {
  const world = openKeeper();
  const other = gameOf('nfl', 'SF@SEA', '2026-10-04T20:25Z', { gameId: '2' });
  await world.window(START, played(0, 0), other);
  expect(await world.stored()).toEqual([
    [played(0, 0), START],
    [other, START],
  ]);
});

test('a game that is far off is stored again once a day, so that it is not forgotten before it begins', async () => {
  const world = openKeeper();
  const before = played(0, 0, 'pre');
  await world.window(EARLY, before);
  for (let hours = 1; hours <= 72; hours += 1) await world.window(plusMs(EARLY, hours * HOUR_MS));
  expect([await world.stored(), world.writes()]).toEqual([[[before, plusMs(EARLY, 3 * DAY_MS)]], 4]);
});

test('a game that is long over is not stored again', async () => {
  const world = openKeeper();
  const final = played(20, 17, 'final');
  await world.window(plusMs(START, 3 * HOUR_MS), final);
  for (let hours = 4; hours <= 96; hours += 1) await world.window(plusMs(START, hours * HOUR_MS));
  expect([await world.stored(), world.writes()]).toEqual([[[final, plusMs(START, 3 * HOUR_MS)]], 1]);
});

test('what could not be stored is said, and stored with the next look, within the hour', async () => {
  const world = openKeeper();
  const before = played(0, 0, 'pre');
  world.fail(true);
  await world.window(EARLY, before);
  expect(world.logged).toEqual([['games not stored', 'the table does not answer']]);
  world.fail(false);
  await world.window(plusMs(EARLY, 59 * MINUTE_MS));
  expect(await world.stored()).toEqual([]);
  await world.window(plusMs(EARLY, HOUR_MS));
  expect(await world.stored()).toEqual([[before, plusMs(EARLY, HOUR_MS)]]);
  await world.window(plusMs(EARLY, 2 * HOUR_MS));
  expect(world.writes()).toBe(1);
});

test('what could not be stored and was told anew since is stored as it was told last', async () => {
  const world = openKeeper();
  world.fail(true);
  await world.window(START, played(0, 0));
  world.fail(false);
  await world.window(plusMs(START, 1_000), played(7, 0));
  await world.window(plusMs(START, HOUR_MS));
  expect([await world.stored(), world.writes()]).toEqual([[[played(7, 0), plusMs(START, 1_000)]], 1]);
});
