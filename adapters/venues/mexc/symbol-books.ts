import type { OrderBook } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { POLL } from '../frame-source.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { SymbolBook } from './book.ts';

/** The books of one connection. */
export class SymbolBooks {
  private readonly desk: ConnectionDesk;
  private readonly books = new Map<FollowedInstrument, SymbolBook>();

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
  }

  /** Begins one where there is none yet. */
  of(followed: FollowedInstrument): SymbolBook {
    const known = this.books.get(followed);
    if (known !== undefined) return known;
    const { desk } = this;
    const { symbol } = followed.instrument;
    const book = new SymbolBook(followed, desk.connection === POLL, {
      changed: (view, occurredAt, isSnapshot) => desk.bookChanged(followed, view, occurredAt, isSnapshot),
      doubted: (doubt, detail) => desk.bookDoubted(followed, doubt, detail),
      requestSnapshot: (why) => desk.needSnapshot(symbol, why),
      streamDied: (why) => desk.needReconnect(`${symbol}: ${why}`),
    });
    this.books.set(followed, book);
    return book;
  }

  viewOf(followed: FollowedInstrument): OrderBook | undefined {
    return this.books.get(followed)?.book;
  }

  /** Doubts the book, if there is one, and forgets it. */
  restart(followed: FollowedInstrument, why: string): void {
    this.books.get(followed)?.refuse(why);
    this.books.delete(followed);
  }

  forget(followed: FollowedInstrument): void {
    this.books.delete(followed);
  }

  tick(now: EpochMs): void {
    for (const book of this.books.values()) book.tick(now);
  }
}
