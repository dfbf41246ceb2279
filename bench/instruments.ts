import { money, price, quantity } from '../core/amounts.ts';
import { type Instrument, instrumentId } from '../core/market/instrument.ts';

/** Rules for a recording that carries none of its own. */
export const binanceInstrument = (
  symbol: string,
  baseAsset: string,
  quoteAsset: string,
  tickSize: string,
  lotSize: string,
): Instrument => ({
  id: instrumentId('binance', symbol),
  venue: 'binance',
  symbol,
  baseAsset,
  quoteAsset,
  tickSize: price(tickSize),
  lotSize: quantity(lotSize),
  quantityMin: quantity(lotSize),
  quantityMax: quantity('9000'),
  notionalMin: money('5'),
  priceMin: price(tickSize),
  priceMax: price('1000000'),
});
