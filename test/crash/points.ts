import { seeded } from '../support/random.ts';

/**
 * The moments of a desk's life at which it can be stopped. Inside a transaction it has written and holds the lock:
 * `inside-fill` has just written a fill, among other things. `after-mode-read` still believes what may change meanwhile.
 */
export const POINT_KINDS = [
  'before-commit',
  'inside-transaction',
  'inside-fill',
  'after-commit',
  'after-mode-read',
  'before-publish',
  'after-publish',
] as const;
export type PointKind = (typeof POINT_KINDS)[number];

/** Whether a desk stopped there holds the store's write lock. */
export const holdsLock = (kind: PointKind): boolean =>
  kind === 'before-commit' || kind === 'inside-transaction' || kind === 'inside-fill';

/** How often each moment came in a whole run. */
export type PointCounts = Readonly<Record<PointKind, number>>;

export interface Point {
  readonly kind: PointKind;
  /** The n-th time. */
  readonly nth: number;
}

/** Points spread over the run, the kinds in turn; where in its share of the run each lies is drawn from the seed. */
export function seededPoints(
  seed: number,
  howMany: number,
  kinds: readonly PointKind[],
  counts: PointCounts,
): readonly Point[] {
  const random = seeded(seed);
  return Array.from({ length: howMany }, (_, i) => {
    const kind = kinds[i % kinds.length] ?? 'before-commit';
    // Heartbeats follow the wall clock, so a run may have a few commits less than the one that was counted.
    const reachable = counts[kind] * 0.95;
    return { kind, nth: 1 + Math.floor(((i + random()) / howMany) * reachable) };
  });
}
