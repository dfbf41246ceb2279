import { binanceProtocol } from '../../../adapters/venues/binance/client.ts';
import { binanceReader } from '../../../adapters/venues/binance/reader.ts';
import {
  coinbaseAdvancedProtocol,
  coinbaseExchangeProtocol,
} from '../../../adapters/venues/coinbase/client.ts';
import { coinbaseAdvancedReader, coinbaseExchangeReader } from '../../../adapters/venues/coinbase/reader.ts';
import { mexcProtocol } from '../../../adapters/venues/mexc/client.ts';
import { mexcReader } from '../../../adapters/venues/mexc/reader.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { coinbaseAdvancedDialect } from '../../../local/venue-simulator/coinbase-advanced-dialect.ts';
import { coinbaseExchangeDialect } from '../../../local/venue-simulator/coinbase-exchange-dialect.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import {
  binanceListings,
  coinbaseListings,
  mexcListings,
} from '../../../local/venue-simulator/spot-listings.ts';
import type { Trial } from './sim-world.ts';

/** Where a client finds the venue, instead of at its own hosts. */
export type Hosts = { readonly ws: string; readonly rest: string } | undefined;

/** The venues' own client code, by the names under which their simulators are started. */
export const TRIALS = {
  binance: (hosts?: Hosts): Trial => ({
    dialect: binanceDialect,
    listings: binanceListings(),
    protocol: binanceProtocol({ environment: 'market-data', ...(hosts && { hosts }) }),
    reader: (symbols, ports) => binanceReader({ instruments: [], symbols }, ports),
    numbersUpdates: true,
  }),
  mexc: (hosts?: Hosts): Trial => ({
    dialect: mexcDialect,
    listings: mexcListings(),
    protocol: mexcProtocol(hosts && { hosts }),
    reader: (symbols, ports) => mexcReader({ instruments: [], symbols }, ports),
    numbersUpdates: true,
  }),
  coinbase: (hosts?: Hosts): Trial => ({
    dialect: coinbaseAdvancedDialect,
    listings: coinbaseListings(),
    protocol: coinbaseAdvancedProtocol({ environment: 'live', ...(hosts && { hosts }) }),
    reader: (symbols, ports) => coinbaseAdvancedReader({ instruments: [], symbols }, ports),
    numbersUpdates: false,
  }),
  'coinbase-exchange': (hosts?: Hosts): Trial => ({
    dialect: coinbaseExchangeDialect,
    listings: coinbaseListings(),
    protocol: coinbaseExchangeProtocol({ environment: 'live', ...(hosts && { hosts }) }),
    reader: (symbols, ports) => coinbaseExchangeReader({ instruments: [], symbols }, ports),
    numbersUpdates: false,
  }),
} as const;

export type TrialName = keyof typeof TRIALS;
export const TRIAL_NAMES = Object.keys(TRIALS) as TrialName[];
