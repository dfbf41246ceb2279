import type { EpochMs } from '../time.ts';
import { type Candle, hasTraded } from './candle.ts';
import { inOrder } from './candle-fold.ts';

export type CandleField = 'open' | 'high' | 'low' | 'close' | 'volume' | 'trades';

/**
 * One bar of ours held against the venue's own. `unjudged`: ours says by itself that it may miss prints. `missing` names
 * who has no such bar.
 */
export type CandleComparison =
  | { readonly kind: 'agrees' | 'unjudged'; readonly start: EpochMs }
  | {
      readonly kind: 'differs';
      readonly start: EpochMs;
      readonly fields: readonly CandleField[];
      readonly ours: Candle;
      readonly venues: Candle;
    }
  | { readonly kind: 'missing'; readonly start: EpochMs; readonly at: 'us' | 'venue' };

/**
 * Our bars of one interval against the venue's, by start. Amounts are compared exactly. Bars are cut by receive time here
 * and by venue time there, so that a print at an edge may count in two neighbors: a difference is to be looked at, not proof
 * of a loss.
 */
export function compareCandles(ours: readonly Candle[], venues: readonly Candle[]): CandleComparison[] {
  const own = new Map(inOrder(ours).map((candle) => [candle.start, candle]));
  const told = new Map(inOrder(venues).map((candle) => [candle.start, candle]));
  return [...new Set([...own.keys(), ...told.keys()])]
    .sort((a, b) => a - b)
    .map((start) => compareAt(start, own.get(start), told.get(start)));
}

function compareAt(start: EpochMs, ours: Candle | undefined, venues: Candle | undefined): CandleComparison {
  if (ours === undefined) return { kind: 'missing', start, at: 'us' };
  if (!ours.complete) return { kind: 'unjudged', start };
  // Some venues have no row for a bar in which nothing traded.
  if (venues === undefined)
    return hasTraded(ours) ? { kind: 'missing', start, at: 'venue' } : { kind: 'agrees', start };
  const fields = FIELDS.filter((field) => ours[field] !== venues[field] && isTold(field, venues));
  return fields.length === 0 ? { kind: 'agrees', start } : { kind: 'differs', start, fields, ours, venues };
}

const FIELDS: readonly CandleField[] = ['open', 'high', 'low', 'close', 'volume', 'trades'];

/** A venue that tells no count of trades has 0 there, beside a volume. */
const isTold = (field: CandleField, { trades, volume }: Candle): boolean =>
  field !== 'trades' || trades > 0 || volume === 0n;
