import { price, quantity } from '../../core/amounts.ts';
import {
  type CandleInterval,
  type CandleSource,
  INTERVAL_MS,
  type StoredCandle,
} from '../../core/market/candle.ts';
import { DAY_MS, type EpochMs, epochMs, plusMs } from '../../core/time.ts';

/** 00:00 UTC of a Wednesday. */
export const MIDNIGHT = epochMs(20_605 * DAY_MS);

/** The n-th bar of an interval since {@link MIDNIGHT}, complete unless told, with its number as volume. */
export function aBar(
  interval: CandleInterval,
  n: number,
  source: CandleSource = 'own',
  some: Partial<StoredCandle> = {},
): StoredCandle {
  return {
    interval,
    start: barStart(interval, n),
    open: price('10'),
    high: price('12'),
    low: price('9'),
    close: price('11'),
    volume: quantity(String(Math.abs(n) + 1)),
    trades: 3,
    complete: true,
    source,
    ...some,
  };
}

export const barStart = (interval: CandleInterval, n: number): EpochMs =>
  plusMs(MIDNIGHT, n * INTERVAL_MS[interval]);
