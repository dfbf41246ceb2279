import { type EpochMs, MINUTE_MS, plusMs } from '../time.ts';
import { CANDLE_INTERVALS, type Candle, type CandleInterval, INTERVAL_MS } from './candle.ts';
import { type CandlePart, isWhole, joinParts } from './candle-fold.ts';

/**
 * A bar that is put together from its parts, bars of the next shorter interval. One that has ended without being whole keeps
 * its parts inside the longer bar that it belongs to, down to the minute, so that history may still complete that.
 */
export class CandleBar {
  readonly interval: CandleInterval;
  readonly start: EpochMs;
  readonly end: EpochMs;
  private readonly partInterval: CandleInterval;
  private readonly parts: (CandlePart | CandleBar)[];

  /** Any interval but the shortest, which has no parts. */
  constructor(interval: CandleInterval, start: EpochMs) {
    this.interval = interval;
    this.start = start;
    this.end = plusMs(start, INTERVAL_MS[interval]);
    this.partInterval = CANDLE_INTERVALS[CANDLE_INTERVALS.indexOf(interval) - 1] ?? interval;
    const length = INTERVAL_MS[interval] / INTERVAL_MS[this.partInterval];
    this.parts = Array.from({ length }, () => undefined);
  }

  /** Puts in the part that began at `start`. */
  put(start: EpochMs, part: CandlePart | CandleBar): void {
    this.parts[this.placeOf(start)] = part;
  }

  fold(): CandlePart {
    return joinParts(this.interval, this.start, this.parts.map(foldOf));
  }

  /** What the longer bar keeps of this one, once it has ended as `folded`. */
  asPart(folded: CandlePart): CandlePart | CandleBar {
    return isWhole(folded) || this.end - this.start <= MINUTE_MS ? folded : this;
  }

  /** Puts a complete, shorter bar of history in its place. False when that place is whole without it. */
  seed(candle: Candle): boolean {
    const place = this.placeOf(candle.start);
    const part = this.parts[place];
    if (isWhole(foldOf(part))) return false;
    if (candle.interval === this.partInterval) {
      this.parts[place] = candle;
      return true;
    }
    const bar = part instanceof CandleBar ? part : this.emptyPart(place);
    const isTaken = bar.seed(candle);
    const folded = bar.fold();
    // Nothing can make it better: its parts, up to a day of minutes, are of no more use.
    this.parts[place] = isWhole(folded) ? folded : bar;
    return isTaken;
  }

  private emptyPart(place: number): CandleBar {
    return new CandleBar(this.partInterval, plusMs(this.start, place * INTERVAL_MS[this.partInterval]));
  }

  private placeOf(at: EpochMs): number {
    return Math.floor((at - this.start) / INTERVAL_MS[this.partInterval]);
  }
}

const foldOf = (part: CandlePart | CandleBar): CandlePart => (part instanceof CandleBar ? part.fold() : part);
