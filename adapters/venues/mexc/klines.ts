import { parseUnits } from '../../../core/amounts.ts';
import type { Candle, HistoryInterval } from '../../../core/market/candle.ts';
import type { EpochMs } from '../../../core/time.ts';
import { barsOfRows, type KlinesPage, toBar } from '../bar-rows.ts';
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

/**
 * Bars of a REST answer, whose times are milliseconds (the stream's are seconds). A bar that had not ended at `now` is not
 * complete. How many trades made it, the venue does not say: 0. Never throws.
 */
export function toCandles(text: string, interval: HistoryInterval, now: EpochMs): KlinesPage {
  const rows = parseJson(text);
  if (!Array.isArray(rows)) return { candles: [], problems: [`klines: not a list of bars, ${short(text)}`] };
  return barsOfRows(rows, 'klines', (row) => toCandle(row, interval, now));
}

function toCandle(row: unknown, interval: HistoryInterval, now: EpochMs): Candle | string {
  const wire = parseKline(row);
  if (typeof wire === 'string') return wire;
  const [start, ...texts] = wire;
  if (start < 1e12 || start >= 1e13) return '0: must be in milliseconds';
  const units: bigint[] = [];
  for (const [n, text] of texts.slice(0, 5).entries()) {
    const value = parseUnits(String(text));
    if (value === undefined) return `${n + 1}: finer than 10^-8, '${short(String(text))}'`;
    units.push(value);
  }
  const [open = 0n, high = 0n, low = 0n, close = 0n, volume = 0n] = units;
  return toBar({ start, open, high, low, close, volume, trades: 0 }, interval, now);
}
