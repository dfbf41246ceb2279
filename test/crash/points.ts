import { seeded } from '../support/random.ts';

/**
 * The moments of a desk's life at which it can be stopped. Inside a transaction it has written and holds the lock:
 * `inside-fill` has just written a fill, among other things; at `before-fill-commit` the driver has looked at the HALT file
 * for the last time, and only the end of the transaction is left to do. `after-mode-read` still believes what may change meanwhile.
 */
export const POINT_KINDS = [
  'before-commit',
  'inside-transaction',
  'inside-fill',
  'before-fill-commit',
  'after-commit',
  'after-mode-read',
  'before-publish',
  'after-publish',
] as const;
export type PointKind = (typeof POINT_KINDS)[number];

/** Whether a desk stopped there holds the store's write lock. */
export const holdsLock = (kind: PointKind): boolean =>
  kind === 'before-commit' ||
  kind === 'inside-transaction' ||
  kind === 'inside-fill' ||
  kind === 'before-fill-commit';

/** How often each moment came in a whole run. */
export interface Moments {
  readonly counts: Readonly<Record<PointKind, number>>;
  /** The readings of the mode that an order or a fill was then committed on. */
  readonly readingsBeforeTrade: readonly number[];
}

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
  { counts, readingsBeforeTrade }: Moments,
): readonly Point[] {
  const random = seeded(seed);
  return Array.from({ length: howMany }, (_, i) => {
    const kind = kinds[i % kinds.length] ?? 'before-commit';
    const share = (i + random()) / howMany;
    if (kind === 'after-mode-read')
      return { kind, nth: readingsBeforeTrade[Math.floor(share * readingsBeforeTrade.length)] ?? 1 };
    // Heartbeats follow the wall clock, so a run may have a few commits less than the one that was counted.
    return { kind, nth: 1 + Math.floor(share * counts[kind] * 0.95) };
  });
}
