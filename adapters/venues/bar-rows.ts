import { asPrice, asQuantity } from '../../core/amounts.ts';
import { type Candle, type CandleInterval, INTERVAL_MS } from '../../core/market/candle.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';

export interface KlinesPage {
  /** Oldest first, each start once. */
  readonly candles: readonly Candle[];
  /** Rows that could not be read, and why. */
  readonly problems: readonly string[];
}

/** All bars of an answer's rows; `toBar` says in a text why one cannot be read, beginning with its field. `list` names the rows. */
export function barsOfRows<R>(
  rows: readonly R[],
  list: string,
  toBar: (row: R) => Candle | string,
): KlinesPage {
  const candles = new Map<number, Candle>();
  const problems: string[] = [];
  for (const [n, row] of rows.entries()) {
    const candle = toBar(row);
    if (typeof candle === 'string') problems.push(`${list} ${n}.${candle}`);
    else candles.set(candle.start, candle);
  }
  return { candles: [...candles.values()].sort((a, b) => a.start - b.start), problems };
}

/** One bar as its venue tells it. */
export interface ToldBar {
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Units of 10^-8. */
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
  /** 0 where the venue does not say. */
  readonly trades: number;
}

/** A bar, complete when it had ended at `now`; a text says why it is none. */
export function toBar(told: ToldBar, interval: CandleInterval, now: EpochMs): Candle | string {
  const { start, open, high, low, close, volume, trades } = told;
  if (start % INTERVAL_MS[interval] !== 0) return `start: ${start} is no start of ${interval}`;
  if (volume < 0n) return 'volume: must not be negative';
  if (low <= 0n || low > open || low > close || high < open || high < close)
    return 'high: high and low must bracket open and close, and be above zero';
  return {
    interval,
    start: epochMs(start),
    open: asPrice(open),
    high: asPrice(high),
    low: asPrice(low),
    close: asPrice(close),
    volume: asQuantity(volume),
    trades,
    complete: start + INTERVAL_MS[interval] <= now,
  };
}
