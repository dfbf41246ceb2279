import { DAY_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import { coinbaseAdvancedDialect } from '../../../local/venue-simulator/coinbase-advanced-dialect.ts';
import { coinbaseExchangeDialect } from '../../../local/venue-simulator/coinbase-exchange-dialect.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { gamePlans, gameSeries } from '../../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { listedVenue } from '../../../local/venue-simulator/listed-floor.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import { winnerPlan } from '../../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../../local/venue-simulator/polymarket-venue.ts';
import type { DialectOf } from '../../../local/venue-simulator/sim-dialect.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import {
  binanceListings,
  coinbaseListings,
  mexcListings,
  type SpotOptions,
} from '../../../local/venue-simulator/spot-listings.ts';
import type { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { PUBLIC_KEYS } from '../../local/venue-simulator/kalshi-trial.ts';
import { START } from '../feeds/sim-feed.ts';

/** Nobody looks at books here. */
const STEP_MS = 20_000;
const PACE = { stepMs: STEP_MS, levels: 5 };
/** Between two looks each. */
const ADDED = 4 * MINUTE_MS;
const REMOVED = 9 * MINUTE_MS;
const EMPTIED = 14 * MINUTE_MS;
const BACK = 19 * MINUTE_MS;

/** A simulated venue whose lists change by script, and a rule about them. */
export interface ListCase {
  readonly rule: object;
  /** What is listed at the start and removed later; what is added meanwhile, and is alone then. */
  readonly first: readonly string[];
  readonly added: readonly string[];
  open(timers: VirtualTimers, faults?: readonly Fault[]): SimVenue;
}

const [GAME, LATER] = [
  fixture('nfl', { gameId: '1', startsAt: plusMs(START, DAY_MS), home: 'NE', away: 'BUF' }),
  fixture('nfl', { gameId: '2', startsAt: plusMs(START, DAY_MS), home: 'KC', away: 'LAC' }),
];

/**
 * The same at each venue: something is added at minute 4, something removed at minute 9; what is left is away at minute 14
 * and back at minute 19.
 */
export const LIST_CASES: Readonly<Record<string, ListCase>> = {
  binance: spot('binance', binanceDialect, binanceListings, ['BTCUSDT', 'SOLUSDT']),
  mexc: spot('mexc', mexcDialect, mexcListings, ['BTCUSDT', 'SOLUSDT']),
  coinbase: spot('coinbase', coinbaseAdvancedDialect, coinbaseListings, ['BTC-USD', 'SOL-USD']),
  'coinbase-exchange': spot('coinbase', coinbaseExchangeDialect, coinbaseListings, ['BTC-USD', 'SOL-USD']),
  kalshi: kalshiCase(),
  polymarket: polymarketCase(),
};

function spot(
  venue: string,
  dialect: DialectOf,
  listings: (options: SpotOptions) => ReturnType<typeof binanceListings>,
  [first, added]: readonly [string, string],
): ListCase {
  return {
    rule: {
      name: 'one',
      venue,
      symbols: [first, added].map((symbol) => `${symbol.slice(0, 3)}*`),
      // Coinbase lists each pair a second time, in its own dollar coin.
      exclude: ['*-USDC'],
    },
    first: [first],
    added: [added],
    open: (timers, faults = []) =>
      listedVenue({
        seed: 7,
        timers,
        dialect,
        faults,
        // A third one is always there: no exchange lists nothing.
        listings: listings({ count: 3, stepMs: STEP_MS }),
        actions: [
          { kind: 'list', atMs: ADDED, plan: added },
          { kind: 'delist', atMs: REMOVED, symbol: first },
          { kind: 'delist', atMs: EMPTIED, symbol: added },
          { kind: 'list', atMs: BACK, plan: added },
        ],
      }),
  };
}

const empty = (series: string) => ({ kind: 'empty', atMs: EMPTIED, forMs: BACK - EMPTIED, series }) as const;

function kalshiCase(): ListCase {
  const series = gameSeries('nfl');
  const [first, added] = [gamePlans(GAME, PACE), gamePlans(LATER, PACE)];
  return {
    rule: { name: 'one', venue: 'kalshi', series: [series.ticker] },
    first: first.map(({ ticker }) => ticker),
    added: added.map(({ ticker }) => ticker),
    open: (timers, faults = []) =>
      kalshiVenue({
        seed: 7,
        timers,
        faults,
        keys: PUBLIC_KEYS,
        series: [series],
        plans: first,
        actions: [
          ...added.map((plan) => ({ kind: 'list', atMs: ADDED, plan }) as const),
          ...first.map(({ ticker }) => ({ kind: 'delist', atMs: REMOVED, symbol: ticker }) as const),
          empty(series.ticker),
        ],
      }),
  };
}

function polymarketCase(): ListCase {
  const [first, added] = [winnerPlan(GAME, PACE), winnerPlan(LATER, PACE)];
  return {
    rule: { name: 'one', venue: 'polymarket', series: ['nfl'] },
    first: first.tokens,
    added: added.tokens,
    open: (timers, faults = []) =>
      polymarketVenue({
        seed: 7,
        timers,
        faults,
        series: [],
        plans: [first],
        actions: [
          { kind: 'list', atMs: ADDED, plan: added },
          { kind: 'delist', atMs: REMOVED, symbol: first.tokens[0] },
          empty('nfl'),
        ],
      }),
  };
}
