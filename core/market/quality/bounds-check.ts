import { ONE, type Price } from '../../amounts.ts';
import { type Instrument, isOnTick } from '../instrument.ts';
import type { QualityReason } from '../window.ts';

export type BoundsFault = Extract<QualityReason, 'off_tick' | 'out_of_bounds'>;
export type PriceRules = Pick<Instrument, 'tickSize' | 'priceRanges' | 'priceMin' | 'priceMax' | 'contract'>;

/** Off-tick prices that were told and are not told again; a book whose rules are right never has so many. */
const TOLD_MAX = 64;

/**
 * Judges prices by an instrument's rules: trades and best prices, not the levels behind them. Venues enlarge ticks and leave
 * older orders resting on the finer one, so a level off the tick is no failure. Where such an order becomes the best one or
 * trades, its price is off the tick, once, however often it is seen; many different such prices mean that the venue changed
 * its tick and we hold the old rules. A price out of bounds is told each time: nothing rests there.
 */
export class BoundsCheck {
  private readonly rules: PriceRules;
  private readonly lowest: bigint;
  private readonly highest: bigint;
  private readonly told = new Set<Price>();
  /** Most prices repeat one of the last two: two sides of a spread. */
  private good: Price | undefined;
  private goodBefore: Price | undefined;

  constructor(rules: PriceRules) {
    this.rules = rules;
    // What pays 0 or 1 is never worth exactly that while it trades; venues write both for "no price".
    const isContract = rules.contract !== undefined;
    this.lowest = rules.priceMin > 0n ? rules.priceMin : 1n;
    this.highest = isContract && rules.priceMax >= ONE ? ONE - 1n : rules.priceMax;
  }

  /** What is wrong with a price, or null; an off-tick price that was told already is not told again. */
  faultOf(price: Price): BoundsFault | null {
    if (price === this.good || price === this.goodBefore) return null;
    if (price < this.lowest || price > this.highest) return 'out_of_bounds';
    if (!isOnTick(this.rules, price)) return this.tell(price) ? 'off_tick' : null;
    this.goodBefore = this.good;
    this.good = price;
    return null;
  }

  private tell(price: Price): boolean {
    if (this.told.has(price)) return false;
    if (this.told.size >= TOLD_MAX) this.told.clear();
    this.told.add(price);
    return true;
  }
}
