import { asQuantity, max, min, type Price, type Quantity } from '../amounts.ts';
import { beatAt, type EpochMs, plusMs, SECOND_MS } from '../time.ts';
import { CANDLE_INTERVALS, type Candle, INTERVAL_MS, isAligned, isHistoryInterval } from './candle.ts';
import { CandleBar } from './candle-bar.ts';
import type { CandlePart } from './candle-fold.ts';

/**
 * What became of a bar of history. `known`: the ladder has that stretch complete without it. `past`: no bar in progress
 * holds it any more. `unfinished`: it ends after the moment given. `unusable`: incomplete, shorter than a minute, or not
 * begun where its interval begins.
 */
export type SeedOutcome = 'taken' | 'known' | 'past' | 'unfinished' | 'unusable';

/** What traded in the second in progress. */
interface Traded {
  readonly open: Price;
  high: Price;
  low: Price;
  close: Price;
  volume: Quantity;
  trades: number;
}

/** The newest price known, and when it held. */
interface LastClose {
  readonly price: Price;
  readonly at: EpochMs;
}

const NOTHING_CLOSED: readonly Candle[] = [];

/**
 * Builds the bars of one instrument in all intervals, by receive time. Prints enter the bar of one second only; each longer
 * bar is folded from the finished ones of the next shorter interval. A bar without prints repeats the last close; before
 * the first print there is no price and no bar.
 *
 * History fills what the feed has not seen. A {@link seed seeded} bar stands for a stretch of time inside a longer bar in
 * progress, if that stretch is missing (before the feed began) or incomplete (the minute in which it began, minutes that lost
 * messages); what was seen completely is never replaced. The longer bar is complete when no part is missing in the end. Bars
 * that were handed over stay as they were, and no shorter bars are made of seeds. The venue cuts its bars by its own time: a
 * print at the edge between a seed and a bar of ours, at most as late as its message, may count in both or in neither.
 */
export class CandleLadder {
  /** The second in progress. */
  private start: EpochMs;
  private end: EpochMs;
  private traded: Traded | undefined;
  /** The second in progress may miss prints. The one in which the feed began always may. */
  private isTainted = true;
  private isDoubtful = true;
  private last: LastClose | undefined;
  /** The longer bars in progress, shortest first. */
  private readonly bars: CandleBar[];
  private closed: Candle[] = [];

  constructor(feedStart: EpochMs) {
    this.start = beatAt(feedStart, SECOND_MS);
    this.end = plusMs(this.start, SECOND_MS);
    this.bars = CANDLE_INTERVALS.slice(1).map(
      (interval) => new CandleBar(interval, beatAt(feedStart, INTERVAL_MS[interval])),
    );
  }

  add(price: Price, quantity: Quantity, trades: number, receivedAt: EpochMs): void {
    this.rollTo(receivedAt);
    const { traded } = this;
    this.last = { price, at: receivedAt };
    if (traded === undefined) {
      this.traded = { open: price, high: price, low: price, close: price, volume: quantity, trades };
      return;
    }
    traded.high = max(traded.high, price);
    traded.low = min(traded.low, price);
    traded.close = price;
    traded.volume = asQuantity(traded.volume + quantity);
    traded.trades += trades;
  }

  /** From `at` on every bar is marked incomplete, until the doubt ends. */
  doubt(isDoubtful: boolean, at: EpochMs): void {
    this.rollTo(at);
    this.isDoubtful = isDoubtful;
    if (isDoubtful) this.isTainted = true;
  }

  /** Only the bars that hold `at` are marked incomplete. */
  taint(at: EpochMs): void {
    this.rollTo(at);
    this.isTainted = true;
  }

  /**
   * Takes a finished bar of history, of a minute or longer, in any order, at the receive time of the answer that told it.
   * Its close is the last close when no newer print is known.
   */
  seed(candle: Candle, at: EpochMs): SeedOutcome {
    this.rollTo(at);
    const end = plusMs(candle.start, INTERVAL_MS[candle.interval]);
    if (!candle.complete || !isHistoryInterval(candle.interval) || !isAligned(candle)) return 'unusable';
    if (end > at) return 'unfinished';
    const holder = this.bars.find((bar) => candle.start >= bar.start);
    if (holder?.seed(candle) === false) return 'known';
    if (this.last === undefined || this.last.at < end) this.last = { price: candle.close, at: end };
    return holder === undefined ? 'past' : 'taken';
  }

  /** Hands over the bars that ended at or before `closedAt`, shortest interval first, oldest first. */
  takeClosed(closedAt: EpochMs): readonly Candle[] {
    this.rollTo(closedAt);
    const { closed } = this;
    if (closed.length === 0) return NOTHING_CLOSED;
    this.closed = [];
    // Stable: bars of one interval stay in their order.
    return closed.sort((a, b) => INTERVAL_MS[a.interval] - INTERVAL_MS[b.interval]);
  }

  private rollTo(at: EpochMs): void {
    while (at >= this.end) {
      this.climb(this.finishSecond());
      this.start = this.end;
      this.end = plusMs(this.end, SECOND_MS);
      this.traded = undefined;
      this.isTainted = this.isDoubtful;
    }
  }

  private finishSecond(): CandlePart {
    const traded = this.traded ?? quietAt(this.last?.price);
    if (traded === undefined) return this.isTainted ? undefined : 'quiet';
    return { interval: '1s', start: this.start, ...traded, complete: !this.isTainted };
  }

  /** A finished second enters the bar of five; each bar that ends with it is folded and enters the next longer one. */
  private climb(second: CandlePart): void {
    if (typeof second === 'object') this.closed.push(second);
    let part: CandlePart | CandleBar = second;
    let { start } = this;
    for (const [n, bar] of this.bars.entries()) {
      bar.put(start, part);
      if (bar.end !== this.end) return;
      const folded = bar.fold();
      if (typeof folded === 'object') this.closed.push(folded);
      this.bars[n] = new CandleBar(bar.interval, bar.end);
      part = bar.asPart(folded);
      ({ start } = bar);
    }
  }
}

const quietAt = (price: Price | undefined): Traded | undefined =>
  price === undefined
    ? undefined
    : { open: price, high: price, low: price, close: price, volume: asQuantity(0n), trades: 0 };
