import type { VenueKeys } from '../../adapters/venues/protocols.ts';
import type { Timers } from '../../adapters/venues/session/timers.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import { DAY_MS, plusMs } from '../../core/time.ts';
import { binanceDialect } from '../../local/venue-simulator/binance-dialect.ts';
import { coinbaseAdvancedDialect } from '../../local/venue-simulator/coinbase-advanced-dialect.ts';
import { coinbaseExchangeDialect } from '../../local/venue-simulator/coinbase-exchange-dialect.ts';
import { hourlyThresholds } from '../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../local/venue-simulator/kalshi-venue.ts';
import { mexcDialect } from '../../local/venue-simulator/mexc-dialect.ts';
import { exclusivePlans } from '../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../local/venue-simulator/polymarket-venue.ts';
import type { DialectOf } from '../../local/venue-simulator/sim-dialect.ts';
import type { SimListing } from '../../local/venue-simulator/sim-market.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import {
  binanceListings,
  coinbaseListings,
  mexcListings,
} from '../../local/venue-simulator/spot-listings.ts';
import { KEYS } from '../local/venue-simulator/contract-client.ts';

export interface Hosts {
  readonly ws: string;
  readonly rest: string;
}

/** A venue to be served on this machine, with two books that move fifty times a second. */
export interface Place {
  readonly venue: VenueId;
  /** A book's number is the venue's update id. */
  readonly numbersUpdates: boolean;
  /** Beside hosts, fees and latency in the venue's block of a configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly keys: VenueKeys;
  open(timers: Timers): SimVenue;
  /** Addresses of the client, of those of the server. */
  hosts(server: Hosts): Hosts;
}

const SEED = 7;
/** Windows show fifty levels: books of about twenty fit whole, so that what is published can be judged level by level. */
const PACE = { stepMs: 20, levels: 20 };

/** By the wires that they speak. */
export const PLACES = {
  binance: spot('binance', binanceDialect, binanceListings, true),
  mexc: spot('mexc', mexcDialect, mexcListings, true),
  coinbase: spot('coinbase', coinbaseAdvancedDialect, coinbaseListings, false),
  'coinbase-exchange': {
    ...spot('coinbase', coinbaseExchangeDialect, coinbaseListings, false),
    settings: { interface: 'exchange' },
  },
  kalshi: {
    venue: 'kalshi',
    numbersUpdates: false,
    settings: {},
    keys: { kalshi: KEYS.ed25519 },
    open: openKalshi,
    hosts: ({ ws, rest }) => ({ ws: `${ws}/trade-api/ws/v2`, rest: `${rest}/trade-api/v2` }),
  },
  polymarket: polymarketPlace(PACE.stepMs),
} as const satisfies Readonly<Record<string, Place>>;

export type PlaceName = keyof typeof PLACES;

/** All symbols that a venue lists. */
export const symbolsOf = ({ floor }: SimVenue): readonly string[] =>
  floor.markets.flatMap(({ symbol, listing: { mirror } }) => [symbol, ...(mirror ? [mirror.symbol] : [])]);

function spot(
  venue: VenueId,
  dialect: DialectOf,
  listings: (options: { count: number; stepMs: number }) => readonly SimListing[],
  numbersUpdates: boolean,
): Place {
  const { stepMs, levels } = PACE;
  const books = listings({ count: 2, stepMs }).map((listing) => ({ ...listing, levels }));
  return {
    venue,
    numbersUpdates,
    settings: {},
    keys: {},
    open: (timers) => new SimVenue({ seed: SEED, timers, dialect, listings: books }),
    hosts: (server) => server,
  };
}

/** Two markets of one hour that close a day later. */
function openKalshi(timers: Timers): SimVenue {
  const series = hourlyThresholds('BTC', PACE);
  const now = timers.now();
  const [plan] = series.rolling?.plans(now) ?? [];
  if (plan === undefined) throw new Error('the series has no market now');
  const open = { ...plan, closesAt: plusMs(now, DAY_MS) };
  return kalshiVenue({
    seed: SEED,
    timers,
    keys: [KEYS.ed25519],
    series: [{ ...series, rolling: null }],
    plans: [open, { ...open, ticker: `${open.ticker}B` }],
  });
}

/** Both outcomes of one market, in which something happens each `stepMs` on average. */
export function polymarketPlace(stepMs: number): Place {
  return {
    venue: 'polymarket',
    numbersUpdates: false,
    settings: {},
    keys: {},
    open: (timers) => {
      const closesAt = plusMs(timers.now(), DAY_MS);
      const plans = exclusivePlans('fed', 'Fed?', closesAt, { ...PACE, stepMs }).slice(2);
      return polymarketVenue({ seed: SEED, timers, series: [], plans });
    },
    hosts: ({ ws, rest }) => ({ ws: `${ws}/ws/market`, rest }),
  };
}
