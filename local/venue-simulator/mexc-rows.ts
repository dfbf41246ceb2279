import { formatUnits } from '../../core/amounts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';
import { aggregateOf, dayOf, klineOf, klinesOf, tradeOf } from './spot-rows.ts';
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

/** The last 24 hours. */
export const dayTicker = (market: SimMarket, now: number): object => ({
  ...dayOf(market, now),
  priceChangePercent: '0.01',
  count: null,
});

/** Without ids of trades: REST has none. */
export const tradeRow = (trade: MarketTrade, market: SimMarket): object => ({
  id: null,
  ...tradeOf(trade, market),
  tradeType: trade.aggressor === 'buy' ? 'BID' : 'ASK',
});

export const aggregateRow = (trade: MarketTrade, market: SimMarket): object => ({
  a: null,
  f: null,
  l: null,
  ...aggregateOf(trade, market),
});

/** Bars from where the request begins, else the newest; null for an interval that there is not. */
export const klineRows = (
  market: SimMarket,
  asked: URLSearchParams,
  limit: number,
  now: number,
): readonly (readonly (string | number)[])[] | null =>
  klinesOf(market, asked, { limit, now, intervals: KLINES }, (bar, ms) =>
    klineOf(bar, bar.start + ms, market),
  );
