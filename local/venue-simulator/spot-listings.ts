import { money, price, quantity } from '../../core/amounts.ts';
import { instrumentId, type VenueId } from '../../core/market/instrument.ts';
import type { SimListing } from './sim-market.ts';

/** What an asset is quoted like: `[name, opening price, tick, lot, usual size]`. */
const ASSETS = [
  ['BTC', '64250', '0.01', '0.00001', '0.25'],
  ['ETH', '3120', '0.01', '0.0001', '3'],
  ['SOL', '148', '0.01', '0.001', '40'],
  ['XRP', '0.61', '0.0001', '0.1', '4000'],
  ['DOGE', '0.12', '0.00001', '1', '20000'],
  ['ADA', '0.45', '0.0001', '0.1', '3000'],
  ['AVAX', '27', '0.01', '0.01', '90'],
  ['LINK', '14.5', '0.01', '0.01', '150'],
  ['DOT', '6.2', '0.001', '0.01', '300'],
  ['LTC', '82', '0.01', '0.001', '25'],
  ['BCH', '390', '0.01', '0.001', '12'],
  ['NEAR', '4.1', '0.001', '0.1', '900'],
  ['UNI', '7.4', '0.001', '0.01', '350'],
  ['ATOM', '6.6', '0.001', '0.01', '400'],
  ['XLM', '0.24', '0.00001', '1', '9000'],
  ['FIL', '3.7', '0.001', '0.01', '600'],
  ['ETC', '21', '0.01', '0.01', '120'],
  ['APT', '8.8', '0.001', '0.01', '280'],
  ['ARB', '0.55', '0.0001', '0.1', '4500'],
  ['OP', '1.6', '0.001', '0.01', '1500'],
] as const;

/** How a venue calls and quotes its pairs. */
interface Naming {
  readonly venue: VenueId;
  readonly quote: string;
  readonly dash: '' | '-';
}

export interface SpotOptions {
  /** How many pairs, at most twenty. */
  readonly count?: number;
  /** Mean time between two things that happen in each. */
  readonly stepMs?: number;
}

export const binanceListings = (options: SpotOptions = {}): readonly SimListing[] =>
  listings({ venue: 'binance', quote: 'USDT', dash: '' }, options);
export const mexcListings = (options: SpotOptions = {}): readonly SimListing[] =>
  listings({ venue: 'mexc', quote: 'USDT', dash: '' }, options);
export const coinbaseListings = (options: SpotOptions = {}): readonly SimListing[] =>
  listings({ venue: 'coinbase', quote: 'USD', dash: '-' }, options).map((listing) => ({
    ...listing,
    // Pairs in the venue's own dollar coin show the dollar's book.
    aliases: [`${listing.instrument.symbol}C`],
  }));

/** Real names, so that a usual configuration finds them; the prices are made up. */
function listings({ venue, quote, dash }: Naming, { count = 3, stepMs }: SpotOptions): readonly SimListing[] {
  return ASSETS.slice(0, count).map(([asset, opening, tick, lot, usual]) => {
    const symbol = `${asset}${dash}${quote}`;
    const tickSize = price(tick);
    const lotSize = quantity(lot);
    const listing: SimListing = {
      instrument: {
        id: instrumentId(venue, symbol),
        venue,
        symbol,
        baseAsset: asset,
        quoteAsset: quote,
        tickSize,
        lotSize,
        quantityMin: lotSize,
        quantityMax: quantity('9000000'),
        notionalMin: money('1'),
        priceMin: tickSize,
        priceMax: price('1000000'),
      },
      openingTicks: Number(price(opening) / tickSize),
      usualLots: Number(quantity(usual) / lotSize),
    };
    return stepMs === undefined ? listing : { ...listing, stepMs };
  });
}
