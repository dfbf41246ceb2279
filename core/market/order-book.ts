import { asPrice, asQuantity } from '../amounts.ts';
import { BookSide, LEVELS_MAX } from './book-side.ts';
import { bookGrid, type Grid, stepsToUnits } from './grid.ts';
import type { Instrument } from './instrument.ts';
import type { Level } from './window.ts';

/** `syncing`: not built yet. `live`: proven and current. `stale`: a message was lost or refused; nothing may fill. */
export type BookStatus = 'syncing' | 'live' | 'stale';
export type SideName = 'bids' | 'asks';

/** What a reader of a book may see; only the venue's adapter writes it. */
export type BookView = Readonly<
  Pick<
    OrderBook,
    | 'status'
    | 'sequence'
    | 'bestBid'
    | 'bestAsk'
    | 'isCrossed'
    | 'isLocked'
    | 'levels'
    | 'isComplete'
    | 'ticks'
    | 'lots'
  >
>;

/**
 * A full-depth order book of one instrument in safe integers: "ticks" and "lots" here are steps of the book's own grids,
 * finer than the instrument's tick and lot sizes (see `bookGrid`). It holds what the venue's messages say and knows nothing
 * of how they are proven: the adapter sets `status` by the venue's rule.
 */
export class OrderBook {
  readonly ticks: Grid;
  readonly lots: Grid;
  status: BookStatus = 'syncing';
  /** The venue's update id that this picture includes; 0 before there is one. */
  sequence = 0;
  readonly bids = new BookSide('bids');
  readonly asks = new BookSide('asks');
  private wholeBids = false;
  private wholeAsks = false;

  constructor(instrument: Pick<Instrument, 'tickSize' | 'lotSize'>) {
    this.ticks = bookGrid(instrument.tickSize);
    this.lots = bookGrid(instrument.lotSize);
  }

  /** Forgets every level: a book that is not proven shows nothing. */
  clear(status: Exclude<BookStatus, 'live'>): void {
    this.status = status;
    this.sequence = 0;
    this.bids.clear();
    this.asks.clear();
    this.sawAll(false, false);
  }

  /** Says whether the picture it was built from held every level of a side, so that an absent price is empty. */
  sawAll(bids: boolean, asks: boolean): void {
    this.wholeBids = bids;
    this.wholeAsks = asks;
  }

  set(side: SideName, ticks: number, lots: number): void {
    this[side].set(ticks, lots);
  }

  /** Ticks of the best bid, 0 when there is none. */
  get bestBid(): number {
    return this.bids.best;
  }

  /** Ticks of the best ask, 0 when there is none. */
  get bestAsk(): number {
    return this.asks.best;
  }

  /** The best bid is above the best ask: a lost message or a bug, never a market. */
  get isCrossed(): boolean {
    return this.bids.size > 0 && this.asks.size > 0 && this.bids.best > this.asks.best;
  }

  get isLocked(): boolean {
    return this.bids.size > 0 && this.bids.best === this.asks.best;
  }

  /** More levels on a side than any market has: what fills it is no book. */
  get isOverfull(): boolean {
    return this.bids.size > LEVELS_MAX || this.asks.size > LEVELS_MAX;
  }

  /** The best `count` levels of a side, best first. */
  levels(side: SideName, count: number): Level[] {
    const from = this[side];
    const levels: Level[] = [];
    for (let rank = 0; rank < Math.min(count, from.size); rank += 1) {
      levels.push({
        price: asPrice(stepsToUnits(from.ticksAt(rank), this.ticks)),
        quantity: asQuantity(stepsToUnits(from.lotsAt(rank), this.lots)),
      });
    }
    return levels;
  }

  /** True when the venue holds no level of this side beyond the best `count`. */
  isComplete(side: SideName, count: number): boolean {
    return (side === 'bids' ? this.wholeBids : this.wholeAsks) && this[side].size <= count;
  }
}
