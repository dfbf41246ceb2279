import type { SideName } from '../../core/market/order-book.ts';
import { BookDigest } from './book-digest.ts';

/** A level as it is; 0 lots mean that it is gone. */
export interface SimLevel {
  readonly tick: number;
  readonly lots: number;
}

/**
 * Both sides of a book in one array by price, since a price is either a bid or an ask. Whoever sets levels never crosses them
 * and leaves none of the sides empty.
 */
export class TickSides {
  readonly ticksMin: number;
  bestBid: number;
  bestAsk: number;
  worstBid: number;
  worstAsk: number;
  readonly counts = { bids: 0, asks: 0 };
  private readonly resting: Float64Array;
  private readonly hash = new BookDigest();

  /** With a first level on each side. */
  constructor(ticksMin: number, ticksMax: number, bid: SimLevel, ask: SimLevel) {
    this.ticksMin = ticksMin;
    this.resting = new Float64Array(ticksMax - ticksMin + 1);
    this.bestBid = bid.tick;
    this.worstBid = bid.tick;
    this.bestAsk = ask.tick;
    this.worstAsk = ask.tick;
    this.set('bids', bid.tick, bid.lots);
    this.set('asks', ask.tick, ask.lots);
  }

  lotsAt(side: SideName, tick: number): number {
    const isThere = side === 'bids' ? tick <= this.bestBid : tick >= this.bestAsk;
    return isThere ? (this.resting[tick - this.ticksMin] ?? 0) : 0;
  }

  /** The best `count` levels, best first. */
  levels(side: SideName, count: number): SimLevel[] {
    const levels: SimLevel[] = [];
    const [best, worst, way] =
      side === 'bids' ? [this.bestBid, this.worstBid, -1] : [this.bestAsk, this.worstAsk, 1];
    for (let tick = best; levels.length < count && (worst - tick) * way >= 0; tick += way) {
      const lots = this.resting[tick - this.ticksMin] ?? 0;
      if (lots > 0) levels.push({ tick, lots });
    }
    return levels;
  }

  /** Stands for all levels as they are now; see {@link BookDigest}. */
  get digest(): number {
    return this.hash.value;
  }

  /** False when it was so already. */
  set(side: SideName, tick: number, lots: number): boolean {
    const before = this.lotsAt(side, tick);
    if (before === lots) return false;
    this.hash.toggle(side, tick, before);
    this.hash.toggle(side, tick, lots);
    this.resting[tick - this.ticksMin] = lots;
    if (before === 0) this.counts[side] += 1;
    if (lots === 0) this.counts[side] -= 1;
    if (side === 'bids') this.moveBids(tick, lots);
    else this.moveAsks(tick, lots);
    return true;
  }

  private moveBids(tick: number, lots: number): void {
    if (lots > 0) {
      this.bestBid = Math.max(this.bestBid, tick);
      this.worstBid = Math.min(this.worstBid, tick);
      return;
    }
    while (this.resting[this.bestBid - this.ticksMin] === 0) this.bestBid -= 1;
    while (this.resting[this.worstBid - this.ticksMin] === 0) this.worstBid += 1;
  }

  private moveAsks(tick: number, lots: number): void {
    if (lots > 0) {
      this.bestAsk = Math.min(this.bestAsk, tick);
      this.worstAsk = Math.max(this.worstAsk, tick);
      return;
    }
    while (this.resting[this.bestAsk - this.ticksMin] === 0) this.bestAsk += 1;
    while (this.resting[this.worstAsk - this.ticksMin] === 0) this.worstAsk -= 1;
  }
}
