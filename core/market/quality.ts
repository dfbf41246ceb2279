import type { QualityFlag } from './window.ts';

/** The order in which flags are written, so that equal pictures are equal texts. */
export const QUALITY_FLAGS = [
  'crossed',
  'locked',
  'gap',
  'hash',
  'late',
  'clock_jump',
  'outlier',
  'off_tick',
  'out_of_bounds',
  'refused',
  'polled',
  'disconnected',
] as const satisfies readonly QualityFlag[];

export const orderedFlags = (seen: ReadonlySet<QualityFlag>): QualityFlag[] =>
  QUALITY_FLAGS.filter((flag) => seen.has(flag));

/** What was wrong with one instrument's messages since the feed began; each is a count, and nothing is dropped without one. */
export interface QualityCounts {
  /** Complete book messages that changed the book. */
  bookUpdates: number;
  /** Book messages older than the snapshot they met. */
  bookBeforeSnapshot: number;
  /** Book messages already contained in the book. */
  bookRepeated: number;
  bookGaps: number;
  /** Book messages that came after a younger one, or whose ids went back. */
  bookDisordered: number;
  /** Moments after a complete book message with the best bid above the best ask, and equal to it. */
  bookCrossed: number;
  bookLocked: number;
  /** Checksums of the venue compared with the book, and how often they agreed. */
  hashChecks: number;
  hashAgreed: number;
  /** Messages with a field that is malformed or off the instrument's grid. */
  refused: number;
  snapshots: number;
  /** Times that a book which had been live was proven anew after a doubt. */
  resyncs: number;
  snapshotsTooOld: number;
  /** Snapshots that nobody needed: the book was proven already. */
  snapshotsUnneeded: number;
  /** Best bid and ask compared with the venue's own at the same update id: how often, and how often all four numbers agreed. */
  touchChecks: number;
  touchAgreed: number;
  /** Best-price messages not newer than one seen before. */
  touchRepeated: number;
  /** Trades seen, those of the venue's recent history included. */
  trades: number;
  /** Of these, told as history after subscribing: no prints, since they happened before. Quantity in units of 10^-8. */
  tradesFromHistory: number;
  quantityFromHistory: bigint;
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
  bookDisordered: 0,
  bookCrossed: 0,
  bookLocked: 0,
  hashChecks: 0,
  hashAgreed: 0,
  refused: 0,
  snapshots: 0,
  resyncs: 0,
  snapshotsTooOld: 0,
  snapshotsUnneeded: 0,
  touchChecks: 0,
  touchAgreed: 0,
  touchRepeated: 0,
  trades: 0,
  tradesFromHistory: 0,
  quantityFromHistory: 0n,
  tradesRepeated: 0,
  tradeGaps: 0,
  tradesMissing: 0,
});
