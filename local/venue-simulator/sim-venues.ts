import { binanceDialect } from './binance-dialect.ts';
import { coinbaseAdvancedDialect } from './coinbase-advanced-dialect.ts';
import { coinbaseExchangeDialect } from './coinbase-exchange-dialect.ts';
import { mexcDialect } from './mexc-dialect.ts';
import type { DialectOf } from './sim-dialect.ts';
import type { SimListing } from './sim-market.ts';
import { binanceListings, coinbaseListings, mexcListings, type SpotOptions } from './spot-listings.ts';

/** A venue that can be simulated. */
export interface SimVenueKind {
  readonly dialect: DialectOf;
  readonly listings: (options: SpotOptions) => readonly SimListing[];
  /** Its block of a configuration, without hosts: the name of the block, and what must be set beside them. */
  readonly block: string;
  readonly settings: readonly string[];
}

/** Venues by the names under which people start them. */
export const SIM_VENUES: Readonly<Record<string, SimVenueKind>> = {
  binance: { dialect: binanceDialect, listings: binanceListings, block: 'binance', settings: [] },
  mexc: { dialect: mexcDialect, listings: mexcListings, block: 'mexc', settings: [] },
  coinbase: {
    dialect: coinbaseAdvancedDialect,
    listings: coinbaseListings,
    block: 'coinbase',
    settings: ['interface: advanced'],
  },
  'coinbase-exchange': {
    dialect: coinbaseExchangeDialect,
    listings: coinbaseListings,
    block: 'coinbase',
    settings: ['interface: exchange'],
  },
};
