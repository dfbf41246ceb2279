import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { Fault, FaultKind } from '../../../local/venue-simulator/faults.ts';
import { seededFaults } from '../../../local/venue-simulator/seeded-faults.ts';
import { faultKindsAt } from '../../../local/venue-simulator/venue-faults.ts';
import type { SoakVenue } from './soak-sides.ts';

export interface SoakFaultsOptions {
  readonly seed: number;
  readonly forMs: number;
  /** Half of the faults that can be about one symbol are about one of these. */
  readonly symbols: readonly string[];
}

/** In a run that is too short for every kind at every venue each kind comes at one of them. */
const DEALT: Readonly<Record<SoakVenue, readonly FaultKind[]>> = {
  binance: ['gap', 'freeze', 'http', 'close_storm', 'ids_back'],
  mexc: ['swap', 'shutdown', 'http_hang', 'hidden_refusal'],
  coinbase: ['duplicate', 'oversize', 'late_ack', 'drop'],
  polymarket: ['checksum', 'mute', 'slow_snapshot', 'region'],
  kalshi: ['garbage', 'paused', 'clock_skew', 'upgrade'],
};
const SHORT_MS_MAX = 30 * MINUTE_MS;
const ORDER: readonly SoakVenue[] = ['binance', 'mexc', 'coinbase', 'polymarket', 'kalshi'];

/** What goes wrong at a venue, from the beginning of a run to shortly before its end. */
export function soakFaults(venue: SoakVenue, { seed, forMs, symbols }: SoakFaultsOptions): readonly Fault[] {
  const run = { seed: seed * ORDER.length + ORDER.indexOf(venue), hours: forMs / HOUR_MS, symbols };
  if (forMs > SHORT_MS_MAX) {
    return seededFaults({ ...run, kinds: faultKindsAt(venue), calmMs: 2 * MINUTE_MS });
  }
  const brief = { calmMs: 6 * SECOND_MS, longestMs: 8 * SECOND_MS, settleMs: 25 * SECOND_MS };
  return seededFaults({ ...run, kinds: DEALT[venue], ...brief });
}
