import type { SideName } from '../../core/market/order-book.ts';
import type { SimBook } from './sim-book.ts';
import type { SimLevel } from './tick-sides.ts';

/** Which levels of a book changed since they were last told, for streams that collect changes for a while. */
export class ChangedLevels {
  private readonly book: SimBook;
  private readonly flags: Readonly<Record<SideName, Uint8Array>>;
  private readonly ticks: Readonly<Record<SideName, number[]>> = { bids: [], asks: [] };

  constructor(book: SimBook) {
    const width = book.ticksMax - book.ticksMin + 1;
    this.book = book;
    this.flags = { bids: new Uint8Array(width), asks: new Uint8Array(width) };
  }

  /** Notes what the book's last step changed. */
  note(): void {
    const { book } = this;
    for (const { side, tick: ticks } of book.changes) {
      const place = ticks - book.ticksMin;
      if (this.flags[side][place] === 1) continue;
      this.flags[side][place] = 1;
      this.ticks[side].push(ticks);
    }
  }

  get isEmpty(): boolean {
    return this.ticks.bids.length === 0 && this.ticks.asks.length === 0;
  }

  /** The changed levels of a side as they are now, best first; from now on nothing of it is changed. */
  take(side: SideName): SimLevel[] {
    const { book } = this;
    const ticks = this.ticks[side];
    ticks.sort(side === 'bids' ? (a, b) => b - a : (a, b) => a - b);
    const levels = ticks.map((tick) => ({ tick, lots: book.lotsAt(side, tick) }));
    for (const at of ticks) this.flags[side][at - book.ticksMin] = 0;
    ticks.length = 0;
    return levels;
  }
}
