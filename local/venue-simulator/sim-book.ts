import { invariant } from '../../core/invariant.ts';
import type { SideName } from '../../core/market/order-book.ts';
import type { Side } from '../../core/market/window.ts';
import { SeededRandom } from '../demo-market/random.ts';
import { BookDigest } from './book-digest.ts';

export interface SimBookOptions {
  readonly seed: number;
  /** Gives each book a chance of its own: the symbol. */
  readonly label: string;
  /** Every level lies between these, both included; the price wanders between them and never leaves. */
  readonly ticksMin: number;
  readonly ticksMax: number;
  readonly openingTicks: number;
  /** What a usual level holds. */
  readonly usualLots: number;
  /** Levels of a side, about; at most half as many again. */
  readonly levels: number;
}

/** A level after a change; 0 lots mean that it is gone. */
export interface SimLevel {
  readonly ticks: number;
  readonly lots: number;
}

export interface SimChange extends SimLevel {
  readonly side: SideName;
}

export interface SimTrade extends SimLevel {
  readonly id: number;
  readonly aggressor: Side;
}

/** Of a hundred steps, so many are somebody crossing the spread. */
const TAKER_SHARE = 0.25;
/** Places behind the best price at which orders come, on average. */
const USUAL_DISTANCE = 6;
/** How hard the price is drawn back to where it opened: 1 would let it never touch its bounds. */
const DRAWN_BACK = 0.4;

/**
 * A small seeded market of one instrument in whole ticks and lots: levels come, change and go around a price that wanders,
 * and trades take what rests. It is never crossed or locked, and neither side is ever empty. Made for many steps a second:
 * levels lie in one array by price, since a price is either a bid or an ask.
 */
export class SimBook {
  readonly ticksMin: number;
  readonly ticksMax: number;
  /** What the last step changed, in order; the same list each time. */
  readonly changes: SimChange[] = [];
  readonly trades: SimTrade[] = [];
  /** Id of the newest change; each change has one. */
  updateId: number;
  tradeId: number;
  bestBid: number;
  bestAsk: number;
  private readonly options: SimBookOptions;
  private readonly random: SeededRandom;
  private readonly resting: Float64Array;
  private readonly counts = { bids: 0, asks: 0 };
  private readonly hash = new BookDigest();
  private worstBid: number;
  private worstAsk: number;
  private leaning = 0;

  constructor(options: SimBookOptions) {
    const { seed, label, ticksMin, ticksMax, openingTicks, levels } = options;
    invariant(
      ticksMin > 0 && ticksMin < openingTicks && openingTicks < ticksMax,
      `${label}: the opening price must lie between the bounds, above zero`,
    );
    this.options = options;
    this.ticksMin = ticksMin;
    this.ticksMax = ticksMax;
    this.random = new SeededRandom(seed, `${label}/book`);
    this.resting = new Float64Array(ticksMax - ticksMin + 1);
    this.updateId = this.random.integer(1_000_000_000, 2_000_000_000);
    this.tradeId = this.random.integer(10_000_000, 20_000_000);
    this.bestBid = openingTicks - 1;
    this.bestAsk = openingTicks;
    this.worstBid = this.bestBid;
    this.worstAsk = this.bestAsk;
    this.set('bids', this.bestBid, this.size());
    this.set('asks', this.bestAsk, this.size());
    for (let n = 0; n < 4 * levels; n += 1) this.quote(n % 2 === 0 ? 'bids' : 'asks');
    this.changes.length = 0;
  }

  /** Lets one thing happen; what it changed is in `changes` and `trades`. */
  step(): void {
    this.changes.length = 0;
    this.trades.length = 0;
    if (this.random.chance(TAKER_SHARE)) this.take();
    else this.requote();
    this.updateId += this.changes.length;
  }

  lotsAt(side: SideName, ticks: number): number {
    const isThere = side === 'bids' ? ticks <= this.bestBid : ticks >= this.bestAsk;
    return isThere ? (this.resting[ticks - this.ticksMin] ?? 0) : 0;
  }

  sizeOf(side: SideName): number {
    return this.counts[side];
  }

  /** The best `count` levels, best first. */
  levels(side: SideName, count: number): SimLevel[] {
    const levels: SimLevel[] = [];
    const [best, worst, way] =
      side === 'bids' ? [this.bestBid, this.worstBid, -1] : [this.bestAsk, this.worstAsk, 1];
    for (let ticks = best; levels.length < count && (worst - ticks) * way >= 0; ticks += way) {
      const lots = this.resting[ticks - this.ticksMin] ?? 0;
      if (lots > 0) levels.push({ ticks, lots });
    }
    return levels;
  }

  /** Stands for all levels as they are now; see {@link BookDigest}. */
  get digest(): number {
    return this.hash.value;
  }

  /** Somebody crosses the spread: takes a part of the best level, or all of it and perhaps of the next. */
  private take(): void {
    const aggressor = this.aggressor();
    const side: SideName = aggressor === 'buy' ? 'asks' : 'bids';
    let left = this.random.chance(0.4) ? Number.POSITIVE_INFINITY : 0;
    const most = this.random.integer(1, 2);
    for (let n = 0; n < most; n += 1) {
      const ticks = side === 'bids' ? this.bestBid : this.bestAsk;
      const there = this.lotsAt(side, ticks);
      // The last order of a side stays, or there would be no price.
      const takable = this.counts[side] > 1 ? there : there - 1;
      if (takable <= 0) return;
      const lots = left > 0 ? takable : Math.max(1, Math.floor(takable * this.random.between(0.05, 0.9)));
      this.set(side, ticks, there - lots);
      this.tradeId += 1;
      this.trades.push({ id: this.tradeId, aggressor, ticks, lots });
      if (lots < there) return;
      left = this.random.chance(0.5) ? left : 0;
    }
  }

  /** The side persists for some trades, and leans back to the opening price. */
  private aggressor(): Side {
    const { openingTicks } = this.options;
    if (this.random.chance(0.1)) this.leaning = this.random.between(-0.15, 0.15);
    const off = (this.bestBid + this.bestAsk) / 2 - openingTicks;
    const room = off > 0 ? this.ticksMax - openingTicks : openingTicks - this.ticksMin;
    return this.random.chance(0.5 + this.leaning - DRAWN_BACK * (off / room)) ? 'buy' : 'sell';
  }

  private requote(): void {
    const count = this.random.integer(1, 5);
    for (let n = 0; n < count; n += 1) this.quote(this.random.chance(0.5) ? 'bids' : 'asks');
  }

  /** One level comes, changes or goes. */
  private quote(side: SideName): void {
    const { levels } = this.options;
    if (this.counts[side] > levels * 1.5) {
      this.set(side, side === 'bids' ? this.worstBid : this.worstAsk, 0);
      return;
    }
    const ticks = this.place(side);
    const lots = this.lotsAt(side, ticks);
    const mayGo = this.counts[side] > Math.max(1, levels / 2);
    if (lots > 0 && mayGo && this.random.chance(0.45)) this.set(side, ticks, 0);
    else this.set(side, ticks, this.size());
  }

  /** Inside the spread at times, else behind the best price, less often the further. */
  private place(side: SideName): number {
    const inside = this.bestAsk - this.bestBid - 1;
    const way = side === 'bids' ? -1 : 1;
    const best = side === 'bids' ? this.bestBid : this.bestAsk;
    if (inside > 0 && this.random.chance(0.4))
      return best - way * this.random.integer(1, Math.min(inside, 3));
    const distance = Math.floor(this.random.exponential(USUAL_DISTANCE));
    return Math.min(this.ticksMax, Math.max(this.ticksMin, best + way * distance));
  }

  private size(): number {
    return Math.max(1, Math.round(this.options.usualLots * (0.1 + this.random.exponential(1))));
  }

  private set(side: SideName, ticks: number, lots: number): void {
    const place = ticks - this.ticksMin;
    const before = this.lotsAt(side, ticks);
    if (before === lots) return;
    this.hash.toggle(side, ticks, before);
    this.hash.toggle(side, ticks, lots);
    this.resting[place] = lots;
    if (before === 0) this.counts[side] += 1;
    if (lots === 0) this.counts[side] -= 1;
    if (side === 'bids') this.moveBids(ticks, lots);
    else this.moveAsks(ticks, lots);
    this.changes.push({ side, ticks, lots });
  }

  private moveBids(ticks: number, lots: number): void {
    if (lots > 0) {
      this.bestBid = Math.max(this.bestBid, ticks);
      this.worstBid = Math.min(this.worstBid, ticks);
      return;
    }
    while (this.resting[this.bestBid - this.ticksMin] === 0) this.bestBid -= 1;
    while (this.resting[this.worstBid - this.ticksMin] === 0) this.worstBid += 1;
  }

  private moveAsks(ticks: number, lots: number): void {
    if (lots > 0) {
      this.bestAsk = Math.min(this.bestAsk, ticks);
      this.worstAsk = Math.max(this.worstAsk, ticks);
      return;
    }
    while (this.resting[this.bestAsk - this.ticksMin] === 0) this.bestAsk += 1;
    while (this.resting[this.worstAsk - this.ticksMin] === 0) this.worstAsk -= 1;
  }
}
