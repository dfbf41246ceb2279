import { money, type Price, price, type Quantity, quantity } from '../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../core/market/instrument.ts';

/** An instrument of the demo market and how its market starts. */
export interface DemoListing {
  readonly instrument: Instrument;
  readonly openingPrice: Price;
  /** A usual small trade; everything the market trades and shows is in proportion to it. */
  readonly usualQuantity: Quantity;
}

/** Made-up assets: nobody should take these prices for a real market's. */
export const demoListings: readonly DemoListing[] = [
  {
    instrument: {
      id: instrumentId('binance', 'OAKUSDT'),
      venue: 'binance',
      symbol: 'OAKUSDT',
      baseAsset: 'OAK',
      quoteAsset: 'USDT',
      tickSize: price('0.01'),
      lotSize: quantity('0.001'),
      quantityMin: quantity('0.001'),
      quantityMax: quantity('9000'),
      notionalMin: money('5'),
      priceMin: price('0.01'),
      priceMax: price('100000'),
    },
    openingPrice: price('100'),
    usualQuantity: quantity('1'),
  },
  {
    instrument: {
      id: instrumentId('binance', 'ELMUSDT'),
      venue: 'binance',
      symbol: 'ELMUSDT',
      baseAsset: 'ELM',
      quoteAsset: 'USDT',
      tickSize: price('0.0001'),
      lotSize: quantity('0.1'),
      quantityMin: quantity('0.1'),
      quantityMax: quantity('900000'),
      notionalMin: money('5'),
      priceMin: price('0.0001'),
      priceMax: price('1000'),
    },
    openingPrice: price('2.5'),
    usualQuantity: quantity('40'),
  },
];

/** The instruments of the demo market, as its own exchange information describes them. */
export const demoInstruments: readonly Instrument[] = demoListings.map((listing) => listing.instrument);
