import * as z from 'zod';
import { asPrice, asQuantity, type Price, parseUnits } from '../../../core/amounts.ts';
import { type Candle, hasTraded, INTERVAL_MS, isAligned } from '../../../core/market/candle.ts';
import { type EpochMs, epochMs, SECOND_MS } from '../../../core/time.ts';
import { checked, isObject, listOf, parseJson, short, Unreadable } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { get, HOSTS } from './hosts.ts';

/** What the venue adds up itself and begins where our bars begin. Its days are Eastern ones. */
export type VenueInterval = '1m' | '1h';

export interface CandleQuery {
  readonly rest?: string;
  /** At most 100. */
  readonly symbols: readonly string[];
  readonly interval: VenueInterval;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * Bars of several markets, after a row that tells the price before the first of them; markets settled about two months ago
 * have none here any more.
 */
export function candleRequest({
  rest = HOSTS.live.rest,
  symbols,
  interval,
  from,
  to,
}: CandleQuery): RestRequest {
  const fields = [
    `market_tickers=${symbols.map(encodeURIComponent).join(',')}`,
    `start_ts=${Math.floor(from / SECOND_MS)}`,
    `end_ts=${Math.floor(to / SECOND_MS)}`,
    `period_interval=${INTERVAL_MS[interval] / (60 * SECOND_MS)}`,
    'include_latest_before_start=true',
  ];
  return get(rest, `/markets/candlesticks?${fields.join('&')}`);
}

export interface CandleReading {
  /** Bars of each market in order, each start once; what is missing is quiet, not zero. */
  readonly candles: ReadonlyMap<string, readonly Candle[]>;
  readonly problems: readonly string[];
}

const text = z.string().nullish();
/** Bars of quotes stand beside those of trades and are not read: an empty side is 0 or 1 dollar in them. */
const candlestick = z.object({
  end_period_ts: z.int(),
  volume: z.number().nullish(),
  volume_fp: text,
  price: z.object({
    open_dollars: text,
    high_dollars: text,
    low_dollars: text,
    close_dollars: text,
    previous_dollars: text,
  }),
});
type WireCandlestick = z.output<typeof candlestick>;

/** Reads the answer to {@link candleRequest}. A bar that has not ended at `now` is not complete. */
export function toCandles(answer: string, interval: VenueInterval, now: EpochMs): CandleReading {
  const value = parseJson(answer);
  const markets = isObject(value) ? value['markets'] : undefined;
  if (!Array.isArray(markets))
    return { candles: new Map(), problems: ['markets: the answer has no list of them'] };
  const candles = new Map<string, Candle[]>();
  const problems: string[] = [];
  for (const [n, market] of markets.entries()) {
    const symbol: unknown = isObject(market) ? (market['market_ticker'] ?? market['ticker']) : undefined;
    const wire = checked(
      listOf(candlestick),
      isObject(market) ? market['candlesticks'] : undefined,
      `markets.${n}`,
    );
    if (typeof symbol !== 'string') problems.push(`markets.${n}.market_ticker: must be a text`);
    else if (wire instanceof Unreadable) problems.push(`${short(symbol)}: ${wire.detail}`);
    else candles.set(symbol, barsOf(symbol, wire, interval, now, problems));
  }
  return { candles, problems };
}

function barsOf(
  symbol: string,
  wire: readonly WireCandlestick[],
  interval: VenueInterval,
  now: EpochMs,
  problems: string[],
): Candle[] {
  const bars = new Map<EpochMs, Candle>();
  for (const one of wire) {
    const bar = toCandle(one, interval, now);
    if (typeof bar === 'string') problems.push(`${short(symbol)} ${one.end_period_ts}: ${bar}`);
    // The row that tells the price before may stand for a bar in which something traded, too.
    else if (bar !== undefined && (hasTraded(bar) || !bars.has(bar.start))) bars.set(bar.start, bar);
  }
  return [...bars.values()].sort((a, b) => a.start - b.start);
}

/** Undefined where nothing traded and no price is told; a text says what cannot be read. */
function toCandle(wire: WireCandlestick, interval: VenueInterval, now: EpochMs): Candle | string | undefined {
  const { price, end_period_ts: endsAt } = wire;
  const [open, high, low, close] = [
    price.open_dollars,
    price.high_dollars,
    price.low_dollars,
    price.close_dollars,
  ].map(priceOf);
  if (open === null && high === null && low === null && close === null) return quietBar(wire, interval, now);
  const volume = parseUnits(wire.volume_fp ?? String(wire.volume ?? ''));
  if (open == null || high == null || low == null || close == null) return 'price: not four prices';
  if (low > open || low > close || high < open || high < close)
    return 'price: high and low do not hold the others';
  if (volume === undefined || volume < 0n) return 'volume_fp: not a plain decimal';
  const bar = barUntil(endsAt, interval, now, { open, high, low, close, volume: asQuantity(volume) });
  return isAligned(bar) ? bar : `end_period_ts: bars of ${interval} do not end there`;
}

/** It repeats the price before it; undefined where that is not told, or the row stands for no bar of ours. */
function quietBar(
  { price, end_period_ts: endsAt }: WireCandlestick,
  interval: VenueInterval,
  now: EpochMs,
): Candle | undefined {
  const before = priceOf(price.previous_dollars);
  if (before == null) return undefined;
  const amounts = { open: before, high: before, low: before, close: before, volume: asQuantity(0n) };
  const bar = barUntil(endsAt, interval, now, amounts);
  return isAligned(bar) ? bar : undefined;
}

const barUntil = (
  endsAt: number,
  interval: VenueInterval,
  now: EpochMs,
  amounts: Pick<Candle, 'open' | 'high' | 'low' | 'close' | 'volume'>,
): Candle => ({
  interval,
  start: epochMs(endsAt * SECOND_MS - INTERVAL_MS[interval]),
  ...amounts,
  trades: 0,
  complete: endsAt * SECOND_MS <= now,
});

/** Null where there is none, undefined where it cannot be read. */
function priceOf(written: string | null | undefined): Price | null | undefined {
  if (written == null) return null;
  const units = parseUnits(written);
  return units === undefined ? undefined : asPrice(units);
}
