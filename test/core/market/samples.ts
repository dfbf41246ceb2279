import { money, price, quantity } from '../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../core/market/instrument.ts';

/** A made-up instrument: ticks of 0.01, lots of 0.001. */
export const OAK: Instrument = sampleInstrument('OAKUSDT', '0.01', '0.001');
/** Another, whose tick is no power of ten. */
export const ELM: Instrument = sampleInstrument('ELMUSDT', '0.0025', '0.1');

export function sampleInstrument(symbol: string, tickSize: string, lotSize: string): Instrument {
  return {
    id: instrumentId('binance', symbol),
    venue: 'binance',
    symbol,
    baseAsset: symbol.slice(0, -4),
    quoteAsset: 'USDT',
    tickSize: price(tickSize),
    lotSize: quantity(lotSize),
    quantityMin: quantity(lotSize),
    quantityMax: quantity('90000'),
    notionalMin: money('5'),
    priceMin: price(tickSize),
    priceMax: price('100000'),
  };
}

export const level = (at: string, size: string) => ({ price: price(at), quantity: quantity(size) });
