import { opposite, type Side } from '../../core/market/window.ts';
import type { Agent } from './agent.ts';
import type { RestingOrder } from './book-side.ts';
import type { FairValue } from './fair-value.ts';
import type { MatchingBook } from './matching-book.ts';
import type { SeededRandom } from './random.ts';
import type { Scale } from './scale.ts';

const ARRIVALS_PER_S = 9;
/** Chance a second that an order at the touch is canceled; further away it is thinned by {@link eagerness}. */
const CANCELS_PER_ORDER_S = 0.2;
const DEEPEST_BPS = 600;

/** The crowd: limit orders at and behind the touch, sometimes inside the spread, that stay until filled or given up. */
export class LimitTraders implements Agent {
  nextAt: number;
  /** Includes orders filled since; they are dropped when the dice find them. */
  readonly #orders: RestingOrder[] = [];
  readonly #book: MatchingBook;
  readonly #fair: FairValue;
  readonly #scale: Scale;
  readonly #random: SeededRandom;

  constructor(
    market: { readonly book: MatchingBook; readonly fair: FairValue; readonly scale: Scale },
    startAt: number,
    random: SeededRandom,
  ) {
    this.nextAt = startAt;
    this.#book = market.book;
    this.#fair = market.fair;
    this.#scale = market.scale;
    this.#random = random;
    this.#settle();
  }

  act(): void {
    const cancels = this.#orders.length * CANCELS_PER_ORDER_S;
    if (this.#random.chance(ARRIVALS_PER_S / (ARRIVALS_PER_S + cancels))) this.#arrive();
    else this.#reconsider();
    const perMs = (ARRIVALS_PER_S + this.#orders.length * CANCELS_PER_ORDER_S) / 1_000;
    this.nextAt += this.#random.exponential(1 / perMs);
  }

  /** The book that a newcomer finds: hundreds of levels a side, thinner with distance. */
  #settle(): void {
    const deepest = Math.round(DEEPEST_BPS * this.#scale.ticksPerBp);
    for (const side of ['buy', 'sell'] as const) {
      const outward = side === 'buy' ? -1 : 1;
      for (let away = 1; away <= deepest; away += 1) {
        if (this.#random.chance(0.15 + away / deepest / 2)) continue;
        this.#rest(side, Math.round(this.#fair.ticks) + outward * away, this.#random.exponential(2) + 0.2);
      }
    }
  }

  #arrive(): void {
    const side: Side = this.#random.chance(0.5) ? 'buy' : 'sell';
    const outward = side === 'buy' ? -1 : 1;
    const touch = this.#book.best(side) ?? Math.round(this.#fair.ticks) + outward;
    const tick = touch + outward * this.#distance(side, touch);
    this.#rest(side, tick, 0.15 + this.#random.exponential(0.9));
  }

  /** Ticks behind the touch; -1 is one tick inside the spread, where there is room. */
  #distance(side: Side, touch: number): number {
    const other = this.#book.best(opposite(side));
    const fair = this.#fair.ticks;
    // Few are so naive as to better a quote that is generous already.
    const generous = side === 'buy' ? touch >= fair : touch <= fair;
    const roomy = other !== null && Math.abs(other - touch) > 1 && !generous;
    const choice = this.#random.next();
    if (choice < 0.1) return roomy ? -1 : 0;
    if (choice < 0.42) return 0;
    if (choice < 0.72) return 1 + Math.floor(this.#random.exponential(3 * this.#scale.ticksPerBp));
    const reach = this.#random.next();
    return 1 + Math.floor(reach * reach * DEEPEST_BPS * this.#scale.ticksPerBp);
  }

  #rest(side: Side, tick: number, units: number): void {
    if (tick < 1) return;
    const order = this.#book.place(side, tick, this.#scale.lots(units));
    if (order) this.#orders.push(order);
  }

  /** Looks at one order by chance, so that cancellations are in proportion to what rests. */
  #reconsider(): void {
    const index = this.#random.integer(0, this.#orders.length - 1);
    const order = this.#orders[index];
    if (!order) return;
    if (order.lots > 0) {
      const touch = this.#book.best(order.side) ?? order.tick;
      const awayBps = Math.abs(touch - order.tick) / this.#scale.ticksPerBp;
      if (!this.#random.chance(eagerness(awayBps))) return;
      this.#book.cancel(order);
    }
    const last = this.#orders.pop();
    if (last && last !== order) this.#orders[index] = last;
  }
}

/** How likely an order is given up when looked at: near the touch people change their minds, far away they wait. */
function eagerness(awayBps: number): number {
  if (awayBps < 2) return 0.6;
  if (awayBps < 10) return 0.35;
  if (awayBps < 40) return 0.08;
  return 0.02;
}
