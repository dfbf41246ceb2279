import type { BookSide } from '../../../core/market/book-side.ts';
import type { SnapshotEvent } from '../depth-events.ts';

/**
 * Between which prices a book knows every level: down to a bid and up to an ask, in ticks. A picture holds a number of
 * levels only; what rests beyond its last one stays unknown until it changes, while the market may move there.
 */
export interface KnownRange {
  /** 0 when every bid is known. */
  readonly bids: number;
  /** Infinity when every ask is known. */
  readonly asks: number;
}

/** The sides of a book. */
export interface Sides {
  readonly bids: BookSide;
  readonly asks: BookSide;
}

export const NOTHING_KNOWN: KnownRange = { bids: Number.POSITIVE_INFINITY, asks: 0 };

/** A side shorter than what was asked for is whole. Where the limit is unknown, only the shorter side surely is. */
export function rangeOf({ limit, bids, asks }: SnapshotEvent): KnownRange {
  const full = limit ?? Math.max(bids.length, asks.length);
  let lowest = bids.length < full ? 0 : NOTHING_KNOWN.bids;
  let highest = asks.length < full ? Number.POSITIVE_INFINITY : NOTHING_KNOWN.asks;
  for (let n = 0; n < bids.length; n += 1) lowest = Math.min(lowest, bids.ticks[n] ?? lowest);
  for (let n = 0; n < asks.length; n += 1) highest = Math.max(highest, asks.ticks[n] ?? highest);
  return { bids: lowest, asks: highest };
}

/** What two pictures of one book show together. */
export const union = (a: KnownRange, b: KnownRange): KnownRange => ({
  bids: Math.min(a.bids, b.bids),
  asks: Math.max(a.asks, b.asks),
});

/** What both show. */
export const overlap = (a: KnownRange, b: KnownRange): KnownRange => ({
  bids: Math.max(a.bids, b.bids),
  asks: Math.min(a.asks, b.asks),
});

/** Whether fewer than `levels` known ones are left on a side, so that the market is about to leave the range. */
export function isNearEdge({ bids, asks }: Sides, range: KnownRange, levels: number): boolean {
  const isBidsShort = range.bids > 0 && (bids.size < levels || bids.ticksAt(levels - 1) < range.bids);
  if (isBidsShort) return true;
  const isBounded = range.asks < Number.POSITIVE_INFINITY;
  return isBounded && (asks.size < levels || asks.ticksAt(levels - 1) > range.asks);
}

/** The first level of a range in which two books differ, in words; undefined when there is none. */
export function differenceIn(range: KnownRange, ours: Sides, theirs: Sides): string | undefined {
  for (const name of ['bids', 'asks'] as const) {
    const isInside = (ticks: number) => (name === 'bids' ? ticks >= range.bids : ticks <= range.asks);
    for (let rank = 0; ; rank += 1) {
      const own = levelAt(ours[name], rank, isInside);
      const other = levelAt(theirs[name], rank, isInside);
      if (own.ticks !== other.ticks || own.lots !== other.lots)
        return `${name} ${rank}: ${own.lots} lots at ${own.ticks} ticks, the venue has ${other.lots} at ${other.ticks}`;
      if (own.ticks === 0) break;
    }
  }
  return undefined;
}

const NO_LEVEL = { ticks: 0, lots: 0 };

function levelAt(side: BookSide, rank: number, isInside: (ticks: number) => boolean): typeof NO_LEVEL {
  if (rank >= side.size) return NO_LEVEL;
  const ticks = side.ticksAt(rank);
  return isInside(ticks) ? { ticks, lots: side.lotsAt(rank) } : NO_LEVEL;
}
