import { formatUnits } from '../../core/amounts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { amountText } from './amount-text.ts';
import type { SimBar } from './price-history.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';
import { placesOf } from './step-text.ts';

const KLINES: ReadonlyMap<string, number> = new Map([
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['60m', HOUR_MS],
  ['4h', 4 * HOUR_MS],
  ['1d', DAY_MS],
]);

/** What a request costs of its endpoint's budget. */
export const weightOf = (path: string, asked: URLSearchParams): number =>
  path === 'exchangeInfo'
    ? 10
    : path === 'trades'
      ? 5
      : path === 'ticker/24hr' && !asked.has('symbol')
        ? 40
        : 1;

/** A symbol's rules as `exchangeInfo` tells them. */
export function rulesOf({ instrument, isOpen }: SimMarket): object {
  const places = placesOf(instrument.tickSize);
  return {
    symbol: instrument.symbol,
    status: isOpen ? '1' : '2',
    baseAsset: instrument.baseAsset,
    baseAssetPrecision: Math.max(2, placesOf(instrument.lotSize)),
    quoteAsset: instrument.quoteAsset,
    quotePrecision: places,
    quoteAssetPrecision: places,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    baseSizePrecision: formatUnits(instrument.lotSize),
    quoteAmountPrecision: formatUnits(instrument.notionalMin),
    maxQuoteAmount: '4000000',
    permissions: ['SPOT'],
    filters: [{ filterType: 'PERCENT_PRICE_BY_SIDE' }],
    makerCommission: '0',
    takerCommission: '0.0005',
    fullName: instrument.baseAsset,
    tradeSideType: 1,
    st: false,
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

/** The last 24 hours. */
export function dayTicker(market: SimMarket, now: number): object {
  const bar = market.candles.lastDay(now);
  const text = (tick: number | undefined) => market.prices.of(tick ?? 0);
  return {
    symbol: market.symbol,
    priceChangePercent: '0.01',
    lastPrice: text(bar?.close),
    ...touchOf(market),
    openPrice: text(bar?.open),
    highPrice: text(bar?.high),
    lowPrice: text(bar?.low),
    volume: market.sizes.of(bar?.lots ?? 0),
    quoteVolume: amountText(bar?.turnover ?? 0n, market),
    openTime: now - DAY_MS,
    closeTime: now,
    count: null,
  };
}

/** Without ids of trades: REST has none. */
export const tradeRow = ({ tick, lots, aggressor, at }: MarketTrade, market: SimMarket): object => ({
  id: null,
  price: market.prices.of(tick),
  qty: market.sizes.of(lots),
  quoteQty: amountText(BigInt(tick) * BigInt(lots), market),
  time: at,
  isBuyerMaker: aggressor === 'sell',
  isBestMatch: true,
  tradeType: aggressor === 'buy' ? 'BID' : 'ASK',
});

export const aggregateRow = ({ tick, lots, aggressor, at }: MarketTrade, market: SimMarket): object => ({
  a: null,
  f: null,
  l: null,
  p: market.prices.of(tick),
  q: market.sizes.of(lots),
  T: at,
  m: aggressor === 'sell',
  M: true,
});

/** Bars from where the request begins, else the newest; null for an interval that there is not. */
export function klineRows(
  market: SimMarket,
  asked: URLSearchParams,
  limit: number,
  now: number,
): readonly (readonly (string | number)[])[] | null {
  const ms = KLINES.get(asked.get('interval') ?? '');
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
  bar.start + ms,
  amountText(bar.turnover, market),
];
