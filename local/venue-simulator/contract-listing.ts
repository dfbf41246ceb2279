import { money, ONE, price, quantity } from '../../core/amounts.ts';
import { type Instrument, instrumentId, type VenueId } from '../../core/market/instrument.ts';
import type { SimListing } from './sim-market.ts';

/** What a simulated contract's book is like. Sizes are in hundredths of a contract. */
export interface ContractBook {
  readonly tick: '0.01' | '0.001';
  readonly openingTicks: number;
  /** All prices lie between these, both included, and the venue allows them all. */
  readonly ticksMin: number;
  readonly ticksMax: number;
  readonly usualLots: number;
  readonly levels: number;
  /** Mean time between two things that happen. */
  readonly stepMs: number;
}

/** How busy books are, and how deep. */
export type BookPace = Pick<ContractBook, 'stepMs' | 'levels'>;

export const USUAL_PACE: BookPace = { stepMs: 100, levels: 20 };

/** The symbols of a contract at its venue. */
interface ContractNames {
  readonly venue: VenueId;
  readonly symbol: string;
  /** The symbol of the opposite outcome, where it trades by itself. */
  readonly opposite?: string;
  readonly quote: string;
}

/** A contract as the floor has it. */
export function contractListing(names: ContractNames, book: ContractBook): SimListing {
  const { openingTicks, ticksMin, ticksMax, usualLots, levels, stepMs } = book;
  const listing = { openingTicks, ticksMin, ticksMax, usualLots, levels, stepMs };
  const instrument = contractOf(names, names.symbol, book);
  return names.opposite === undefined
    ? { ...listing, instrument }
    : { ...listing, instrument, mirror: contractOf(names, names.opposite, book) };
}

function contractOf({ venue, quote }: ContractNames, symbol: string, { tick }: ContractBook): Instrument {
  const tickSize = price(tick);
  const lotSize = quantity('0.01');
  return {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    baseAsset: symbol,
    quoteAsset: quote,
    tickSize,
    lotSize,
    quantityMin: lotSize,
    quantityMax: quantity('1000000000'),
    notionalMin: money('0'),
    priceMin: tickSize,
    priceMax: (ONE - tickSize) as typeof tickSize,
  };
}
