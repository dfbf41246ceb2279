import { BookSide } from '../../../core/market/book-side.ts';
import { type DepthEvent, KEPT_LEVELS_MAX, levelsIn, type SnapshotEvent } from '../depth-events.ts';
import type { Sides } from './known-range.ts';

/** Five seconds of 100 ms events: a picture that takes longer is given up. */
const EVENTS_MAX = 50;

/**
 * Joins a picture that comes beside a live book with the diffs around it, so that the two can be held against each other
 * at one update id, though the picture's own id lies in the middle of a diff, before the book's or after it.
 */
export class PictureJoin {
  /** The update id that the kept diffs continue; undefined while none are kept. */
  private from: number | undefined;
  private events: DepthEvent[] = [];
  /** Levels of the events. */
  private levels = 0;
  private picture: SnapshotEvent | undefined;

  /** Diffs are kept: a picture is on its way, or waits for them. */
  get isOpen(): boolean {
    return this.from !== undefined;
  }

  /** Keeps diffs from here on, the book being at `sequence`. */
  open(sequence: number): void {
    this.close();
    this.from = sequence;
  }

  close(): void {
    this.from = undefined;
    this.events = [];
    this.levels = 0;
    this.picture = undefined;
  }

  /** A diff that continues the one before. */
  keep(event: DepthEvent): void {
    this.events.push({ ...event, bids: event.bids.copy(), asks: event.asks.copy() });
    this.levels += levelsIn(event);
    if (this.events.length > EVENTS_MAX || this.levels > KEPT_LEVELS_MAX) this.close();
  }

  /** Takes the picture; false when it is older than what is kept, so that nothing can be said of it. */
  take(picture: SnapshotEvent, sequence: number): boolean {
    if (picture.lastId < (this.from ?? sequence)) return false;
    this.from ??= sequence;
    this.picture = picture;
    return true;
  }

  /** The picture, and what it and the diffs after it make of the book at `sequence`; undefined while one is missing. Ends it. */
  meet(sequence: number): { readonly picture: SnapshotEvent; readonly sides: Sides } | undefined {
    const { picture, events } = this;
    if (picture === undefined || picture.lastId > sequence) return undefined;
    const sides = { bids: new BookSide('bids'), asks: new BookSide('asks') };
    for (const change of [picture, ...events.filter((event) => event.lastId > picture.lastId)]) {
      for (const name of ['bids', 'asks'] as const)
        sides[name].setAll(change[name].ticks, change[name].lots, change[name].length);
    }
    this.close();
    return { picture, sides };
  }
}
