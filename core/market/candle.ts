import type { Price, Quantity } from '../amounts.ts';
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';

/** Shortest first. Each is a whole number of the one before, and all begin at multiples of their length since 1970, in UTC. */
export const CANDLE_INTERVALS = ['1s', '5s', '15s', '1m', '5m', '15m', '1h', '1d'] as const;
export type CandleInterval = (typeof CANDLE_INTERVALS)[number];

/** Those that are kept as history; venues tell theirs from a minute on. */
export const HISTORY_INTERVALS = ['1m', '5m', '15m', '1h', '1d'] as const;
export type HistoryInterval = (typeof HISTORY_INTERVALS)[number];

export const INTERVAL_MS: Readonly<Record<CandleInterval, number>> = {
  '1s': SECOND_MS,
  '5s': 5 * SECOND_MS,
  '15s': 15 * SECOND_MS,
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '1d': DAY_MS,
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
  /** 0 beside a volume above 0 where a venue does not tell how many there were. */
  readonly trades: number;
  /**
   * False when the feed began or lost messages inside the bar, or a part of it is missing: it may miss prints. It speaks of
   * the bar's own prints only: the close that a bar without prints repeats may be older than prints that were lost.
   */
  readonly complete: boolean;
}

/** Who added up a bar: this desk, from prints by receive time, or the venue, in an answer about its history, by its own time. */
export type CandleSource = 'own' | 'venue';

export interface StoredCandle extends Candle {
  readonly source: CandleSource;
}

export const isHistoryInterval = (interval: CandleInterval): interval is HistoryInterval =>
  INTERVAL_MS[interval] >= MINUTE_MS;

/** Whether anything traded in the bar. */
export const hasTraded = ({ trades, volume }: Candle): boolean => trades > 0 || volume > 0n;

/** Whether the bar begins where bars of its interval begin. */
export const isAligned = ({ start, interval }: Candle): boolean => start % INTERVAL_MS[interval] === 0;

/**
 * Of two bars of one stretch of time, the one to keep: a complete one before an incomplete one, and of complete ones our own
 * before the venue's, since strategies saw it. A complete own bar is never replaced; of two that the venue told, the later
 * telling counts; of two incomplete ones, the one that saw more.
 */
export function betterOf<T extends Candle & { readonly source?: CandleSource }>(kept: T, came: T): T {
  const [rankKept, rankCame] = [rankOf(kept), rankOf(came)];
  if (rankKept !== rankCame) return rankKept > rankCame ? kept : came;
  if (rankKept === 0) return kept.volume > came.volume ? kept : came;
  return rankKept === OWN_COMPLETE ? kept : came;
}

const OWN_COMPLETE = 2;
const rankOf = ({ complete, source }: Candle & { readonly source?: CandleSource }): number => {
  if (!complete) return 0;
  return source === 'venue' ? 1 : OWN_COMPLETE;
};
