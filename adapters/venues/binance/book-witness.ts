import type { OrderBook } from '../../../core/market/order-book.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { DepthEvent, SnapshotEvent } from '../depth-events.ts';
import type { Finding, PictureWitness } from '../picture-witness.ts';
import {
  differenceIn,
  isNearEdge,
  type KnownRange,
  NOTHING_KNOWN,
  overlap,
  rangeOf,
  type Sides,
  union,
} from './known-range.ts';
import { PictureJoin } from './picture-join.ts';

/** With fewer known levels left than these, or than a tenth of the snapshot, the book is completed by a new one. */
const KNOWN_LEVELS = 100;
/** A picture that was asked for and does not come is asked for again after so long. */
const ANSWER_MS = 10 * SECOND_MS;

/**
 * Holds pictures that come beside a live book against it: the two must be alike wherever both know every level. A picture that
 * agrees completes the book beyond the prices that it knew; before the market gets there, one is asked for.
 */
export class BookWitness implements PictureWitness {
  private readonly book: OrderBook;
  private readonly requestPicture: (why: string) => void;
  private readonly join = new PictureJoin();
  private range: KnownRange = NOTHING_KNOWN;
  private levelsWanted = KNOWN_LEVELS;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(book: OrderBook, requestPicture: (why: string) => void) {
    this.book = book;
    this.requestPicture = requestPicture;
  }

  /** A picture is on its way that was asked for here, or waits for the diffs that reach it. */
  get isExpecting(): boolean {
    return this.join.isOpen;
  }

  /** The book was built from this picture. */
  begin(snapshot: SnapshotEvent): void {
    const levels = Math.max(snapshot.bids.length, snapshot.asks.length);
    this.levelsWanted = Math.max(1, Math.min(KNOWN_LEVELS, Math.ceil(levels / 10)));
    this.askedAt = Number.NEGATIVE_INFINITY;
    this.know(rangeOf(snapshot));
  }

  /** The book was given up. */
  forget(): void {
    this.range = NOTHING_KNOWN;
    this.join.close();
  }

  /** A diff was applied to the book. */
  applied(event: DepthEvent): Finding {
    if (!this.join.isOpen) return 'nothing';
    this.join.keep(event);
    return this.meet();
  }

  /** A picture came. */
  hear(snapshot: SnapshotEvent): Finding {
    const wasExpected = this.join.isOpen;
    if (this.join.take(snapshot, this.book.sequence)) return this.meet();
    // Of one that came unexpected nothing was kept to hold against it; the next one will meet what is kept for it.
    if (!wasExpected) this.ask('a picture was older than the book');
    return 'nothing';
  }

  /** Asks for a picture of what lies beyond the known prices before the market is there. */
  tick(now: EpochMs): void {
    if (!isNearEdge(this.book, this.range, this.levelsWanted) || now - this.askedAt < ANSWER_MS) return;
    this.askedAt = now;
    this.ask('the market moves to the edge of the levels that are known');
  }

  private ask(why: string): void {
    this.join.open(this.book.sequence);
    this.requestPicture(why);
  }

  private meet(): Finding {
    const met = this.join.meet(this.book.sequence);
    if (met === undefined) return 'nothing';
    const shown = rangeOf(met.picture);
    const difference =
      differenceIn(overlap(this.range, shown), this.book, met.sides) ?? this.completeBy(met.sides, shown);
    if (difference === undefined) return 'agrees';
    const { lastId } = met.picture;
    return { difference: `the book differs from the venue's picture of update ${lastId}, ${difference}` };
  }

  /** Takes over what was not known. Then all must be alike: what the stream said of prices beyond was known well. */
  private completeBy(sides: Sides, shown: KnownRange): string | undefined {
    const { book } = this;
    for (const name of ['bids', 'asks'] as const)
      for (let rank = 0; rank < sides[name].size; rank += 1)
        book.set(name, sides[name].ticksAt(rank), sides[name].lotsAt(rank));
    this.know(union(this.range, shown));
    return differenceIn(shown, book, sides);
  }

  private know(range: KnownRange): void {
    this.range = range;
    this.book.sawAll(range.bids === 0, range.asks === Number.POSITIVE_INFINITY);
  }
}
