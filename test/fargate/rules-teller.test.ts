import { expect, test } from 'vitest';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { type Instrument, instrumentId } from '../../core/market/instrument.ts';
import { feedId } from '../../core/market/window.ts';
import type { Log } from '../../core/metrics.ts';
import type { FeedStore } from '../../core/ports.ts';
import { RulesTeller } from '../../fargate/rules-teller.ts';
import { COIN, GEM } from '../support/values.ts';

const FEED = feedId('main');

function world(failing = { isDown: false }) {
  const store = createFeedStore(openSqliteStore({ path: ':memory:' }));
  const warnings: string[] = [];
  let writes = 0;
  const feeds: Pick<FeedStore, 'rules' | 'putRules'> = {
    rules: (feed) => store.rules(feed),
    async putRules(feed, rules) {
      if (failing.isDown) throw new StoreError('unavailable', 'down');
      writes += 1;
      await store.putRules(feed, rules);
    },
  };
  const log: Log = {
    info: () => undefined,
    warn: (event) => warnings.push(event),
    error: () => undefined,
  };
  return {
    failing,
    warnings,
    writes: () => writes,
    teller: () => new RulesTeller({ feeds, feedId: FEED, log }),
    stored: async () => (await store.rules(FEED)).map((one) => one.symbol),
  };
}

const contract = (n: number): Instrument => ({
  ...COIN,
  id: instrumentId('kalshi', `KX-${n}`),
  symbol: `KX-${n}`,
});

test('what is told is stored, once', async () => {
  const w = world();
  const teller = w.teller();
  await teller.tell([]);
  await teller.tell([COIN, GEM]);
  await teller.tell([COIN, GEM]);
  expect([await w.stored(), w.writes()]).toEqual([[COIN.symbol, GEM.symbol], 1]);
});

test('rules of what is followed no longer are kept, over restarts, and new rules replace old ones', async () => {
  const w = world();
  const teller = w.teller();
  await teller.tell([contract(1), COIN]);
  await teller.tell([contract(2), COIN]);
  expect(await w.stored()).toEqual(['KX-2', COIN.symbol, 'KX-1']);
  await w.teller().tell([contract(3), { ...COIN, symbol: 'RENAMED' }]);
  expect(await w.stored()).toEqual(['KX-3', 'RENAMED', 'KX-2', 'KX-1']);
});

test('of a market that rolls for days the newest are kept', async () => {
  const w = world();
  const teller = w.teller();
  for (let n = 1; n <= 310; n += 1) await teller.tell([contract(n)]);
  const stored = await w.stored();
  expect([stored.length, stored[0], stored.at(-1)]).toEqual([300, 'KX-310', 'KX-11']);
});

test('a store that is down stops the feed before its first window, and later is asked again', async () => {
  const w = world({ isDown: true });
  const teller = w.teller();
  await expect(teller.tell([COIN])).rejects.toThrow('down');
  w.failing.isDown = false;
  await teller.tell([COIN]);
  w.failing.isDown = true;
  await teller.tell([COIN, GEM]);
  expect([await w.stored(), w.warnings]).toEqual([[COIN.symbol], ['rules not stored']]);
  w.failing.isDown = false;
  await teller.tell([COIN, GEM]);
  expect(await w.stored()).toEqual([COIN.symbol, GEM.symbol]);
});
