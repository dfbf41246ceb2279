import { parseUnits } from '../../../core/amounts.ts';
import { type Candle, type HistoryInterval, INTERVAL_MS } from '../../../core/market/candle.ts';
import { type EpochMs, isoTime, SECOND_MS } from '../../../core/time.ts';
import { barsOfRows, type KlinesPage, toBar } from '../bar-rows.ts';
import { isObject, NOT_JSON, parseJson, short } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { get, HOSTS } from './requests.ts';

/** Bars of one answer at most; a question about more is refused. */
export const ADVANCED_KLINES_MAX = 350;
export const EXCHANGE_KLINES_MAX = 300;

const GRANULARITIES: Readonly<Record<HistoryInterval, string>> = {
  '1m': 'ONE_MINUTE',
  '5m': 'FIVE_MINUTE',
  '15m': 'FIFTEEN_MINUTE',
  '1h': 'ONE_HOUR',
  '1d': 'ONE_DAY',
};

/** Asks for the bars that begin in `[from, through]`, at most {@link ADVANCED_KLINES_MAX} of them. */
export function advancedKlinesRequest(
  product: string,
  interval: HistoryInterval,
  from: EpochMs,
  through: EpochMs,
  host: string = HOSTS.advanced.rest,
): RestRequest {
  const range = `start=${toSeconds(from)}&end=${toSeconds(through)}`;
  const query = `${range}&granularity=${GRANULARITIES[interval]}&limit=${ADVANCED_KLINES_MAX}`;
  return get(`${host}/api/v3/brokerage/market/products/${encodeURIComponent(product)}/candles?${query}`);
}

/** Asks for the bars that begin in `[from, through]`, at most {@link EXCHANGE_KLINES_MAX} of them. */
export function exchangeKlinesRequest(
  product: string,
  interval: HistoryInterval,
  from: EpochMs,
  through: EpochMs,
  host: string = HOSTS.exchange.rest,
): RestRequest {
  const range = `start=${isoTime(from)}&end=${isoTime(through)}`;
  const query = `granularity=${toSeconds(INTERVAL_MS[interval])}&${range}`;
  return get(`${host}/products/${encodeURIComponent(product)}/candles?${query}`);
}

/**
 * Bars of an answer of either interface; they name their columns, or stand in the order time, low, high, open, close, volume.
 * A bar without a trade is not told; one that had not ended at `now` is not complete. How many trades made it, the venue does not say: 0. Never throws.
 */
export function toCandles(text: string, interval: HistoryInterval, now: EpochMs): KlinesPage {
  const rows = rowsIn(text);
  if (typeof rows === 'string') return { candles: [], problems: [`candles: ${rows}`] };
  return barsOfRows(rows, 'candles', (row) => toCandle(row, interval, now));
}

/** One bar's texts by the names of Advanced Trade. */
type Row = Readonly<Record<(typeof COLUMNS)[number], unknown>>;
const COLUMNS = ['start', 'low', 'high', 'open', 'close', 'volume'] as const;
const PRICES = ['open', 'high', 'low', 'close'] as const;

function rowsIn(text: string): readonly Row[] | string {
  // Exchange writes amounts as JSON numbers, which would lose digits: they are read as the texts they are.
  const isBare = text.trimStart().startsWith('[') && !text.includes('"');
  const value = parseJson(isBare ? text.replace(NUMBER, '"$&"') : text);
  if (value === undefined) return NOT_JSON.detail;
  const list = isObject(value) ? value['candles'] : value;
  if (!Array.isArray(list)) return `not a list of bars, ${short(text)}`;
  return list.map(toRow);
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function toRow(wire: unknown): Row {
  const cell = (name: (typeof COLUMNS)[number], n: number): unknown =>
    Array.isArray(wire) ? wire[n] : isObject(wire) ? wire[name] : undefined;
  return {
    start: cell('start', 0),
    low: cell('low', 1),
    high: cell('high', 2),
    open: cell('open', 3),
    close: cell('close', 4),
    volume: cell('volume', 5),
  };
}

function toCandle(row: Row, interval: HistoryInterval, now: EpochMs): Candle | string {
  const seconds = typeof row.start === 'string' && /^\d{9,10}$/.test(row.start) ? Number(row.start) : 0;
  const start = seconds * SECOND_MS;
  if (start === 0) return `start: must be in seconds, '${short(String(row.start))}'`;
  const prices = { open: 0n, high: 0n, low: 0n, close: 0n };
  for (const name of PRICES) {
    const value = parseUnits(plainDecimal(String(row[name])));
    if (value === undefined)
      return `${name}: not a decimal of at most 8 places, '${short(String(row[name]))}'`;
    prices[name] = value;
  }
  const volume = parseUnits(roundedText(plainDecimal(String(row.volume))));
  if (volume === undefined || volume < 0n)
    return `volume: not an unsigned decimal, '${short(String(row.volume))}'`;
  return toBar({ start, ...prices, volume, trades: 0 }, interval, now);
}

const toSeconds = (ms: number): number => Math.floor(ms / SECOND_MS);

/** `1.5e-7` as `0.00000015`: small JSON numbers are written that way. */
function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  const rest = padded.slice(point);
  return `${sign}${padded.slice(0, point)}${rest === '' ? '' : `.${rest}`}`;
}

/** Volumes are sums in floating point at the venue, so digits beyond the eighth are noise; the nearest is kept. */
function roundedText(text: string): string {
  const match = /^(\d+)\.(\d{8})(\d+)$/.exec(text);
  if (match === null) return text;
  const [, whole = '', kept = '', noise = ''] = match;
  const units = BigInt(whole + kept) + (noise >= '5' ? 1n : 0n);
  const digits = units.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
