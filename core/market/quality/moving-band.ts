import type { PriceScale } from './price-scale.ts';

/** Half a minute of memory on average: the last 60 seconds with a price carry 87 % of the weight. */
const SAMPLE_WEIGHT = 1 / 30;
/** Seconds with a price before anything is judged. */
const WARM_UP = 20;
const SIGMAS = 3;
/** So many seconds in a row outside the band, on one side, are a move of the market and no longer outliers. */
const SECONDS_TO_MOVE = 2;
/** A price walks on while nobody sees it: by as much again as within its memory after each quarter of a minute. */
const WALK_SECONDS = 15;

/**
 * Exponentially weighted mean and variance of one price for each second that has one, and the band of three sigma around the mean. A sample
 * inside the band enters both. One outside leaves the mean alone and enters the variance as if it lay on the edge, so that a
 * single wrong price excuses no other, while a market that became wild widens the band by an eighth with each such second.
 * The second one in a row on the same side is the new level: the mean moves there, and sigma becomes the size of the jump,
 * within the scale's bounds, so that a crash goes on inside the band.
 */
export class MovingBand {
  /** Replaced when the venue changes the instrument's rules. */
  scale: PriceScale;
  private mean = 0;
  private variance = 0;
  private samples = 0;
  /** Seconds in a row above the band, or as a negative number below it. */
  private run = 0;
  /** Prices from here to `high`, both included, are inside; everything is until the band is warm. */
  low = Number.NEGATIVE_INFINITY;
  high = Number.POSITIVE_INFINITY;

  constructor(scale: PriceScale) {
    this.scale = scale;
  }

  /** Takes the newest price of the second that ended. The band stays as it was until {@link open} is called. */
  take(sample: number): void {
    if (sample > this.high) this.takeOutside(sample, Math.max(this.run, 0) + 1);
    else if (sample < this.low) this.takeOutside(sample, Math.min(this.run, 0) - 1);
    else this.takeInside(sample);
  }

  /** Sets the band for a second that begins `silence` seconds after the one that was taken last. */
  open(silence: number): void {
    if (this.samples < WARM_UP) return;
    const sigma = Math.max(Math.sqrt(this.variance), this.floor(this.mean));
    const width = SIGMAS * sigma * Math.sqrt(1 + (silence - 1) / WALK_SECONDS);
    this.low = this.mean - width;
    this.high = this.mean + width;
  }

  /** Forgets all prices: everything is inside the band until it is warm again. */
  forget(): void {
    this.samples = 0;
    this.run = 0;
    this.mean = 0;
    this.variance = 0;
    this.low = Number.NEGATIVE_INFINITY;
    this.high = Number.POSITIVE_INFINITY;
  }

  private takeInside(sample: number): void {
    this.run = 0;
    this.samples += 1;
    const weight = Math.max(1 / this.samples, SAMPLE_WEIGHT);
    const change = sample - this.mean;
    this.mean += weight * change;
    this.variance = (1 - weight) * (this.variance + weight * change * change);
  }

  private takeOutside(sample: number, run: number): void {
    this.run = run;
    if (Math.abs(run) >= SECONDS_TO_MOVE) {
      this.moveTo(sample);
      return;
    }
    const width = (this.high - this.low) / 2;
    const sigma = width / SIGMAS;
    this.variance = (1 - SAMPLE_WEIGHT) * (sigma * sigma + SAMPLE_WEIGHT * width * width);
  }

  private moveTo(level: number): void {
    const ceiling = Math.max(this.scale.ceilingUnits, level * this.scale.ceilingShare);
    const sigma = Math.min(Math.abs(level - this.mean), ceiling);
    this.run = 0;
    this.mean = level;
    this.variance = sigma * sigma;
  }

  private floor(mean: number): number {
    return Math.max(this.scale.floorUnits, mean * this.scale.floorShare);
  }
}
