import type { QualityFlag } from './window.ts';

/** The order in which flags are written, so that equal pictures are equal texts. */
const FLAG_ORDER: readonly QualityFlag[] = ['crossed', 'locked', 'gap', 'late', 'refused'];

export const orderedFlags = (seen: ReadonlySet<QualityFlag>): QualityFlag[] =>
  FLAG_ORDER.filter((flag) => seen.has(flag));

/** What was wrong with one instrument's messages since the feed began; each is a count, and nothing is dropped without one. */
export interface QualityCounts {
  /** Complete book messages that changed the book. */
  bookUpdates: number;
  /** Book messages older than the snapshot they met. */
  bookBeforeSnapshot: number;
  /** Book messages already contained in the book. */
  bookRepeated: number;
  bookGaps: number;
  bookCrossed: number;
  /** Messages with a field that is malformed or off the instrument's grid. */
  refused: number;
  snapshots: number;
  snapshotsTooOld: number;
  /** Snapshots that nobody needed: the book was proven already. */
  snapshotsUnneeded: number;
  /** Best bid and ask compared with the venue's own at the same update id: how often, and how often all four numbers agreed. */
  touchChecks: number;
  touchAgreed: number;
  /** Best-price messages not newer than one seen before. */
  touchRepeated: number;
  trades: number;
  tradesRepeated: number;
  tradeGaps: number;
  /** Trades that the venue's ids say we did not see. */
  tradesMissing: number;
}

export const noQualityCounts = (): QualityCounts => ({
  bookUpdates: 0,
  bookBeforeSnapshot: 0,
  bookRepeated: 0,
  bookGaps: 0,
  bookCrossed: 0,
  refused: 0,
  snapshots: 0,
  snapshotsTooOld: 0,
  snapshotsUnneeded: 0,
  touchChecks: 0,
  touchAgreed: 0,
  touchRepeated: 0,
  trades: 0,
  tradesRepeated: 0,
  tradeGaps: 0,
  tradesMissing: 0,
});
