import { generateKeyPairSync } from 'node:crypto';
import type { Timers } from '../../adapters/venues/session/timers.ts';
import { LEAGUES } from '../../core/market/game.ts';
import { DAY_MS, plusMs } from '../../core/time.ts';
import { type BookPace, USUAL_PACE } from './contract-listing.ts';
import { espnVenue } from './espn-venue.ts';
import type { Fault } from './faults.ts';
import { hourlyThresholds, quarterHours } from './kalshi-series.ts';
import { kalshiVenue } from './kalshi-venue.ts';
import { exclusivePlans, upDownSeries } from './polymarket-plans.ts';
import { polymarketVenue } from './polymarket-venue.ts';
import type { SimVenue } from './sim-venue.ts';

export interface ContractStart {
  readonly seed: number;
  readonly timers: Timers;
  /** Mean time between two things that happen in one market. */
  readonly stepMs: number;
  readonly faults: readonly Fault[];
}

/** Where a server listens, without paths. */
interface Hosts {
  readonly ws: string;
  readonly rest: string;
}

/** A venue, or a source of scores, that was started. */
export interface StartedVenue {
  readonly venue: SimVenue;
  /** Names of what it lists: pairs, series of contracts, leagues. */
  readonly lists: readonly string[];
  /** It takes sockets. */
  readonly hasStream: boolean;
  /** What a person has to set to use it: lines of a configuration, and of the environment where it takes a key. */
  readonly settings: (hosts: Hosts) => string;
}

/** Venues whose markets come and go, by the names under which people start them. */
export const CONTRACT_VENUES: Readonly<Record<string, (options: ContractStart) => StartedVenue>> = {
  kalshi: startKalshi,
  polymarket: startPolymarket,
  espn: startEspn,
};

/** With a key of its own, made for this run: the stream is opened to nobody else. */
function startKalshi({ stepMs, ...options }: ContractStart): StartedVenue {
  const pace: BookPace = { ...USUAL_PACE, stepMs };
  const keyId = 'simulated';
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = String(publicKey.export({ format: 'pem', type: 'spki' }));
  const privateKeyPem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const series = [quarterHours('BTC', pace), quarterHours('ETH', pace), hourlyThresholds('BTC', pace)];
  const venue = kalshiVenue({ ...options, keys: [{ keyId, publicKeyPem }], series });
  const settings = ({ ws, rest }: Hosts): string => `In the configuration:

venues:
  kalshi:
    hosts:
      ws: ${ws}/trade-api/ws/v2
      rest: ${rest}/trade-api/v2

In the environment:

DECKLE_KALSHI_KEY_ID=${keyId}
DECKLE_KALSHI_PRIVATE_KEY='${privateKeyPem.trim().replaceAll('\n', '\\n')}'
`;
  return { venue, lists: series.map(({ ticker }) => ticker), hasStream: true, settings };
}

function startPolymarket({ stepMs, ...options }: ContractStart): StartedVenue {
  const pace: BookPace = { ...USUAL_PACE, stepMs };
  const series = [upDownSeries('btc', '15m', pace), upDownSeries('eth', '15m', pace)];
  const endsAt = plusMs(options.timers.now(), 7 * DAY_MS);
  const plans = exclusivePlans('fed-decision', 'Fed decision?', endsAt, pace);
  const venue = polymarketVenue({ ...options, series, plans });
  const lists = [...series, ...plans].map(({ slug }) => slug);
  const settings = ({ ws, rest }: Hosts): string => `In the configuration:

venues:
  polymarket:
    hosts:
      ws: ${ws}/ws/market
      rest: ${rest}
`;
  return { venue, lists, hasStream: true, settings };
}

function startEspn({ seed, timers, faults }: ContractStart): StartedVenue {
  const venue = espnVenue({ seed, timers, faults, pace: ESPN_PACE });
  const settings = ({ rest }: Hosts): string => `In the configuration:

scores:
  leagues: [${LEAGUES.join(', ')}]
  host: ${rest}
`;
  return { venue, lists: LEAGUES, hasStream: false, settings };
}

/** A game of football takes four minutes. */
const ESPN_PACE = 20;
