import { DAY_MS } from '../../core/time.ts';
import { amountText } from './amount-text.ts';
import type { SimBar } from './price-history.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';

/** Binance's REST rows, which MEXC writes alike but for some columns. */
type Row = readonly (string | number)[];

/** The last 24 hours. */
export function dayOf(market: SimMarket, now: number): object {
  const bar = market.candles.lastDay(now);
  const text = (tick: number | undefined) => market.prices.of(tick ?? 0);
  return {
    symbol: market.symbol,
    lastPrice: text(bar?.close),
    ...touchOf(market),
    openPrice: text(bar?.open),
    highPrice: text(bar?.high),
    lowPrice: text(bar?.low),
    volume: market.sizes.of(bar?.lots ?? 0),
    quoteVolume: amountText(bar?.turnover ?? 0n, market),
    openTime: now - DAY_MS,
    closeTime: now,
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

export const tradeOf = ({ tick, lots, aggressor, at }: MarketTrade, market: SimMarket): object => ({
  price: market.prices.of(tick),
  qty: market.sizes.of(lots),
  quoteQty: amountText(BigInt(tick) * BigInt(lots), market),
  time: at,
  isBuyerMaker: aggressor === 'sell',
  isBestMatch: true,
});

/** A trade under the names of aggregate ones: each trade here is an order's. */
export const aggregateOf = ({ tick, lots, aggressor, at }: MarketTrade, market: SimMarket): object => ({
  p: market.prices.of(tick),
  q: market.sizes.of(lots),
  T: at,
  m: aggressor === 'sell',
  M: true,
});

/** Bars from where the request begins, else the newest; null for an interval that is not in `intervals`. */
export function klinesOf(
  market: SimMarket,
  asked: URLSearchParams,
  { limit, now, intervals }: { limit: number; now: number; intervals: ReadonlyMap<string, number> },
  toRow: (bar: SimBar, ms: number, market: SimMarket) => Row,
): readonly Row[] | null {
  const ms = intervals.get(asked.get('interval') ?? '');
  if (ms === undefined) return null;
  const [start, end] = [asked.get('startTime'), asked.get('endTime')];
  const through = Math.min(now, end === null ? now : Number(end));
  const from = start === null ? through - limit * ms : Number(start);
  const bars = market.candles.bars(ms, from, Math.min(through, from + limit * ms));
  return bars.slice(0, limit).map((bar) => toRow(bar, ms, market));
}

/** The columns that both have: where a bar `endsAt` they say differently. */
export const klineOf = (bar: SimBar, endsAt: number, market: SimMarket): Row => [
  bar.start,
  ...[bar.open, bar.high, bar.low, bar.close].map((tick) => market.prices.of(tick)),
  market.sizes.of(bar.lots),
  endsAt,
  amountText(bar.turnover, market),
];
