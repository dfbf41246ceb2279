import { generateKeyPairSync } from 'node:crypto';
import type { Timers } from '../../adapters/venues/session/timers.ts';
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

/** A venue of contracts, or a source of scores, that was started. */
export interface StartedContracts {
  readonly venue: SimVenue;
  /** What a person has to set to use it: lines of a configuration, and of the environment where it takes a key. */
  readonly settings: (hosts: Hosts) => string;
}

/** Venues whose markets come and go, by the names under which people start them. */
export const CONTRACT_VENUES: Readonly<Record<string, (options: ContractStart) => StartedContracts>> = {
  kalshi: startKalshi,
  polymarket: startPolymarket,
  espn: startEspn,
};

/** With a key of its own, made for this run: the stream is opened to nobody else. */
function startKalshi({ stepMs, ...options }: ContractStart): StartedContracts {
  const pace: BookPace = { ...USUAL_PACE, stepMs };
  const keyId = 'simulated';
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = String(publicKey.export({ format: 'pem', type: 'spki' }));
  const privateKeyPem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const venue = kalshiVenue({
    ...options,
    keys: [{ keyId, publicKeyPem }],
    series: [quarterHours('BTC', pace), quarterHours('ETH', pace), hourlyThresholds('BTC', pace)],
  });
  const settings = ({ ws, rest }: Hosts): string => `venues:
  kalshi:
    hosts:
      ws: ${ws}/trade-api/ws/v2
      rest: ${rest}/trade-api/v2

In the environment:

DECKLE_KALSHI_KEY_ID=${keyId}
DECKLE_KALSHI_PRIVATE_KEY='${privateKeyPem.trim().replaceAll('\n', '\\n')}'
`;
  return { venue, settings };
}

function startPolymarket({ stepMs, ...options }: ContractStart): StartedContracts {
  const pace: BookPace = { ...USUAL_PACE, stepMs };
  const venue = polymarketVenue({
    ...options,
    series: [upDownSeries('btc', '15m', pace), upDownSeries('eth', '15m', pace)],
    plans: exclusivePlans('fed-decision', 'Fed decision?', plusMs(options.timers.now(), 7 * DAY_MS), pace),
  });
  const settings = ({ ws, rest }: Hosts): string => `venues:
  polymarket:
    hosts:
      ws: ${ws}/ws/market
      rest: ${rest}
`;
  return { venue, settings };
}

/** Its address is an option of whoever polls it, not of a configuration. */
function startEspn({ seed, timers, faults }: ContractStart): StartedContracts {
  const venue = espnVenue({ seed, timers, faults, pace: ESPN_PACE });
  return { venue, settings: ({ rest }) => `scores of leagues, host: ${rest}\n` };
}

/** A game of football takes four minutes. */
const ESPN_PACE = 20;
