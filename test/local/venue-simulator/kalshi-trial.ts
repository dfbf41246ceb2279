import { kalshiProtocol } from '../../../adapters/venues/kalshi/client.ts';
import { kalshiReader } from '../../../adapters/venues/kalshi/reader.ts';
import { beatAt, HOUR_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import type { BookPace } from '../../../local/venue-simulator/contract-listing.ts';
import type { KalshiPlan, KalshiSeries } from '../../../local/venue-simulator/kalshi-plans.ts';
import { hourlyThresholds, quarterHours } from '../../../local/venue-simulator/kalshi-series.ts';
import { type KalshiVenueOptions, kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { KEYS } from './contract-client.ts';
import type { ContractTrial } from './contract-world.ts';
import { START } from './sim-world.ts';

export const PACE: BookPace = { stepMs: 200, levels: 10 };
export const QUARTERS = quarterHours('BTC', PACE);
export const HOURS = hourlyThresholds('BTC', PACE);

/** Plans of the n-th window of a series, from the one that runs at the start. */
export function plansOf(series: KalshiSeries, n = 0): readonly KalshiPlan[] {
  const { lengthMs = 1, plans } = series.rolling ?? {};
  return plans?.(plusMs(beatAt(START, lengthMs), n * lengthMs)) ?? [];
}

export const tickersOf = (series: KalshiSeries, n = 0): readonly string[] =>
  plansOf(series, n).map(({ ticker }) => ticker);

/** How long after the start the running window of a series is over. */
export const closesIn = (lengthMs: number): number => lengthMs - (START % lengthMs);
export const QUARTER_CLOSE = closesIn(15 * MINUTE_MS);
export const HOUR_CLOSE = closesIn(HOUR_MS);

export const PUBLIC_KEYS = [KEYS.rsa, KEYS.ed25519];

/** The venue's own client with a key, or without one, following some markets. */
export function kalshiTrial(
  symbols: readonly string[],
  options: Partial<KalshiVenueOptions> = {},
  { keys = KEYS.ed25519, hosts }: KalshiAccess = {},
): ContractTrial {
  return {
    symbols,
    protocol: kalshiProtocol({
      environment: 'live',
      ...(keys !== null && { keys }),
      ...(hosts && { hosts: { ws: `${hosts.ws}/trade-api/ws/v2`, rest: `${hosts.rest}/trade-api/v2` } }),
    }),
    reader: (followed, ports) => kalshiReader({ instruments: [], symbols: followed }, ports),
    venue: (timers) =>
      kalshiVenue({ seed: 7, timers, series: [QUARTERS, HOURS], keys: PUBLIC_KEYS, ...options }),
  };
}

interface KalshiAccess {
  readonly keys?: { readonly keyId: string; readonly privateKeyPem: string } | null;
  readonly hosts?: { readonly ws: string; readonly rest: string };
}
