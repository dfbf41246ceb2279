import { formatUnits } from '../../core/amounts.ts';
import { epochMs, isoTime } from '../../core/time.ts';
import { amountText } from './amount-text.ts';
import type { SimMarket } from './sim-market.ts';

/** `2026-09-21T14:13:22.456000Z`: the venue writes six digits. */
export function microTime(ms: number): string {
  return `${isoTime(epochMs(ms)).slice(0, -1)}000Z`;
}

/** Rules of a product under the names of Advanced Trade; `symbol` may be one that shows another's book. */
export function advancedProduct(market: SimMarket, symbol: string, now: number): object {
  const { instrument, listing, isOpen, prices, candles } = market;
  const isAlias = symbol !== market.symbol;
  return {
    product_id: symbol,
    price: prices.of(candles.lastTicks),
    base_increment: formatUnits(instrument.lotSize),
    quote_increment: formatUnits(instrument.tickSize),
    price_increment: formatUnits(instrument.tickSize),
    quote_min_size: formatUnits(instrument.notionalMin),
    quote_max_size: '150000000',
    base_min_size: formatUnits(instrument.quantityMin),
    base_max_size: formatUnits(instrument.quantityMax),
    base_name: instrument.baseAsset,
    quote_name: instrument.quoteAsset,
    status: isOpen ? 'online' : 'offline',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: !isOpen,
    auction_mode: false,
    view_only: false,
    is_disabled: false,
    product_type: 'SPOT',
    quote_currency_id: isAlias ? `${instrument.quoteAsset}C` : instrument.quoteAsset,
    base_currency_id: instrument.baseAsset,
    base_display_symbol: instrument.baseAsset,
    quote_display_symbol: instrument.quoteAsset,
    alias: isAlias ? market.symbol : '',
    alias_to: isAlias ? [] : (listing.aliases ?? []),
    display_name: symbol,
    approximate_quote_24h_volume: dayOf(market, now).turnover,
  };
}

/** Rules of a product under the names of Exchange. */
export function exchangeProduct({ instrument, symbol, isOpen }: SimMarket): object {
  return {
    id: symbol,
    base_currency: instrument.baseAsset,
    quote_currency: instrument.quoteAsset,
    quote_increment: formatUnits(instrument.tickSize),
    base_increment: formatUnits(instrument.lotSize),
    display_name: `${instrument.baseAsset}/${instrument.quoteAsset}`,
    min_market_funds: formatUnits(instrument.notionalMin),
    margin_enabled: false,
    post_only: false,
    limit_only: false,
    cancel_only: false,
    status: isOpen ? 'online' : 'offline',
    status_message: '',
    trading_disabled: !isOpen,
    fx_stablecoin: false,
    auction_mode: false,
  };
}

/** The last day of a market, as texts. */
export function dayOf(
  market: SimMarket,
  now: number,
): {
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly volume: string;
  readonly turnover: string;
} {
  const { candles, prices, sizes } = market;
  const bar = candles.lastDay(now);
  return {
    open: prices.of(bar?.open ?? candles.lastTicks),
    high: prices.of(bar?.high ?? candles.lastTicks),
    low: prices.of(bar?.low ?? candles.lastTicks),
    volume: sizes.of(bar?.lots ?? 0),
    turnover: amountText(bar?.turnover ?? 0n, market),
  };
}
