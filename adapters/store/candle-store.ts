import * as z from 'zod/mini';
import {
  type HistoryInterval,
  INTERVAL_MS,
  isAligned,
  isHistoryInterval,
  type StoredCandle,
} from '../../core/market/candle.ts';
import { inOrder } from '../../core/market/candle-fold.ts';
import { findGaps } from '../../core/market/candle-gaps.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import type { CandleStore } from '../../core/ports.ts';
import { beatAt, DAY_MS, type EpochMs, epochMs } from '../../core/time.ts';
import { fromRow, toRow } from './candle-rows.ts';
import { type Item, type ItemStore, type Query, queryAll, StoreError } from './item-store.ts';
import { fromItem, keys, replace, versionOf } from './table.ts';

/** Bars of one item: a block of minutes is an hour (docs/adr/0013). */
export const BLOCK_BARS = 60;
const COUNT_MAX = 1_000;
/** Others who write the same block have each committed once by then. */
const ATTEMPTS_MAX = 5;
const KEPT_DAYS: Readonly<Record<HistoryInterval, number>> = {
  '1m': 90,
  '5m': 180,
  '15m': 365,
  '1h': 5 * 365,
  '1d': 5 * 365,
};

const blockSchema = z.object({ rows: z.array(z.string()) });
const blockMs = (interval: HistoryInterval): number => BLOCK_BARS * INTERVAL_MS[interval];
const blockStart = (interval: HistoryInterval, at: EpochMs): EpochMs => beatAt(at, blockMs(interval));

/** The {@link CandleStore} over the item store: blocks of {@link BLOCK_BARS} bars, each an item. */
export function createCandleStore(store: ItemStore): CandleStore {
  return {
    async put(instrumentId, candles, source) {
      const bars = candles.map((candle): StoredCandle => ({ ...candle, source }));
      for (const block of blocksOf(bars)) await putBlock(store, instrumentId, block);
    },

    async read(instrumentId, interval, { through, count }) {
      if (!Number.isSafeInteger(count) || count < 1 || count > COUNT_MAX)
        throw new RangeError(`count must be 1 to ${COUNT_MAX}, got ${count}`);
      const newestFirst: StoredCandle[] = [];
      const limit = Math.ceil(count / BLOCK_BARS) + 1;
      const query = rangeOf(instrumentId, interval, epochMs(0), through);
      for await (const item of queryAll(store, { ...query, descending: true, limit })) {
        const bars = barsOf(item, interval).filter(({ start }) => through === undefined || start <= through);
        newestFirst.push(...bars.toReversed());
        if (newestFirst.length >= count) break;
      }
      return newestFirst.slice(0, count).reverse();
    },

    async gaps(instrumentId, interval, from, through) {
      const bars: StoredCandle[] = [];
      for await (const item of queryAll(store, rangeOf(instrumentId, interval, from, through)))
        bars.push(...barsOf(item, interval));
      return findGaps(bars, interval, from, through);
    },
  };
}

/** Bars of one item. */
interface Block {
  readonly interval: HistoryInterval;
  readonly start: EpochMs;
  readonly bars: StoredCandle[];
}

/** Bars by the block that they belong to. @throws RangeError for one that begins between two places. */
function blocksOf(bars: readonly StoredCandle[]): readonly Block[] {
  const blocks = new Map<string, Block>();
  for (const bar of bars) {
    const { interval } = bar;
    if (!isHistoryInterval(interval)) continue;
    if (!isAligned(bar))
      throw new RangeError(`start of a ${interval} bar must be a multiple of it, got ${bar.start}`);
    const start = blockStart(interval, bar.start);
    const name = `${interval} ${start}`;
    const block = blocks.get(name) ?? { interval, start, bars: [] };
    blocks.set(name, block);
    block.bars.push(bar);
  }
  return [...blocks.values()];
}

/** Merges bars into what the block holds; who was overtaken merges into what is there now. */
async function putBlock(
  store: ItemStore,
  instrumentId: InstrumentId,
  { interval, start, bars }: Block,
): Promise<void> {
  const key = keys.candle(instrumentId, interval, start);
  // In whole seconds, as DynamoDB reads its expiry attribute.
  const expiresAt = Math.ceil((start + blockMs(interval) + KEPT_DAYS[interval] * DAY_MS) / 1_000);
  let found = await store.get(key);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const stored = found === undefined ? [] : barsOf(found, interval);
    const rows = inOrder([...stored, ...bars]).map((bar) => toRow(bar, start));
    if (found !== undefined && rows.join() === rowsOf(found).join()) return;
    const result = await store.transact([replace(key, 'candles', { rows, expiresAt }, versionOf(found))]);
    if (result.kind === 'committed') return;
    ({ found } = result);
  }
  throw new StoreError('busy', `${key.pk} / ${key.sk} was written by others ${ATTEMPTS_MAX} times in a row`);
}

const rowsOf = (item: Item): readonly string[] => fromItem(blockSchema, item).rows;

/** The bars of a block, oldest first. @throws StoreError naming the item, when it is not what we wrote. */
const barsOf = (item: Item, interval: HistoryInterval): StoredCandle[] =>
  rowsOf(item).map((row) => {
    const bar = fromRow(row, interval, epochMs(Number(item.sk)));
    if (bar !== undefined) return bar;
    throw new StoreError('corrupt', `item ${item.pk} / ${item.sk} is not readable: rows holds '${row}'`);
  });

/** The blocks that hold the bars of a range. */
function rangeOf(
  instrumentId: InstrumentId,
  interval: HistoryInterval,
  from: EpochMs,
  through: EpochMs | undefined,
): Query {
  const { pk, sk } = keys.candle(instrumentId, interval, blockStart(interval, from));
  if (through === undefined) return { pk, from: sk };
  return { pk, from: sk, to: keys.candle(instrumentId, interval, blockStart(interval, through)).sk };
}
