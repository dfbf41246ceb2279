import { createCandleStore } from '../adapters/store/candle-store.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Log } from '../core/metrics.ts';
import type { CandleKeeping } from './candle-keeper.ts';
import type { WriteCadence } from './candle-writer.ts';

/** Keeps the bars of a desk's feed in its own store. */
export const keepCandlesIn = (
  store: ItemStore,
  cadence: WriteCadence,
  { strategies }: DeskConfig,
  log: Log,
): CandleKeeping => ({
  store: createCandleStore(store),
  cadence,
  strategyIntervals: strategies.flatMap(({ runner }) => runner.intervals),
  log,
});
