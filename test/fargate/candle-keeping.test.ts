import { expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { type ItemStore, StoreError } from '../../adapters/store/item-store.ts';
import { writeKey } from '../../adapters/store/limits.ts';
import { DAY_MS, type EpochMs, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { OAK } from '../core/market/samples.ts';
import { ScriptedMarket } from '../support/scripted-market.ts';
import { feedsWorld, shippedConfig } from './feeds-world.ts';

const MIDNIGHT = epochMs(20_605 * DAY_MS);
const at = (hour: number, minute: number): EpochMs => plusMs(MIDNIGHT, hour * HOUR_MS + minute * MINUTE_MS);
/** Five hours since 1970 are over at 10:00. */
const START = at(8, 30);
const HOURS = 3;
const CONFIG = { ...shippedConfig(), feed: { id: 'main', windowMs: 5_000 } };

/** A feeds process on a market of three hours, and each write of bars that its store was asked for. */
async function runFor(over: { keepsCandles: boolean; fails?: (count: number) => boolean }) {
  const market = new ScriptedMarket({ seed: 3, start: START, seconds: HOURS * 3_600, windowMs: 5_000 });
  const { time, store, push, at: then, process } = feedsWorld(START);
  const writes: string[] = [];
  let tried = 0;
  const wrap = (inner: ItemStore): ItemStore => ({
    get: (key) => inner.get(key),
    query: (query) => inner.query(query),
    changes: (position, limit) => inner.changes(position, limit),
    close: () => inner.close(),
    transact(batch) {
      const blocks = batch.map(writeKey).filter(({ pk }) => pk.startsWith('CANDLES#'));
      if (blocks.length > 0) {
        tried += 1;
        if (over.fails?.(tried)) throw new StoreError('unavailable', 'the table does not answer');
      }
      for (const { pk } of blocks) writes.push(pk.slice(pk.lastIndexOf('#') + 1));
      return inner.transact(batch);
    },
  });
  const health = new FeedHealth();
  const feeds = process('a', {
    wrap,
    health,
    planOf: () => ({
      key: 'scripted',
      ids: [OAK.id],
      instruments: [OAK],
      keepsCandles: over.keepsCandles,
      open: async () => market,
    }),
  });
  await push(CONFIG);
  then(0, () => feeds.run());
  await time.run();
  return { feeds, writes, candles: createCandleStore(store), report: health.report() };
}

test('a feed on live venues writes each block of the table as rarely as it may, and the rest when it stops', async () => {
  const { feeds, writes, candles, report } = await runFor({ keepsCandles: true });
  expect(feeds.end).toBe('finished');
  const counts = Object.groupBy(writes, (interval) => interval);
  expect(
    Object.fromEntries(Object.entries(counts).map(([interval, some]) => [interval, some?.length])),
  ).toEqual({
    // Blocks that were over at the start, once; the one in progress with the venue's bars and with ours; then those of the
    // hours or of the five hours, and what the end leaves. The market is three days old.
    '1m': 24 + 2 + 2 + 1,
    '5m': 5 + 2 + 0 + 1,
    '15m': 5 + 2 + 0 + 1,
    '1h': 2 + 2 + 0 + 1,
    '1d': 0 + 1 + 0 + 0,
  });
  expect(await candles.gaps(OAK.id, '1m', plusMs(START, -DAY_MS), at(11, 28))).toEqual([]);
  expect(report.candles).toMatchObject({ unstored: 0, storeFault: null });
  expect(feeds.metrics.total('feed_candles_compared_total')).toBe(29 + 60 + 60);
});

test('a store that takes no bars holds up no window, and gets them when it is back', async () => {
  const { feeds, candles, report } = await runFor({ keepsCandles: true, fails: (count) => count <= 30 });
  // The last one closes with the end of the source.
  expect(feeds.windows).toHaveLength((HOURS * HOUR_MS) / 5_000 + 1);
  expect(feeds.said.filter((line) => line.includes('candles'))).toEqual([
    'warn candles not stored: the table does not answer',
    'info candles are stored again',
  ]);
  expect(await candles.gaps(OAK.id, '1m', plusMs(START, -DAY_MS), at(11, 28))).toEqual([]);
  expect(report.candles).toMatchObject({ unstored: 0, storeFault: null });
});

test('a feed on the demo market keeps no bars', async () => {
  const { writes, report } = await runFor({ keepsCandles: false });
  expect(writes).toEqual([]);
  expect(report.candles).toBeNull();
});
