import { invariant } from '../../core/invariant.ts';
import type { Side } from '../../core/market/window.ts';

/** An order in the book. `lots` is what remains; 0 means filled or canceled. */
export interface RestingOrder {
  readonly id: number;
  readonly side: Side;
  readonly tick: number;
  lots: number;
}

/** All orders at one tick, oldest first; `lots` is their sum. */
export interface PriceLevel {
  readonly tick: number;
  lots: number;
  readonly orders: RestingOrder[];
}

/** One side of the matching book. Levels are kept sorted with the best one last, where most of the traffic is. */
export class BookSide {
  readonly #sign: 1 | -1;
  readonly #levels: PriceLevel[] = [];
  readonly #byTick = new Map<number, PriceLevel>();

  constructor(side: Side) {
    this.#sign = side === 'buy' ? 1 : -1;
  }

  get best(): PriceLevel | undefined {
    return this.#levels[this.#levels.length - 1];
  }

  at(tick: number): PriceLevel | undefined {
    return this.#byTick.get(tick);
  }

  /** Up to `count` levels, best first. */
  top(count: number): { tick: number; lots: number }[] {
    return this.#levels
      .slice(-count)
      .reverse()
      .map(({ tick, lots }) => ({ tick, lots }));
  }

  /** Puts the order at the back of its queue; the level's new total. */
  join(order: RestingOrder): number {
    const level = this.#byTick.get(order.tick) ?? this.#open(order.tick);
    level.orders.push(order);
    level.lots += order.lots;
    return level.lots;
  }

  /** Removes the order from its queue; the level's new total. */
  leave(order: RestingOrder): number {
    const level = this.#byTick.get(order.tick);
    const place = level?.orders.indexOf(order) ?? -1;
    invariant(level !== undefined && place >= 0, `order ${order.id} is not in the book`);
    level.orders.splice(place, 1);
    level.lots -= order.lots;
    if (level.orders.length === 0) this.#close(level);
    return level.lots;
  }

  /** Fills `lots` of the oldest order at the best price. */
  fillFront(lots: number): void {
    const level = this.best;
    const order = level?.orders[0];
    invariant(
      level !== undefined && order !== undefined && order.lots >= lots,
      `nothing to fill ${lots} lots`,
    );
    order.lots -= lots;
    level.lots -= lots;
    if (order.lots > 0) return;
    level.orders.shift();
    if (level.orders.length === 0) this.#close(level);
  }

  #open(tick: number): PriceLevel {
    const level: PriceLevel = { tick, lots: 0, orders: [] };
    this.#byTick.set(tick, level);
    this.#levels.splice(this.#placeOf(tick), 0, level);
    return level;
  }

  #close(level: PriceLevel): void {
    this.#byTick.delete(level.tick);
    this.#levels.splice(this.#placeOf(level.tick), 1);
  }

  /** Where a tick stands, or would stand, among the sorted levels. */
  #placeOf(tick: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#levels[middle];
      if (there && there.tick * this.#sign < tick * this.#sign) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
