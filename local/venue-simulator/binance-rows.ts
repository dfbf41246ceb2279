import { KLINE_MS } from './binance-market.ts';
import type { SimBar } from './price-history.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';
import { aggregateOf, dayOf, klineOf, klinesOf, tradeOf } from './spot-rows.ts';

/** Rows of a list, at most. */
export const ROWS_MAX = 1_000;

/** What a request costs of an address's budget. */
export function weightOf(path: string, asked: URLSearchParams): number {
  const limit = Number(asked.get('limit') ?? 100);
  const isOne = asked.has('symbol');
  switch (path) {
    case 'depth':
      return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1_000 ? 50 : 250;
    case 'exchangeInfo':
      return 20;
    case 'trades':
    case 'historicalTrades':
      return 25;
    case 'aggTrades':
      return 4;
    case 'ticker/24hr':
      return isOne ? 2 : 80;
    case 'ticker/price':
    case 'ticker/bookTicker':
      return isOne ? 2 : 4;
    case 'klines':
    case 'uiKlines':
    case 'avgPrice':
      return 2;
    default:
      return 1;
  }
}

/** The last 24 hours. */
export const dayTicker = (market: SimMarket, now: number): object => {
  const bar = market.candles.lastDay(now);
  const change = Math.max(0, (bar?.close ?? 0) - (bar?.open ?? 0));
  return { ...dayOf(market, now), priceChange: market.prices.of(change), count: bar?.trades ?? 0 };
};

export const tradeRow = (trade: MarketTrade, market: SimMarket): object => ({
  id: trade.id,
  ...tradeOf(trade, market),
});

/** Trades under the names of aggregate ones: each trade here is an order's. */
export function aggregatesOf(market: SimMarket, asked: URLSearchParams, limit: number): readonly object[] {
  const fromId = Number(asked.get('fromId') ?? 0);
  const from = Number(asked.get('startTime') ?? 0);
  const through = Number(asked.get('endTime') ?? Number.POSITIVE_INFINITY);
  const all = market.trades(ROWS_MAX).filter(({ id, at }) => id >= fromId && at >= from && at <= through);
  const some = fromId > 0 || from > 0 ? all.slice(0, limit) : all.slice(-limit);
  return some.map((one) => ({ a: one.id, f: one.id, l: one.id, ...aggregateOf(one, market) }));
}

/** Bars from where the request begins, else the newest; null for an interval that there is not. */
export const klineRows = (
  market: SimMarket,
  asked: URLSearchParams,
  limit: number,
  now: number,
): readonly (readonly (string | number)[])[] | null =>
  klinesOf(market, asked, { limit, now, intervals: KLINE_MS }, klineRow);

const klineRow = (bar: SimBar, ms: number, market: SimMarket): readonly (string | number)[] => [
  ...klineOf(bar, bar.start + ms - 1, market),
  bar.trades,
  '0',
  '0',
  '0',
];
