import { BookSide } from '../../core/market/book-side.ts';
import type { OrderBook, SideName } from '../../core/market/order-book.ts';
import type { EpochMs } from '../../core/time.ts';
import { type DepthEvent, type SnapshotEvent, wholeSides } from './depth-events.ts';
import type { LevelList } from './levels.ts';

/** What a picture says of a book: nothing, that it is right and may have become deeper by it, or in words what is wrong. */
export type Finding = 'nothing' | 'agrees' | { readonly difference: string };

/** Holds pictures that come beside a live book against it. */
export interface PictureWitness {
  /** A picture is on its way that was asked for here. */
  readonly isExpecting: boolean;
  /** The book was built from this picture. */
  begin(snapshot: SnapshotEvent): void;
  /** A diff was applied to the book. */
  applied(event: DepthEvent): Finding;
  /** A picture came. */
  hear(snapshot: SnapshotEvent): Finding;
  tick(now: EpochMs): void;
  /** The book was given up. */
  forget(): void;
}

/** Levels of a side that are compared: those that orders meet. Deeper ones may be older than the book's own snapshot. */
const COMPARED = 20;

/** Compares the best levels of pictures that show the book's own update id; others say nothing. */
export class SameIdWitness implements PictureWitness {
  readonly isExpecting = false;
  private readonly book: OrderBook;

  constructor(book: OrderBook) {
    this.book = book;
  }

  begin(snapshot: SnapshotEvent): void {
    const [bids, asks] = wholeSides(snapshot);
    this.book.sawAll(bids, asks);
  }

  applied(): Finding {
    return 'nothing';
  }

  hear({ lastId, bids, asks }: SnapshotEvent): Finding {
    const { book } = this;
    if (lastId !== book.sequence) return 'nothing';
    if (showsSameSide(book, 'bids', bids) && showsSameSide(book, 'asks', asks)) return 'nothing';
    return { difference: `the book differs from the venue's picture at update ${lastId}` };
  }

  tick(): void {}

  forget(): void {}
}

/** Whether a picture has the same best levels, in whatever order it lists them. */
function showsSameSide(book: OrderBook, name: SideName, levels: LevelList): boolean {
  const ours = book[name];
  const shown = new BookSide(name);
  shown.setAll(levels.ticks, levels.lots, levels.length);
  for (let rank = 0; rank < Math.min(COMPARED, shown.size); rank += 1)
    if (ours.ticksAt(rank) !== shown.ticksAt(rank) || ours.lotsAt(rank) !== shown.lotsAt(rank)) return false;
  return ours.size >= Math.min(COMPARED, shown.size) && (shown.size > 0 || ours.size === 0);
}
