import type { InstrumentStatus, QualityFlag, Verdict } from '../window.ts';

/**
 * Whether a picture can be believed. `blind` outweighs `degraded`: one reason not to know the book is enough. A book that
 * is not live is blind whatever the flags say, and a window that holds a moment of blindness is blind as a whole, since
 * nobody can tell afterwards which of its prints and levels came before it.
 */
export function verdictOf(status: InstrumentStatus, flags: Iterable<QualityFlag>): Verdict {
  if (status !== 'live') return 'blind';
  let verdict: Verdict = 'clean';
  for (const flag of flags) {
    const weight = WEIGHT[flag];
    if (weight === 'blind') return 'blind';
    if (weight === 'degraded') verdict = 'degraded';
  }
  return verdict;
}

const WEIGHT: Readonly<Record<QualityFlag, Verdict>> = {
  // Messages are missing, or what we hold is not what the venue has: no level and no sum of prints is proven.
  gap: 'blind',
  hash: 'blind',
  crossed: 'blind',
  refused: 'blind',
  disconnected: 'blind',
  // The book is whole, but it is old, or something that was said about it or in it is doubtful.
  late: 'degraded',
  clock_jump: 'degraded',
  outlier: 'degraded',
  off_tick: 'degraded',
  out_of_bounds: 'degraded',
  polled: 'degraded',
  // Bid equals ask for a moment: markets do that by themselves, and the book is exact.
  locked: 'clean',
};
