import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts';

/** Scores are asked for: nothing is followed, and no socket is opened. */
const OF_SCORES: ReadonlySet<FaultKind> = new Set(['http', 'http_hang', 'region', 'clock_skew']);

/**
 * Kinds that a venue has nothing for, by the names under which venues are started: only Polymarket has checksums, and two
 * number nothing that could go back.
 */
export const STRIKES_NEVER: Readonly<Record<string, readonly FaultKind[]>> = {
  binance: ['checksum'],
  mexc: ['checksum'],
  coinbase: ['checksum'],
  'coinbase-exchange': ['checksum', 'ids_back'],
  kalshi: ['checksum'],
  polymarket: ['ids_back'],
  espn: FAULT_KINDS.filter((kind) => !OF_SCORES.has(kind)),
};

/** Kinds of faults that a venue can have. */
export const faultKindsAt = (venue: string): readonly FaultKind[] =>
  FAULT_KINDS.filter((kind) => STRIKES_NEVER[venue]?.includes(kind) !== true);

/** @throws RangeError in words, when a venue has nothing that one of these faults could be about. */
export function checkFaultsAt(venue: string, faults: readonly Fault[]): void {
  const kinds = faultKindsAt(venue);
  const never = faults.find(({ kind }) => !kinds.includes(kind));
  if (never !== undefined)
    throw new RangeError(`${venue} has nothing for '${never.kind}' to strike; there are ${kinds.join(', ')}`);
}
