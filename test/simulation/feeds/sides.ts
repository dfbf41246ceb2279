import type { VenueId } from '../../../core/market/instrument.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { coinbaseAdvancedDialect } from '../../../local/venue-simulator/coinbase-advanced-dialect.ts';
import { coinbaseExchangeDialect } from '../../../local/venue-simulator/coinbase-exchange-dialect.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import { polymarketVenue } from '../../../local/venue-simulator/polymarket-venue.ts';
import type { DialectOf } from '../../../local/venue-simulator/sim-dialect.ts';
import type { SimListing } from '../../../local/venue-simulator/sim-market.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import {
  binanceListings,
  coinbaseListings,
  mexcListings,
} from '../../../local/venue-simulator/spot-listings.ts';
import { HOURS, PUBLIC_KEYS, QUARTERS, tickersOf } from '../../local/venue-simulator/kalshi-trial.ts';
import { FED, UP_DOWN, upDownPlan } from '../../local/venue-simulator/polymarket-trial.ts';
import type { SimSide } from './sim-feed.ts';

/** The simulated venues by the wires that they speak. */
export const SIDES = {
  binance: (faults: readonly Fault[] = []) =>
    spotSide('binance', binanceDialect, binanceListings(), faults, true),
  mexc: (faults: readonly Fault[] = []) => spotSide('mexc', mexcDialect, mexcListings(), faults, true),
  coinbase: (faults: readonly Fault[] = []) =>
    spotSide('coinbase', coinbaseAdvancedDialect, coinbaseListings(), faults, false),
  'coinbase-exchange': (faults: readonly Fault[] = []) =>
    spotSide('coinbase', coinbaseExchangeDialect, coinbaseListings(), faults, false),
  kalshi: (faults: readonly Fault[] = []): SimSide => ({
    venue: 'kalshi',
    symbols: [...tickersOf(QUARTERS), ...tickersOf(QUARTERS, 1), ...tickersOf(HOURS)],
    numbersUpdates: false,
    open: (timers, seed) =>
      kalshiVenue({ seed, timers, series: [QUARTERS, HOURS], keys: PUBLIC_KEYS, faults }),
  }),
  polymarket: (faults: readonly Fault[] = []): SimSide => ({
    venue: 'polymarket',
    symbols: [upDownPlan(), ...FED].flatMap(({ tokens }) => tokens),
    numbersUpdates: false,
    open: (timers, seed) => polymarketVenue({ seed, timers, series: [UP_DOWN], plans: FED, faults }),
  }),
} as const;

export type SideName = keyof typeof SIDES;
export const SIDE_NAMES = Object.keys(SIDES) as readonly SideName[];

const spotSide = (
  venue: VenueId,
  dialect: DialectOf,
  listings: readonly SimListing[],
  faults: readonly Fault[],
  numbersUpdates: boolean,
): SimSide => ({
  venue,
  symbols: listings.map(({ instrument }) => instrument.symbol),
  numbersUpdates,
  open: (timers, seed) => new SimVenue({ seed, timers, dialect, listings, faults }),
});
