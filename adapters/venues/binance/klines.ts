import { parseUnits } from '../../../core/amounts.ts';
import {
  type Candle,
  type CandleInterval,
  type HistoryInterval,
  INTERVAL_MS,
} from '../../../core/market/candle.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import { barsOfRows, type KlinesPage, toBar } from '../bar-rows.ts';
import { checked, parseJson, short, Unreadable } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { encoded, get, LISTS_HOST } from './requests.ts';
import { isRecord, kline, klineRow } from './schema.ts';

/** Rows of one answer at most. */
export const KLINES_MAX = 1_000;
export const KLINES_WEIGHT = 2;

/** Asks for the bars that begin in `[from, through]`, at most {@link KLINES_MAX} of them, oldest first. */
export function klinesRequest(
  symbol: string,
  interval: HistoryInterval,
  from: EpochMs,
  through: EpochMs,
  host: string = LISTS_HOST,
): RestRequest {
  const query = `symbol=${encoded(symbol)}&interval=${interval}&startTime=${from}&endTime=${through}`;
  return get(`${host}/api/v3/klines?${query}&limit=${KLINES_MAX}`);
}

/** Bars of a REST answer; the last one is usually still open, and not complete. Never throws. */
export function toCandles(text: string, interval: HistoryInterval, now: EpochMs): KlinesPage {
  const rows = parseJson(text);
  if (!Array.isArray(rows)) return { candles: [], problems: [`klines: not a list of bars, ${short(text)}`] };
  return barsOfRows(rows, 'klines', (row) => fromRow(row, interval, now));
}

/** A bar that the stream says is closed, and whose it is. */
export interface ClosedKline {
  readonly symbol: string;
  readonly candle: Candle;
}

/**
 * The bar of a kline message of the stream, combined or raw, to hold against our own: null while it is open, or of an interval
 * that Deckle has not. A text says why the message cannot be read.
 */
export function toClosedKline(text: string): ClosedKline | null | string {
  const value = parseJson(text);
  const message = checked(kline, isRecord(value) && 'stream' in value ? value.data : value);
  if (message instanceof Unreadable) return message.detail;
  const { s: symbol, k } = message;
  const interval = INTERVALS.find((one) => one === k.i);
  if (!k.x || interval === undefined) return null;
  const candle = toCandle(
    { start: k.t, open: k.o, high: k.h, low: k.l, close: k.c, volume: k.v, trades: k.n },
    interval,
    epochMs(k.t + INTERVAL_MS[interval]),
  );
  return typeof candle === 'string' ? `k.${candle}` : { symbol, candle };
}

/** Intervals that the venue and Deckle both have, by the same names. */
const INTERVALS: readonly CandleInterval[] = ['1s', '1m', '5m', '15m', '1h', '1d'];

interface WireBar {
  readonly start: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly trades: number;
}

function fromRow(value: unknown, interval: HistoryInterval, now: EpochMs): Candle | string {
  const row = checked(klineRow, value);
  if (row instanceof Unreadable) return row.detail;
  const [start, open, high, low, close, volume, , , trades] = row;
  return toCandle({ start, open, high, low, close, volume, trades }, interval, now);
}

const AMOUNTS = ['open', 'high', 'low', 'close', 'volume'] as const;

function toCandle(bar: WireBar, interval: CandleInterval, now: EpochMs): Candle | string {
  const units = { open: 0n, high: 0n, low: 0n, close: 0n, volume: 0n };
  for (const name of AMOUNTS) {
    const value = parseUnits(bar[name]);
    if (value === undefined || value < 0n)
      return `${name}: not an unsigned decimal of at most 8 places, '${short(bar[name])}'`;
    units[name] = value;
  }
  return toBar({ start: bar.start, ...units, trades: bar.trades }, interval, now);
}
