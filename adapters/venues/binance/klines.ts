import { asPrice, asQuantity, parseUnits } from '../../../core/amounts.ts';
import {
  type Candle,
  type CandleInterval,
  type HistoryInterval,
  INTERVAL_MS,
} from '../../../core/market/candle.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
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

export interface KlinesPage {
  /** Oldest first, each start once. */
  readonly candles: readonly Candle[];
  /** Rows that could not be read, and why. */
  readonly problems: readonly string[];
}

/** Bars of a REST answer that were over at `now`: the last one is usually still open, and left out. Never throws. */
export function toCandles(text: string, interval: HistoryInterval, now: EpochMs): KlinesPage {
  const rows = parseJson(text);
  if (!Array.isArray(rows)) return { candles: [], problems: [`klines: not a list of bars, ${short(text)}`] };
  const candles = new Map<number, Candle>();
  const problems: string[] = [];
  for (const [n, row] of rows.entries()) {
    const candle = fromRow(row, interval);
    if (typeof candle === 'string') problems.push(`klines ${n}.${candle}`);
    else if (candle.start + INTERVAL_MS[interval] <= now) candles.set(candle.start, candle);
  }
  return { candles: [...candles.values()].sort((a, b) => a.start - b.start), problems };
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

function fromRow(value: unknown, interval: HistoryInterval): Candle | string {
  const row = checked(klineRow, value);
  if (row instanceof Unreadable) return row.detail;
  const [start, open, high, low, close, volume, , , trades] = row;
  return toCandle({ start, open, high, low, close, volume, trades }, interval);
}

const AMOUNTS = ['open', 'high', 'low', 'close', 'volume'] as const;

function toCandle(bar: WireBar, interval: CandleInterval): Candle | string {
  if (bar.start % INTERVAL_MS[interval] !== 0) return `start: ${bar.start} is no start of ${interval}`;
  const units = new Map<(typeof AMOUNTS)[number], bigint>();
  for (const name of AMOUNTS) {
    const value = parseUnits(bar[name]);
    if (value === undefined || value < 0n)
      return `${name}: not an unsigned decimal of at most 8 places, '${short(bar[name])}'`;
    units.set(name, value);
  }
  const [open = 0n, high = 0n, low = 0n, close = 0n, volume = 0n] = AMOUNTS.map((name) => units.get(name));
  if (low <= 0n || low > open || low > close || high < open || high < close)
    return 'high: high and low must bracket open and close, and be above zero';
  return {
    interval,
    start: epochMs(bar.start),
    open: asPrice(open),
    high: asPrice(high),
    low: asPrice(low),
    close: asPrice(close),
    volume: asQuantity(volume),
    trades: bar.trades,
    complete: true,
  };
}
