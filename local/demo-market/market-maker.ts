import { opposite, type Side } from '../../core/market/window.ts';
import type { Agent } from './agent.ts';
import type { RestingOrder } from './book-side.ts';
import type { FairValue } from './fair-value.ts';
import type { MatchingBook } from './matching-book.ts';
import type { SeededRandom } from './random.ts';
import type { Scale } from './scale.ts';

/** Distance of each rung from the first, in basis points, and its mean size in units. */
const RUNGS = [
  { awayBps: 0, units: 2.5 },
  { awayBps: 1, units: 3 },
  { awayBps: 2.4, units: 4 },
  { awayBps: 4.5, units: 5 },
  { awayBps: 8, units: 6 },
] as const;

/**
 * Keeps a ladder of orders on both sides of what it believes the fair value to be. Between two looks its orders stay
 * where they are, so a moving market catches them; a filled rung comes back at the next look.
 */
export class MarketMaker implements Agent {
  nextAt: number;
  #lastView: number;
  readonly #rungs = new Map<string, RestingOrder>();
  readonly #book: MatchingBook;
  readonly #fair: FairValue;
  readonly #scale: Scale;
  readonly #halfSpread: number;
  readonly #lookMs: number;
  readonly #random: SeededRandom;

  constructor(
    market: { readonly book: MatchingBook; readonly fair: FairValue; readonly scale: Scale },
    manner: { readonly startAt: number; readonly halfSpreadBps: number; readonly lookMs: number },
    random: SeededRandom,
  ) {
    this.nextAt = manner.startAt;
    this.#book = market.book;
    this.#fair = market.fair;
    this.#lastView = market.fair.ticks;
    this.#scale = market.scale;
    this.#halfSpread = manner.halfSpreadBps * market.scale.ticksPerBp;
    this.#lookMs = manner.lookMs;
    this.#random = random;
  }

  act(): void {
    const view = this.#fair.ticks + this.#random.bell() * 0.05 * this.#scale.ticksPerBp;
    for (const [index, rung] of RUNGS.entries()) {
      for (const side of ['buy', 'sell'] as const) {
        const away = this.#halfSpread + rung.awayBps * this.#scale.ticksPerBp;
        this.#keep(side, index, this.#target(side, view, away), rung.units);
      }
    }
    // A market that runs away is watched more closely.
    const movedBps = Math.abs(view - this.#lastView) / this.#scale.ticksPerBp;
    this.#lastView = view;
    this.nextAt += this.#random.exponential(this.#lookMs / (1 + movedBps / 3));
  }

  /** A maker never crosses: with the other side in the way it stands one tick before it. */
  #target(side: Side, view: number, away: number): number {
    const wanted = side === 'buy' ? Math.floor(view - away) : Math.ceil(view + away);
    const other = this.#book.best(opposite(side));
    if (other === null) return Math.max(1, wanted);
    return Math.max(1, side === 'buy' ? Math.min(wanted, other - 1) : Math.max(wanted, other + 1));
  }

  #keep(side: Side, rung: number, target: number, units: number): void {
    const key = `${side}${rung}`;
    const standing = this.#rungs.get(key);
    if (standing && standing.lots > 0) {
      // Outer rungs are moved less eagerly: giving up a place in a queue costs a maker something.
      const patience = Math.max(1, Math.round((0.6 + rung * 0.5) * this.#scale.ticksPerBp));
      const tooEager = side === 'buy' ? standing.tick - target : target - standing.tick;
      if (tooEager <= 0 && -tooEager <= patience) return;
      if (tooEager > 0 && tooEager <= patience - 1) return;
      this.#book.cancel(standing);
    }
    const lots = this.#scale.lots(units * this.#random.between(0.5, 1.5));
    const order = this.#book.place(side, target, lots);
    if (order) this.#rungs.set(key, order);
  }
}
