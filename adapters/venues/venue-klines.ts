import {
  type Candle,
  HISTORY_INTERVALS,
  type HistoryInterval,
  INTERVAL_MS,
} from '../../core/market/candle.ts';
import { beatAt, type EpochMs, epochMs, plusMs, SECOND_MS } from '../../core/time.ts';
import * as binance from './binance/klines.ts';
import * as coinbase from './coinbase/klines.ts';
import { candleRequest, toCandles as toKalshiCandles, type VenueInterval } from './kalshi/candlesticks.ts';
import * as mexc from './mexc/klines.ts';
import type { RestRequest } from './session/transport.ts';
import type { WireId } from './wire.ts';

/** What is asked for: bars that start in `[from, through]`, both such starts. */
export interface KlinesQuery {
  readonly symbol: string;
  readonly interval: HistoryInterval;
  readonly from: EpochMs;
  readonly through: EpochMs;
}

/** How one venue tells its own bars. */
export interface VenueKlines {
  /** Lengths that it adds up itself and that begin where ours begin. */
  readonly intervals: readonly HistoryInterval[];
  /** Bars of one answer at most. */
  readonly barsMax: number;
  /** What a request costs of the host's budget. */
  readonly weight: number;
  /** It has no row for a bar in which nothing traded. */
  readonly isSparse: boolean;
  request(query: KlinesQuery, rest: string | undefined): RestRequest;
  /** Starts of the first and the last bar that an address asks for; not a number where it names none. */
  asked(query: URLSearchParams, stepMs: number): { readonly from: number; readonly through: number };
  read(text: string, symbol: string, interval: HistoryInterval, now: EpochMs): Told;
}

interface Told {
  readonly candles: readonly Candle[];
  readonly problems: readonly string[];
}

/** A whole answer of Kalshi holds 10,000 bars of 700 bytes each; eight hours of minutes are a third of a megabyte. */
const KALSHI_BARS_MAX = 480;
const KALSHI_INTERVALS: readonly VenueInterval[] = ['1m', '1h'];

/** Polymarket tells no bars, and scores are none. */
export const VENUE_KLINES: Readonly<Partial<Record<WireId, VenueKlines>>> = {
  'binance-spot': {
    intervals: HISTORY_INTERVALS,
    barsMax: binance.KLINES_MAX,
    weight: binance.KLINES_WEIGHT,
    isSparse: false,
    request: ({ symbol, interval, from, through }, rest) =>
      binance.klinesRequest(symbol, interval, from, through, rest),
    asked: (query) => ({ from: number(query, 'startTime'), through: number(query, 'endTime') }),
    read: (text, _symbol, interval, now) => binance.toCandles(text, interval, now),
  },
  'mexc-spot': {
    intervals: HISTORY_INTERVALS,
    barsMax: mexc.KLINES_MAX,
    weight: 1,
    isSparse: false,
    request: ({ symbol, interval, from, through }, rest) =>
      mexc.klinesRequest(symbol, interval, from, through, rest),
    asked: (query) => ({ from: number(query, 'startTime'), through: number(query, 'endTime') }),
    read: (text, _symbol, interval, now) => mexc.toCandles(text, interval, now),
  },
  'coinbase-advanced': {
    intervals: HISTORY_INTERVALS,
    barsMax: coinbase.ADVANCED_KLINES_MAX,
    weight: 1,
    isSparse: true,
    request: ({ symbol, interval, from, through }, rest) =>
      coinbase.advancedKlinesRequest(symbol, interval, from, through, rest),
    asked: (query) => ({
      from: number(query, 'start') * SECOND_MS,
      through: number(query, 'end') * SECOND_MS,
    }),
    read: (text, _symbol, interval, now) => coinbase.toCandles(text, interval, now),
  },
  'coinbase-exchange': {
    intervals: HISTORY_INTERVALS,
    barsMax: coinbase.EXCHANGE_KLINES_MAX,
    weight: 1,
    isSparse: true,
    request: ({ symbol, interval, from, through }, rest) =>
      coinbase.exchangeKlinesRequest(symbol, interval, from, through, rest),
    asked: (query) => ({ from: moment(query, 'start'), through: moment(query, 'end') }),
    read: (text, _symbol, interval, now) => coinbase.toCandles(text, interval, now),
  },
  kalshi: {
    intervals: KALSHI_INTERVALS,
    barsMax: KALSHI_BARS_MAX,
    weight: 1,
    isSparse: true,
    // It goes by the ends of bars, and the first second of a bar is part of it alone.
    request: ({ symbol, interval, from, through }, rest) =>
      candleRequest({
        symbols: [symbol],
        interval: kalshiInterval(interval),
        from: plusMs(from, SECOND_MS),
        to: plusMs(through, INTERVAL_MS[interval]),
        ...(rest !== undefined && { rest }),
      }),
    asked: (query, stepMs) => ({
      from: beatAt(epochMs(number(query, 'start_ts') * SECOND_MS), stepMs),
      through: number(query, 'end_ts') * SECOND_MS - stepMs,
    }),
    read(text, symbol, interval, now) {
      const { candles, problems } = toKalshiCandles(text, kalshiInterval(interval), now);
      const own = candles.get(symbol);
      if (own !== undefined) return { candles: own, problems };
      return { candles: [], problems: problems.length > 0 ? problems : [`markets: ${symbol} is not there`] };
    },
  },
};

const kalshiInterval = (interval: HistoryInterval): VenueInterval => (interval === '1h' ? '1h' : '1m');

/** Not a number where the address does not name it. */
const number = (query: URLSearchParams, name: string): number =>
  Number(/^\d{1,15}$/.exec(query.get(name) ?? '')?.[0] ?? Number.NaN);

const moment = (query: URLSearchParams, name: string): number => Date.parse(query.get(name) ?? '');
