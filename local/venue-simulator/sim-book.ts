import { invariant } from '../../core/invariant.ts';
import type { SideName } from '../../core/market/order-book.ts';
import type { Side } from '../../core/market/window.ts';
import { SeededRandom } from '../demo-market/random.ts';
import { type SimLevel, TickSides } from './tick-sides.ts';

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

/** A level after a change. */
export interface SimChange extends SimLevel {
  readonly side: SideName;
}

export interface SimTrade extends SimLevel {
  readonly id: number;
  readonly aggressor: Side;
}

/** The share of steps in which somebody crosses the spread. */
const TAKER_SHARE = 0.25;
/** Places behind the best price at which orders come, on average. */
const USUAL_DISTANCE = 6;
/** How hard the price is drawn back to where it opened: at its bounds it turns so much more often than not. */
const DRAWN_BACK = 0.4;

/**
 * A small seeded market of one instrument in whole ticks and lots: levels come, change and go around a price that wanders,
 * and trades take what rests. It is never crossed or locked, and neither side is ever empty. Made for many steps a second.
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
  private readonly options: SimBookOptions;
  private readonly random: SeededRandom;
  private readonly sides: TickSides;
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
    this.updateId = this.random.integer(1_000_000_000, 2_000_000_000);
    this.tradeId = this.random.integer(10_000_000, 20_000_000);
    const bid = { tick: openingTicks - 1, lots: this.size() };
    this.sides = new TickSides(ticksMin, ticksMax, bid, { tick: openingTicks, lots: this.size() });
    for (let n = 0; n < 4 * levels; n += 1) this.quote(n % 2 === 0 ? 'bids' : 'asks');
    this.changes.length = 0;
  }

  get bestBid(): number {
    return this.sides.bestBid;
  }

  get bestAsk(): number {
    return this.sides.bestAsk;
  }

  /** Stands for all levels as they are now. */
  get digest(): number {
    return this.sides.digest;
  }

  lotsAt(side: SideName, tick: number): number {
    return this.sides.lotsAt(side, tick);
  }

  sizeOf(side: SideName): number {
    return this.sides.counts[side];
  }

  /** The best `count` levels, best first. */
  levels(side: SideName, count: number): SimLevel[] {
    return this.sides.levels(side, count);
  }

  /** Lets one thing happen; what it changed is in `changes` and `trades`. */
  step(): void {
    this.changes.length = 0;
    this.trades.length = 0;
    if (this.random.chance(TAKER_SHARE)) this.take();
    else this.requote();
    this.updateId += this.changes.length;
  }

  /** Somebody crosses the spread: takes a part of the best level, or all of it and perhaps of the next. */
  private take(): void {
    const aggressor = this.aggressor();
    const side: SideName = aggressor === 'buy' ? 'asks' : 'bids';
    const levels = this.random.integer(1, 2);
    let takesAll = this.random.chance(0.4);
    for (let n = 0; n < levels; n += 1) {
      const tick = this.bestOf(side);
      const there = this.lotsAt(side, tick);
      // The last order of a side stays, or there would be no price.
      const takable = this.sizeOf(side) > 1 ? there : there - 1;
      if (takable <= 0) return;
      const lots = takesAll ? takable : Math.max(1, Math.floor(takable * this.random.between(0.05, 0.9)));
      this.set(side, tick, there - lots);
      this.tradeId += 1;
      this.trades.push({ id: this.tradeId, aggressor, tick, lots });
      if (lots < there) return;
      takesAll = this.random.chance(0.5);
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
    const count = this.sizeOf(side);
    if (count > levels * 1.5) {
      this.set(side, side === 'bids' ? this.sides.worstBid : this.sides.worstAsk, 0);
      return;
    }
    const tick = this.place(side);
    const mayGo = this.lotsAt(side, tick) > 0 && count > Math.max(1, levels / 2);
    this.set(side, tick, mayGo && this.random.chance(0.45) ? 0 : this.size());
  }

  /** Inside the spread at times, else behind the best price, less often the further. */
  private place(side: SideName): number {
    const inside = this.bestAsk - this.bestBid - 1;
    const way = side === 'bids' ? -1 : 1;
    const best = this.bestOf(side);
    if (inside > 0 && this.random.chance(0.4))
      return best - way * this.random.integer(1, Math.min(inside, 3));
    // The product of two draws: near prices often, far ones seldom.
    const distance = Math.floor(4 * USUAL_DISTANCE * this.random.next() * this.random.next());
    return Math.min(this.ticksMax, Math.max(this.ticksMin, best + way * distance));
  }

  private bestOf(side: SideName): number {
    return side === 'bids' ? this.bestBid : this.bestAsk;
  }

  private size(): number {
    return Math.max(
      1,
      Math.round(this.options.usualLots * (0.1 + 4 * this.random.next() * this.random.next())),
    );
  }

  private set(side: SideName, tick: number, lots: number): void {
    if (this.sides.set(side, tick, lots)) this.changes.push({ side, tick, lots });
  }
}
