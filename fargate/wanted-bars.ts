import { type HistoryInterval, INTERVAL_MS } from '../core/market/candle.ts';
import { beatAt, type EpochMs, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../core/time.ts';

/** Bars in a row, by the starts of the first and the last. */
export interface Stretch {
  readonly from: EpochMs;
  readonly through: EpochMs;
}

/** Venues go on adding to a bar for a while after its end; nobody asks for it before this. */
export const ASK_AFTER_MS = MINUTE_MS;
/** Nothing was told for so long: it is asked for again, each time after twice the wait. The way to the venue tries a minute. */
export const PATIENCE_MS = 5 * MINUTE_MS;
const PATIENCE_MS_MAX = HOUR_MS;
/** Asked for in front of a hole: a quiet bar is told by the close before it, where a venue tells no quiet bars. */
const LEAD_BARS = 15;
/** What is longer is no hole but history, in whose beginning a few quiet bars do not matter. */
const HOLE_BARS_MAX = 120;
/** More holes than that are asked for as if they were one. */
const STRETCHES_MAX = 16;

/** What the venue is to tell of one instrument's bars of one interval, and what was asked for: one question at a time. */
export class WantedBars {
  private readonly stepMs: number;
  private readonly barsMax: number;
  /** In order, apart from each other. */
  private stretches: readonly Stretch[] = [];
  private question: { readonly first: EpochMs; readonly at: EpochMs } | undefined;
  private tries = 0;

  /** At most the newest `barsMax` bars are wanted. */
  constructor(interval: HistoryInterval, barsMax: number) {
    this.stepMs = INTERVAL_MS[interval];
    this.barsMax = barsMax;
  }

  /** A question is on its way, as far as anybody can still expect an answer. */
  isAsked(now: EpochMs): boolean {
    return this.question !== undefined && now < this.question.at + PATIENCE_MS;
  }

  /** Bars that are still to be asked for, or to be told. */
  get count(): number {
    return this.stretches.reduce((sum, { from, through }) => sum + (through - from) / this.stepMs + 1, 0);
  }

  want({ from, through }: Stretch): void {
    if (from > through) return;
    const merged: Stretch[] = [];
    for (const one of [...this.stretches, { from, through }].sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last !== undefined && one.from <= plusMs(last.through, this.stepMs))
        merged.splice(-1, 1, { from: last.from, through: later(last.through, one.through) });
      else merged.push(one);
    }
    const [first, second] = merged;
    if (merged.length > STRETCHES_MAX && first && second)
      merged.splice(0, 2, { from: first.from, through: second.through });
    this.stretches = merged;
  }

  /** What to ask for now: the newest stretch first, as far as it is over. Undefined while there is nothing to ask. */
  next(now: EpochMs): Stretch | undefined {
    if (this.question !== undefined && now < this.question.at + this.patienceMs()) return undefined;
    const newest = plusMs(beatAt(plusMs(now, -ASK_AFTER_MS), this.stepMs), -this.stepMs);
    this.forgetBefore(plusMs(newest, -(this.barsMax - 1) * this.stepMs));
    const stretch = this.stretches.findLast(({ from }) => from <= newest);
    return stretch && { from: stretch.from, through: earlier(stretch.through, newest) };
  }

  /** The question for {@link next} as it is put, with what comes before. */
  ask({ from, through }: Stretch, now: EpochMs): Stretch {
    this.tries = this.question === undefined ? 0 : this.tries + 1;
    this.question = { first: from, at: now };
    const isHole = through - from < HOLE_BARS_MAX * this.stepMs;
    return { from: isHole ? plusMs(from, -LEAD_BARS * this.stepMs) : from, through };
  }

  /** How often the question under way was put before, in vain. */
  get repeats(): number {
    return this.tries;
  }

  /** The venue told of this stretch what it knows; nothing of it is asked for again. */
  answered({ from, through }: Stretch): void {
    if (from > through) return;
    this.stretches = this.stretches.flatMap((one) => [
      ...(one.from < from
        ? [{ from: one.from, through: earlier(one.through, plusMs(from, -this.stepMs)) }]
        : []),
      ...(one.through > through
        ? [{ from: later(one.from, plusMs(through, this.stepMs)), through: one.through }]
        : []),
    ]);
    const { question } = this;
    if (question !== undefined && question.first >= from && question.first <= through)
      this.question = undefined;
  }

  private forgetBefore(oldest: EpochMs): void {
    this.stretches = this.stretches
      .filter(({ through }) => through >= oldest)
      .map(({ from, through }) => ({ from: later(from, oldest), through }));
  }

  private patienceMs(): number {
    return Math.min(PATIENCE_MS_MAX, PATIENCE_MS * 2 ** this.tries);
  }
}

const earlier = (a: EpochMs, b: EpochMs): EpochMs => epochMs(Math.min(a, b));
const later = (a: EpochMs, b: EpochMs): EpochMs => epochMs(Math.max(a, b));
