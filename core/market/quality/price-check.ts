import { type EpochMs, SECOND_MS } from '../../time.ts';
import { MovingBand } from './moving-band.ts';
import type { PriceScale } from './price-scale.ts';

/** What a price is: of a trade, or the best bid or ask of a book. */
export type PriceKind = 'trade' | 'bid' | 'ask';

/** After a longer silence the prices before it say little: the check warms up anew. */
const SILENCE_SECONDS_MAX = 60;

/**
 * Looks for prices of one instrument outside three sigma of their average over about a minute (see {@link MovingBand}). Every
 * price is judged, against the seconds before its own; the newest one of a second then enters the average. A market that
 * jumps and stays costs two failures, one that jumps and returns costs one.
 *
 * A best bid is judged upward only and a best ask downward only: a wrong level becomes the best one by being too good,
 * while a bid far below is a side that was withdrawn.
 */
export class PriceCheck {
  private readonly band: MovingBand;
  private second = Number.NEGATIVE_INFINITY;
  private endsAt = Number.NEGATIVE_INFINITY;
  private newest = 0;
  private hasFailed = false;

  constructor(scale: PriceScale) {
    this.band = new MovingBand(scale);
  }

  /** The venue changed the instrument's rules; what was learned of its price stays. */
  useScale(scale: PriceScale): void {
    this.band.scale = scale;
  }

  /**
   * True when the price is an outlier, at most once per second. `units` are of 10^-8, as a number: a ratio is judged here,
   * so that what a double loses of a large price does not matter. A time before an earlier one counts as that one.
   */
  isOutlier(units: number, kind: PriceKind, at: EpochMs): boolean {
    if (at >= this.endsAt) this.turnTo(Math.floor(at / SECOND_MS));
    this.newest = units;
    const { low, high } = this.band;
    if (units >= low && units <= high) return false;
    const isTooGood = units > high ? kind !== 'ask' : kind !== 'bid';
    if (this.hasFailed || !isTooGood) return false;
    this.hasFailed = true;
    return true;
  }

  private turnTo(second: number): void {
    const silence = second - this.second;
    if (Number.isFinite(silence)) {
      this.band.take(this.newest);
      if (silence > SILENCE_SECONDS_MAX) this.band.forget();
      this.band.open(silence);
    }
    this.second = second;
    this.endsAt = (second + 1) * SECOND_MS;
    this.hasFailed = false;
  }
}
