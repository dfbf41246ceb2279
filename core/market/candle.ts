import type { Price, Quantity } from '../amounts.ts';
import type { EpochMs } from '../time.ts';

export const CANDLE_INTERVALS = ['1s', '5s', '15s', '1m'] as const;
export type CandleInterval = (typeof CANDLE_INTERVALS)[number];

export const INTERVAL_MS: Readonly<Record<CandleInterval, number>> = {
  '1s': 1_000,
  '5s': 5_000,
  '15s': 15_000,
  '1m': 60_000,
};

/** A bar built from prints received in `[start, start + interval)`. Without prints it repeats the last close. */
export interface Candle {
  readonly interval: CandleInterval;
  readonly start: EpochMs;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  readonly volume: Quantity;
  readonly trades: number;
  /** False when the feed began or lost messages inside the bar: it may miss prints. */
  readonly complete: boolean;
}
