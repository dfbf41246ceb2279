import { expect, test } from 'vitest';
import { StoreError } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import type { Followings } from '../../adapters/venues/frame-source.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import type { Listing } from '../../core/market/listing.ts';
import { feedId } from '../../core/market/window.ts';
import type { UniverseStore } from '../../core/ports.ts';
import { HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { UniverseFollower } from '../../fargate/universe-follower.ts';
import { asset, NOON, quarter } from '../core/universe/listings.ts';

const MAIN = feedId('main');
const [BTC, ETH, SOL] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => asset(symbol));
const [NOW, NEXT] = [quarter(0), quarter(15)];

interface Options {
  readonly always?: readonly InstrumentId[];
  /** Handed back by the source. */
  readonly strangers?: readonly InstrumentId[];
}

function openFollower({ always = [], strangers = [] }: Options = {}) {
  let now = NOON;
  let isDown = false;
  const stored = createUniverseStore(openSqliteStore({ path: ':memory:' }));
  const universes: Pick<UniverseStore, 'universe'> = {
    universe: async (id) => {
      if (isDown) throw new StoreError('unavailable', 'the table does not answer');
      return stored.universe(id);
    },
  };
  const told: Followings[] = [];
  const logged: string[] = [];
  const say = (event: string): void => void logged.push(event);
  const follower = new UniverseFollower({
    feedId: MAIN,
    universes,
    always,
    follow: (followings) => {
      told.push(followings);
      return strangers;
    },
    clock: { now: () => now, wait: async () => undefined },
    log: { info: say, warn: say, error: say },
  });
  return {
    follower,
    logged,
    /** Brings a universe of these into the store. */
    put: async (...listings: readonly (Listing | undefined)[]) => {
      const members = listings.flatMap((one) =>
        one === undefined
          ? []
          : [{ instrument: one.instrument, rule: 'one', reason: 'one: it fits', since: now }],
      );
      const before = await stored.universe(MAIN);
      const changes = (before?.value.changes ?? 0) + 1;
      const universe = { feedId: MAIN, members, changedAt: now, changes, added: [], removed: [] };
      expect(await stored.commitUniverse(before, universe)).toBe('committed');
    },
    /** Lets time pass, and a beat come; what was told since. */
    async after(ms: number) {
      now = plusMs(now, ms);
      follower.beat();
      await follower.settled();
      return told.splice(0).map(({ follow, unfollow }) => ({ follow, unfollow }));
    },
    words: async (ms: number) => {
      now = plusMs(now, ms);
      follower.beat();
      await follower.settled();
      return told.splice(0).map(({ detail }) => detail);
    },
    fail: (fails: boolean) => {
      isDown = fails;
    },
  };
}

const idsOf = (...listings: readonly (Listing | undefined)[]): readonly InstrumentId[] =>
  listings.flatMap((one) => one?.instrument.id ?? []);
const NOTHING = { follow: [], unfollow: [] };

test('without a universe it follows nothing, and looks once a minute', async () => {
  const world = openFollower();
  expect(await world.after(0)).toEqual([]);
  await world.put(BTC);
  expect(await world.after(MINUTE_MS - 1)).toEqual([]);
  expect(await world.after(1)).toEqual([{ ...NOTHING, follow: idsOf(BTC) }]);
});

test('a universe that was looked at in the same process is followed with the next beat', async () => {
  const world = openFollower();
  await world.after(0);
  await world.put(BTC);
  expect(await world.after(500)).toEqual([]);
  world.follower.universeLooked();
  expect(await world.after(500)).toEqual([{ ...NOTHING, follow: idsOf(BTC) }]);
  // And the minute counts anew.
  await world.put(BTC, ETH);
  expect(await world.after(MINUTE_MS - 1)).toEqual([]);
  expect(await world.after(1)).toEqual([{ ...NOTHING, follow: idsOf(ETH) }]);
});

test('who joins is followed at once, an asset that leaves is left at once, and who stays is not told again', async () => {
  const world = openFollower();
  await world.put(BTC, ETH);
  expect(await world.after(0)).toEqual([{ ...NOTHING, follow: idsOf(BTC, ETH) }]);
  await world.put(ETH, SOL);
  expect(await world.after(MINUTE_MS)).toEqual([
    { ...NOTHING, follow: idsOf(SOL) },
    { ...NOTHING, unfollow: idsOf(BTC) },
  ]);
  expect(await world.after(MINUTE_MS)).toEqual([]);
});

test('a contract that leaves is followed for another hour, since its outcome comes after its end', async () => {
  const world = openFollower();
  await world.put(NOW, NEXT);
  await world.after(0);
  await world.put(NEXT);
  expect(await world.after(MINUTE_MS)).toEqual([]);
  expect(await world.after(HOUR_MS - MINUTE_MS)).toEqual([]);
  expect(await world.after(MINUTE_MS)).toEqual([{ ...NOTHING, unfollow: idsOf(NOW) }]);
});

test('a contract that comes back within the hour stays, and nobody is told', async () => {
  const world = openFollower();
  await world.put(NOW);
  await world.after(0);
  await world.put();
  await world.after(MINUTE_MS);
  await world.put(NOW);
  expect(await world.after(HOUR_MS / 2)).toEqual([]);
  expect(await world.after(2 * HOUR_MS)).toEqual([]);
});

test('a contract that comes back after it was let go is followed anew', async () => {
  const world = openFollower();
  await world.put(NOW);
  await world.after(0);
  await world.put();
  await world.after(MINUTE_MS);
  expect(await world.after(HOUR_MS)).toEqual([{ ...NOTHING, unfollow: idsOf(NOW) }]);
  await world.put(NOW);
  expect(await world.after(MINUTE_MS)).toEqual([{ ...NOTHING, follow: idsOf(NOW) }]);
});

test('an empty universe is followed by nothing more, but for contracts that may still pay', async () => {
  const world = openFollower();
  await world.put(BTC, NOW);
  await world.after(0);
  await world.put();
  expect(await world.after(MINUTE_MS)).toEqual([{ ...NOTHING, unfollow: idsOf(BTC) }]);
});

test('what strategies trade is neither told nor left, whatever the universe is', async () => {
  const world = openFollower({ always: idsOf(BTC) });
  await world.put(BTC, ETH);
  expect(await world.after(0)).toEqual([{ ...NOTHING, follow: idsOf(ETH) }]);
  await world.put();
  expect(await world.after(MINUTE_MS)).toEqual([{ ...NOTHING, unfollow: idsOf(ETH) }]);
});

test('a store that does not answer changes nothing, is said, and is asked again a minute later', async () => {
  const world = openFollower();
  await world.put(BTC);
  world.fail(true);
  expect(await world.after(0)).toEqual([]);
  expect(world.logged).toEqual(['universe not read']);
  world.fail(false);
  expect(await world.after(MINUTE_MS)).toEqual([{ ...NOTHING, follow: idsOf(BTC) }]);
});

test('while the store does not answer, nobody is let go; afterwards the hour counts from the look that missed it', async () => {
  const world = openFollower();
  await world.put(NOW);
  await world.after(0);
  await world.put();
  world.fail(true);
  expect(await world.after(3 * HOUR_MS)).toEqual([]);
  world.fail(false);
  expect(await world.after(MINUTE_MS)).toEqual([]);
  expect(await world.after(HOUR_MS)).toEqual([{ ...NOTHING, unfollow: idsOf(NOW) }]);
});

test('instruments that the source hands back are said, and not tried each minute', async () => {
  const world = openFollower({ strangers: idsOf(BTC) });
  await world.put(BTC);
  await world.after(0);
  expect(world.logged).toEqual(['universe followed', 'not followed']);
  expect(await world.after(MINUTE_MS)).toEqual([]);
});

test('says who joined and why, and of many only the first', async () => {
  const world = openFollower();
  const many = Array.from({ length: 7 }, (_, n) => asset(`A${n}USDT`));
  await world.put(...many);
  expect(await world.words(0)).toEqual([
    `joined the universe: ${[0, 1, 2, 3, 4].map((n) => `binance:A${n}USDT (one: it fits)`).join(', ')} and 2 more`,
  ]);
  await world.put(...many.slice(1));
  expect(await world.words(MINUTE_MS)).toEqual(['left the universe: binance:A0USDT']);
});

test('looks at once when it is told to, and then not before a minute has passed', async () => {
  const world = openFollower();
  await world.put(BTC);
  await world.follower.look();
  await world.put(ETH);
  expect(await world.after(MINUTE_MS - 1)).toEqual([{ ...NOTHING, follow: idsOf(BTC) }]);
  world.fail(true);
  await expect(world.follower.look()).rejects.toThrow('the table does not answer');
});
