import type { OrderBook } from '../../core/market/order-book.ts';
import { OldRun } from './old-run.ts';

/** Best prices at one update id; 0 ticks is an empty side. */
export interface TouchEvent {
  updateId: number;
  bidTicks: number;
  bidLots: number;
  askTicks: number;
  askLots: number;
}

/** A best bid above the best ask cannot be; a side without a price has no size. */
export const isSane = (touch: TouchEvent): boolean =>
  (touch.askTicks === 0 || touch.bidTicks <= touch.askTicks) &&
  (touch.bidTicks > 0 || touch.bidLots === 0) &&
  (touch.askTicks > 0 || touch.askLots === 0);

/** Best prices change some ten times between two depth messages; more than enough for the busiest second. */
const CAPACITY = 512;

/**
 * The venue's own best prices of the last moments by update id. The depth stream is slower than the best-price stream, so
 * a book usually meets the best prices of its update id after they came.
 */
export class TouchMemory {
  private readonly recent: TouchEvent[] = [];
  private next = 0;
  /** Highest update id that was shown; -1 before any. */
  newestId = -1;
  private readonly old = new OldRun();

  /** Keeps it when it is newer than all before; its ids rise. */
  add(touch: TouchEvent): 'newer' | 'repeated' | 'older' {
    if (touch.updateId === this.newestId) return 'repeated';
    if (touch.updateId < this.newestId) {
      if (!this.old.isAnew(touch.updateId, () => true)) return 'older';
      this.clear();
    }
    this.old.end();
    this.newestId = touch.updateId;
    const slot = this.recent[this.next];
    if (slot === undefined) this.recent.push({ ...touch });
    else Object.assign(slot, touch);
    this.next = (this.next + 1) % CAPACITY;
    return 'newer';
  }

  /** Prices and sizes of both sides against the book at the same update id. */
  compare(book: OrderBook): 'agrees' | 'differs' | 'unknown' {
    const touch = this.find(book.sequence);
    if (touch === undefined) return 'unknown';
    return touch.bidTicks === book.bids.best &&
      touch.askTicks === book.asks.best &&
      touch.bidLots === book.bids.lotsAt(0) &&
      touch.askLots === book.asks.lotsAt(0)
      ? 'agrees'
      : 'differs';
  }

  clear(): void {
    this.recent.length = 0;
    this.next = 0;
    this.newestId = -1;
  }

  /** Newest first; ids fall from there, so the search ends at the first one below. */
  private find(updateId: number): TouchEvent | undefined {
    for (let back = 1; back <= this.recent.length; back += 1) {
      const touch = this.recent[(this.next - back + CAPACITY) % CAPACITY];
      if (touch === undefined || touch.updateId < updateId) return undefined;
      if (touch.updateId === updateId) return touch;
    }
    return undefined;
  }
}
