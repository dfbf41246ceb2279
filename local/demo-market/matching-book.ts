import { invariant } from '../../core/invariant.ts';
import { opposite, type Side } from '../../core/market/window.ts';
import { BookSide, type RestingOrder } from './book-side.ts';

/** One match of an incoming order with one resting order, at the resting order's price. */
export interface Match {
  readonly tick: number;
  readonly lots: number;
  readonly aggressor: Side;
  readonly makerOrderId: number;
  readonly takerOrderId: number;
}

/** A level's new total; 0 means that the level is gone. */
export interface LevelChange {
  readonly side: Side;
  readonly tick: number;
  readonly lots: number;
}

export interface BookNews {
  readonly matches: readonly Match[];
  readonly changes: readonly LevelChange[];
}

/**
 * The simulated venue's own limit order book: price-time priority, one FIFO queue per tick. Prices are whole ticks and
 * sizes whole lots. What happened is collected until {@link takeNews} is called.
 */
export class MatchingBook {
  readonly #bids = new BookSide('buy');
  readonly #asks = new BookSide('sell');
  #orders = 0;
  #matches: Match[] = [];
  #changes: LevelChange[] = [];

  /** Matches what crosses, rests the remainder at the back of its queue; null when nothing remained to rest. */
  place(side: Side, tick: number, lots: number): RestingOrder | null {
    invariant(Number.isSafeInteger(tick) && tick > 0, `a price must be a positive whole tick, got ${tick}`);
    invariant(Number.isSafeInteger(lots) && lots > 0, `a size must be a positive whole lot, got ${lots}`);
    const id = this.#nextId();
    const remaining = lots - this.#match(id, side, lots, tick);
    if (remaining === 0) return null;
    const order = { id, side, tick, lots: remaining };
    this.#changed(side, tick, this.#side(side).join(order));
    return order;
  }

  /** Takes from the other side, best price first and oldest order first, no further than `limitTick`; the lots taken. */
  take(side: Side, lots: number, limitTick: number | null = null): number {
    return this.#match(this.#nextId(), side, lots, limitTick);
  }

  /** False when the order was filled or canceled before. */
  cancel(order: RestingOrder): boolean {
    if (order.lots === 0) return false;
    this.#changed(order.side, order.tick, this.#side(order.side).leave(order));
    order.lots = 0;
    return true;
  }

  /** The best price on a side, null when the side is empty. */
  best(side: Side): number | null {
    return this.#side(side).best?.tick ?? null;
  }

  lotsAt(side: Side, tick: number): number {
    return this.#side(side).at(tick)?.lots ?? 0;
  }

  /** Up to `count` levels, best first. */
  levels(side: Side, count: number): readonly { readonly tick: number; readonly lots: number }[] {
    return this.#side(side).top(count);
  }

  /** Matches and level changes since the last call, in the order they happened. */
  takeNews(): BookNews {
    const news = { matches: this.#matches, changes: this.#changes };
    this.#matches = [];
    this.#changes = [];
    return news;
  }

  #match(takerOrderId: number, aggressor: Side, lots: number, limitTick: number | null): number {
    const resting = this.#side(opposite(aggressor));
    let remaining = lots;
    while (remaining > 0) {
      const level = resting.best;
      if (!level || (limitTick !== null && isWorse(aggressor, level.tick, limitTick))) break;
      while (remaining > 0) {
        const maker = level.orders[0];
        if (!maker) break;
        const matched = Math.min(remaining, maker.lots);
        remaining -= matched;
        resting.fillFront(matched);
        this.#matches.push({
          tick: level.tick,
          lots: matched,
          aggressor,
          makerOrderId: maker.id,
          takerOrderId,
        });
      }
      this.#changed(opposite(aggressor), level.tick, level.lots);
    }
    return lots - remaining;
  }

  #changed(side: Side, tick: number, lots: number): void {
    this.#changes.push({ side, tick, lots });
  }

  #side(side: Side): BookSide {
    return side === 'buy' ? this.#bids : this.#asks;
  }

  #nextId(): number {
    this.#orders += 1;
    return this.#orders;
  }
}

const isWorse = (aggressor: Side, tick: number, limitTick: number): boolean =>
  aggressor === 'buy' ? tick > limitTick : tick < limitTick;
