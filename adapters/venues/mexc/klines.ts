import { asPrice, asQuantity, parseUnits } from '../../../core/amounts.ts';
import { type Candle, type HistoryInterval, INTERVAL_MS } from '../../../core/market/candle.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import { parseJson, short } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { encoded, get, REST_HOST } from './requests.ts';
import { parseKline } from './schema.ts';

/** Rows of one answer at most. */
export const KLINES_MAX = 1_000;

/** REST names; the stream's are others (`Min60`, `Week1`). An hour is `60m` here, never `1h`. */
const REST_INTERVALS: Readonly<Record<HistoryInterval, string>> = {
  '1m': '1m',
  '5m': '5m',
  '15m': '15m',
  '1h': '60m',
  '1d': '1d',
};

/** Asks for the bars that begin in `[from, through]`, at most {@link KLINES_MAX} of them. */
export function klinesRequest(
  symbol: string,
  interval: HistoryInterval,
  from: EpochMs,
  through: EpochMs,
  host: string = REST_HOST,
): RestRequest {
  const query = `symbol=${encoded(symbol)}&interval=${REST_INTERVALS[interval]}&startTime=${from}&endTime=${through}`;
  return get(`${host}/api/v3/klines?${query}&limit=${KLINES_MAX}`);
}

export interface KlinesPage {
  /** Oldest first, each start once. */
  readonly candles: readonly Candle[];
  /** Rows that could not be read, and why. */
  readonly problems: readonly string[];
}

/**
 * Bars of a REST answer, whose times are milliseconds (the stream's are seconds). A bar that had not ended at `now` is not
 * complete. How many trades made it, the venue does not say: 0. Never throws.
 */
export function toCandles(text: string, interval: HistoryInterval, now: EpochMs): KlinesPage {
  const rows = parseJson(text);
  if (!Array.isArray(rows)) return { candles: [], problems: [`klines: not a list of bars, ${short(text)}`] };
  const candles = new Map<number, Candle>();
  const problems: string[] = [];
  for (const [n, row] of rows.entries()) {
    const candle = toCandle(row, interval, now);
    if (typeof candle === 'string') problems.push(`klines ${n}.${candle}`);
    else candles.set(candle.start, candle);
  }
  return { candles: [...candles.values()].sort((a, b) => a.start - b.start), problems };
}

function toCandle(row: unknown, interval: HistoryInterval, now: EpochMs): Candle | string {
  const wire = parseKline(row);
  if (typeof wire === 'string') return wire;
  const [start, ...texts] = wire;
  if (start < 1e12 || start >= 1e13) return '0: must be in milliseconds';
  if (start % INTERVAL_MS[interval] !== 0) return `0: ${start} is no start of ${interval}`;
  const units: bigint[] = [];
  for (const [n, text] of texts.slice(0, 5).entries()) {
    const value = parseUnits(String(text));
    if (value === undefined) return `${n + 1}: finer than 10^-8, '${short(String(text))}'`;
    units.push(value);
  }
  const [open = 0n, high = 0n, low = 0n, close = 0n, volume = 0n] = units;
  if (low <= 0n || low > open || low > close || high < open || high < close)
    return `2: high and low must bracket open and close, and be above zero`;
  return {
    interval,
    start: epochMs(start),
    open: asPrice(open),
    high: asPrice(high),
    low: asPrice(low),
    close: asPrice(close),
    volume: asQuantity(volume),
    trades: 0,
    complete: start + INTERVAL_MS[interval] <= now,
  };
}
