import { opposite, type Side } from '../../core/market/window.ts';
import type { Agent } from './agent.ts';
import type { FairValue } from './fair-value.ts';
import type { MatchingBook } from './matching-book.ts';
import type { SeededRandom } from './random.ts';
import type { Scale } from './scale.ts';

/** Moments a second at which someone may cross the spread. */
const LOOKS_PER_S = 10;
const CALM_ORDERS_PER_S = 0.4;
/** One order excites others: this many a second more, fading with this time constant. The product must stay below 1. */
const EXCITEMENT_PER_ORDER = 0.75;
const EXCITEMENT_MS = 700;
/** Even the blind do not buy at any price: their orders carry a limit this far beyond the touch. */
const FURTHEST_BPS = 15;

/**
 * Those who cross the spread. Most know nothing and come in bursts; some know the fair value and take quotes that are on
 * the wrong side of it, which is how prices move and why a resting order's fill is often the wrong one to have.
 */
export class Takers implements Agent {
  nextAt: number;
  #lookedAt: number;
  #excitement = 0;
  #lastSide: Side = 'buy';
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
    this.#lookedAt = startAt;
    this.#book = market.book;
    this.#fair = market.fair;
    this.#scale = market.scale;
    this.#random = random;
  }

  act(): void {
    const now = this.nextAt;
    this.#excitement /= 1 + (now - this.#lookedAt) / EXCITEMENT_MS;
    this.#lookedAt = now;
    if (!this.#takeMispriced('buy') && !this.#takeMispriced('sell')) {
      if (this.#random.chance((CALM_ORDERS_PER_S + this.#excitement) / LOOKS_PER_S)) this.#takeBlindly();
    }
    this.nextAt = now + this.#random.exponential(1_000 / LOOKS_PER_S);
  }

  /** Takes what is offered beyond the fair value: more eagerly the further it is beyond. */
  #takeMispriced(side: Side): boolean {
    const touch = this.#book.best(opposite(side));
    if (touch === null) return false;
    const fair = this.#fair.ticks;
    const edge = (side === 'buy' ? fair - touch : touch - fair) / this.#scale.ticksPerBp;
    if (edge < 0.5 || !this.#random.chance(Math.min(0.9, 0.2 + edge * 0.1))) return false;
    const lots = this.#scale.lots((1 + 4 * edge) * this.#random.between(0.3, 1.7));
    this.#book.take(side, lots, side === 'buy' ? Math.floor(fair) : Math.ceil(fair));
    return true;
  }

  #takeBlindly(): void {
    const side = this.#side();
    const touch = this.#book.best(opposite(side));
    if (touch === null) return;
    const furthest = Math.round(FURTHEST_BPS * this.#scale.ticksPerBp);
    this.#book.take(side, this.#size(side), side === 'buy' ? touch + furthest : touch - furthest);
    this.#lastSide = side;
    this.#excitement += EXCITEMENT_PER_ORDER;
  }

  /** In a burst the side persists, as one large order worked in pieces would; else it leans a little to the fair value. */
  #side(): Side {
    if (this.#random.chance(Math.min(0.6, this.#excitement / 3))) return this.#lastSide;
    const bid = this.#book.best('buy');
    const ask = this.#book.best('sell');
    if (bid === null || ask === null) return this.#random.chance(0.5) ? 'buy' : 'sell';
    const offBps = (this.#fair.ticks - (bid + ask) / 2) / this.#scale.ticksPerBp;
    return this.#random.chance(0.5 + 0.12 * Math.max(-1, Math.min(1, offBps))) ? 'buy' : 'sell';
  }

  /** Many small, some round, some that take a good part of the touch, and a few that walk through it. */
  #size(side: Side): number {
    const choice = this.#random.next();
    if (choice < 0.5) return this.#scale.lots(0.08 + this.#random.exponential(0.5));
    if (choice < 0.78) return this.#scale.lots(this.#random.pick([1, 1, 2, 2, 3, 5]));
    const walks = choice < 0.94 ? 1 : this.#random.integer(2, 3);
    const there = this.#book.levels(opposite(side), walks).reduce((sum, level) => sum + level.lots, 0);
    const share = walks === 1 ? this.#random.between(0.25, 0.9) : this.#random.between(0.6, 1);
    return Math.max(this.#scale.lots(0), Math.ceil(there * share));
  }
}
