import type { VenueId } from '../../../core/market/instrument.ts';
import { TEAMS } from '../../../core/market/teams.ts';
import { beatAt, DAY_MS, type EpochMs, plusMs } from '../../../core/time.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { coinbaseAdvancedDialect } from '../../../local/venue-simulator/coinbase-advanced-dialect.ts';
import type { BookPace } from '../../../local/venue-simulator/contract-listing.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import {
  gamePlans,
  gameSeries,
  hourlyThresholds,
  quarterHours,
} from '../../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import { exclusivePlans, upDownSeries, winnerPlan } from '../../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../../local/venue-simulator/polymarket-venue.ts';
import type { DialectOf } from '../../../local/venue-simulator/sim-dialect.ts';
import { fixture, type SimFixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import type { SimListing } from '../../../local/venue-simulator/sim-market.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import {
  binanceListings,
  coinbaseListings,
  mexcListings,
  type SpotOptions,
} from '../../../local/venue-simulator/spot-listings.ts';
import { PUBLIC_KEYS } from '../../local/venue-simulator/kalshi-trial.ts';
import { type SimSide, START } from './sim-feed.ts';

/** A venue of the soak: what is followed of it changes when markets end. */
export interface SoakSide extends SimSide {
  /** Those that live as long as any run: faults may be about one of them. */
  readonly lasting: readonly string[];
  /** Frames that each instrument should make in a second. */
  readonly framesPerSecond: number;
  /** All that is followed at a moment, always as many. */
  followedAt(now: EpochMs): readonly string[];
}

export type SoakVenue = 'binance' | 'mexc' | 'coinbase' | 'polymarket' | 'kalshi';

export const PER_VENUE = 20;
/** Mean times between two things that happen in a market, at which each venue says as much as it should. */
const STEP_MS: Readonly<Record<SoakVenue, number>> = {
  binance: 78,
  mexc: 56,
  coinbase: 56,
  polymarket: 1_040,
  kalshi: 1_950,
};
const SPOT_FRAMES = 20;
const CONTRACT_FRAMES = 2;
const LEVELS = 10;

/** Twenty instruments at each of five venues, with what goes wrong there. */
export const soakSides = (
  faultsOf: (venue: SoakVenue, lasting: readonly string[]) => readonly Fault[],
): readonly SoakSide[] => [
  spotSide('binance', binanceDialect, binanceListings(spot('binance')), true, faultsOf),
  spotSide('mexc', mexcDialect, mexcListings(spot('mexc')), true, faultsOf),
  spotSide('coinbase', coinbaseAdvancedDialect, coinbaseListings(spot('coinbase')), false, faultsOf),
  polymarketSide(faultsOf),
  kalshiSide(faultsOf),
];

type FaultsOf = Parameters<typeof soakSides>[0];

const spot = (venue: SoakVenue): SpotOptions => ({ count: PER_VENUE, stepMs: STEP_MS[venue] });
const paceOf = (venue: SoakVenue): BookPace => ({ stepMs: STEP_MS[venue], levels: LEVELS });

function spotSide(
  venue: SoakVenue & VenueId,
  dialect: DialectOf,
  listings: readonly SimListing[],
  numbersUpdates: boolean,
  faultsOf: FaultsOf,
): SoakSide {
  const symbols = listings.map(({ instrument }) => instrument.symbol);
  return {
    venue,
    symbols,
    lasting: symbols,
    numbersUpdates,
    framesPerSecond: SPOT_FRAMES,
    followedAt: () => symbols,
    open: (timers, seed) =>
      new SimVenue({ seed, timers, dialect, listings, faults: faultsOf(venue, symbols) }),
  };
}

/** Sixteen markets of eight games, two of quarters of an hour and two of an hour. */
function kalshiSide(faultsOf: FaultsOf): SoakSide {
  const pace = paceOf('kalshi');
  const rolling = [quarterHours('BTC', pace), quarterHours('ETH', pace), hourlyThresholds('BTC', pace)];
  const plans = games(8).flatMap((game) => gamePlans(game, pace));
  const lasting = plans.map(({ ticker }) => ticker);
  const followedAt = (now: EpochMs): readonly string[] => [
    ...lasting,
    ...running(rolling, now).map(({ ticker }) => ticker),
  ];
  return {
    venue: 'kalshi',
    symbols: followedAt(START),
    lasting,
    numbersUpdates: false,
    framesPerSecond: CONTRACT_FRAMES,
    followedAt,
    open: (timers, seed) =>
      kalshiVenue({
        seed,
        timers,
        series: [...rolling, gameSeries('nfl')],
        plans,
        keys: PUBLIC_KEYS,
        faults: faultsOf('kalshi', lasting),
      }),
  };
}

/** Both tokens of ten markets: of two decisions with three outcomes each, of two games, and of two quarters of an hour. */
function polymarketSide(faultsOf: FaultsOf): SoakSide {
  const pace = paceOf('polymarket');
  const series = [upDownSeries('btc', '15m', pace), upDownSeries('eth', '15m', pace)];
  const endsAt = plusMs(START, 7 * DAY_MS);
  const plans = [
    ...exclusivePlans('fed-decision', 'Fed decision?', endsAt, pace),
    ...exclusivePlans('ecb-decision', 'ECB decision?', endsAt, pace),
    ...games(2).map((game) => winnerPlan(game, pace)),
  ];
  const lasting = plans.flatMap(({ tokens }) => tokens);
  const followedAt = (now: EpochMs): readonly string[] => [
    ...lasting,
    ...running(series, now).flatMap(({ tokens }) => tokens),
  ];
  return {
    venue: 'polymarket',
    symbols: followedAt(START),
    lasting,
    numbersUpdates: false,
    framesPerSecond: CONTRACT_FRAMES,
    followedAt,
    open: (timers, seed) =>
      polymarketVenue({ seed, timers, series, plans, faults: faultsOf('polymarket', lasting) }),
  };
}

/** The markets of the windows that run at a moment. */
function running<Plan>(
  series: readonly {
    readonly rolling: { readonly lengthMs: number; plans(opensAt: EpochMs): readonly Plan[] } | null;
  }[],
  now: EpochMs,
): readonly Plan[] {
  return series.flatMap(({ rolling }) => rolling?.plans(beatAt(now, rolling.lengthMs)) ?? []);
}

/** Games of tomorrow. */
const games = (count: number): readonly SimFixture[] =>
  Array.from({ length: count }, (_, n) => {
    const [home = '', away = ''] = TEAMS.nfl.slice(2 * n, 2 * n + 2).map(([code]) => code);
    return fixture('nfl', { gameId: `${n}`, startsAt: plusMs(START, DAY_MS), home, away });
  });
