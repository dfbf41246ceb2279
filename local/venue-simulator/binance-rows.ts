import { DAY_MS } from '../../core/time.ts';
import { amountText } from './amount-text.ts';
import { KLINE_MS } from './binance-market.ts';
import type { SimBar } from './price-history.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';

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
export function dayTicker(market: SimMarket, now: number): object {
  const { symbol, prices, sizes, candles } = market;
  const bar = candles.lastDay(now);
  const [open = 0, high = 0, low = 0, close = 0] = bar ? [bar.open, bar.high, bar.low, bar.close] : [];
  return {
    symbol,
    priceChange: prices.of(Math.max(0, close - open)),
    lastPrice: prices.of(close),
    ...touchOf(market),
    openPrice: prices.of(open),
    highPrice: prices.of(high),
    lowPrice: prices.of(low),
    volume: sizes.of(bar?.lots ?? 0),
    quoteVolume: amountText(bar?.turnover ?? 0n, market),
    openTime: now - DAY_MS,
    closeTime: now,
    count: bar?.trades ?? 0,
  };
}

/** Best prices under the names of the tickers. */
export function touchOf({ book, prices, sizes }: SimMarket): object {
  return {
    bidPrice: prices.of(book.bestBid),
    bidQty: sizes.of(book.lotsAt('bids', book.bestBid)),
    askPrice: prices.of(book.bestAsk),
    askQty: sizes.of(book.lotsAt('asks', book.bestAsk)),
  };
}

export const tradeRow = ({ id, tick, lots, aggressor, at }: MarketTrade, market: SimMarket): object => ({
  id,
  price: market.prices.of(tick),
  qty: market.sizes.of(lots),
  quoteQty: amountText(BigInt(tick) * BigInt(lots), market),
  time: at,
  isBuyerMaker: aggressor === 'sell',
  isBestMatch: true,
});

/** Trades under the names of aggregate ones: each trade here is an order's. */
export function aggregatesOf(market: SimMarket, asked: URLSearchParams, limit: number): readonly object[] {
  const fromId = Number(asked.get('fromId') ?? 0);
  const from = Number(asked.get('startTime') ?? 0);
  const through = Number(asked.get('endTime') ?? Number.POSITIVE_INFINITY);
  const all = market.trades(ROWS_MAX).filter(({ id, at }) => id >= fromId && at >= from && at <= through);
  const some = fromId > 0 || from > 0 ? all.slice(0, limit) : all.slice(-limit);
  return some.map(({ id, tick, lots, aggressor, at }) => ({
    a: id,
    p: market.prices.of(tick),
    q: market.sizes.of(lots),
    f: id,
    l: id,
    T: at,
    m: aggressor === 'sell',
    M: true,
  }));
}

/** Bars from where the request begins, else the newest; null for an interval that there is not. */
export function klineRows(
  market: SimMarket,
  asked: URLSearchParams,
  limit: number,
  now: number,
): readonly (readonly (string | number)[])[] | null {
  const ms = KLINE_MS.get(asked.get('interval') ?? '');
  if (ms === undefined) return null;
  const [start, end] = [asked.get('startTime'), asked.get('endTime')];
  const through = Math.min(now, end === null ? now : Number(end));
  const from = start === null ? through - limit * ms : Number(start);
  const bars = market.candles.bars(ms, from, Math.min(through, from + limit * ms));
  return bars.slice(0, limit).map((bar) => klineRow(bar, ms, market));
}

const klineRow = (bar: SimBar, ms: number, market: SimMarket): readonly (string | number)[] => [
  bar.start,
  ...[bar.open, bar.high, bar.low, bar.close].map((tick) => market.prices.of(tick)),
  market.sizes.of(bar.lots),
  bar.start + ms - 1,
  amountText(bar.turnover, market),
  bar.trades,
  '0',
  '0',
  '0',
];
