import { BLOCK_BARS } from '../../adapters/store/candle-store.ts';
import { HISTORY_INTERVALS, type HistoryInterval, INTERVAL_MS } from '../../core/market/candle.ts';
import { HOUR_MS } from '../../core/time.ts';
import { HOURS_PER_MONTH } from './prices.ts';

/** Hours between two writes of an interval's bars (docs/adr/0013). */
const WRITTEN_EVERY: Readonly<Record<HistoryInterval, number>> = {
  '1m': 1,
  '5m': 5,
  '15m': 5,
  '1h': 5,
  // Once a day something of it is new.
  '1d': 24,
};

/** Measured on recorded BTCUSDT and ETHUSDT: a bar in which something traded, and what stands around sixty of them. */
const BLOCK_BYTES = { base: 180, perBar: 51 } as const;
const STORED_OVERHEAD_BYTES = 100;

const GB = 1e9;

/** What the bars of a desk's instruments cost the table in a month: each block merged into and written as often as it is. */
export interface CandleUse {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** How much the bars grow by. */
  readonly gb: number;
}

export function candleUse(instruments: number): CandleUse {
  const each = HISTORY_INTERVALS.map(useOf);
  const sum = (of: (one: CandleUse) => number): number =>
    instruments * each.reduce((total, one) => total + of(one), 0);
  return {
    writeUnits: sum(({ writeUnits }) => writeUnits),
    readUnits: sum(({ readUnits }) => readUnits),
    gb: sum(({ gb }) => gb),
  };
}

function useOf(interval: HistoryInterval): CandleUse {
  const writes = HOURS_PER_MONTH / WRITTEN_EVERY[interval];
  const bars = (WRITTEN_EVERY[interval] * HOUR_MS) / INTERVAL_MS[interval];
  // The sizes that a block has when it is written, from its first bars to all of them.
  const sizes = Array.from({ length: BLOCK_BARS / bars }, (_, n) => bytesOf((n + 1) * bars));
  const mean = (units: (bytes: number) => number): number =>
    sizes.reduce((total, bytes) => total + units(bytes), 0) / sizes.length;
  return {
    writeUnits: writes * mean((bytes) => Math.ceil(bytes / 1_024)),
    readUnits: writes * mean((bytes) => Math.ceil(bytes / 4_096)),
    gb: (((writes * bars) / BLOCK_BARS) * (bytesOf(BLOCK_BARS) + STORED_OVERHEAD_BYTES)) / GB,
  };
}

const bytesOf = (bars: number): number => BLOCK_BYTES.base + BLOCK_BYTES.perBar * bars;
