import { asQuantity, max, min, type Price, type Quantity } from '../amounts.ts';
import { beatAt, type EpochMs, plusMs } from '../time.ts';
import { type Candle, type CandleInterval, INTERVAL_MS } from './candle.ts';

const NO_VOLUME = asQuantity(0n);

/**
 * Builds the bars of one instrument and one interval from prints, by receive time. A bar without prints repeats the last
 * close; before the first print there is no price and no bar.
 */
export class CandleBuilder {
  private readonly interval: CandleInterval;
  private readonly lengthMs: number;
  private start: EpochMs;
  private end: EpochMs;
  private open: Price | null = null;
  private high: Price | null = null;
  private low: Price | null = null;
  private close: Price | null = null;
  private volume: Quantity = NO_VOLUME;
  private trades = 0;
  /** The bar in progress may miss prints. The bar in which the feed began always may. */
  private isTainted = true;
  private isDoubtful = true;
  private closed: Candle[] = [];

  constructor(interval: CandleInterval, feedStart: EpochMs) {
    this.interval = interval;
    this.lengthMs = INTERVAL_MS[interval];
    this.start = beatAt(feedStart, this.lengthMs);
    this.end = plusMs(this.start, this.lengthMs);
  }

  add(price: Price, quantity: Quantity, trades: number, receivedAt: EpochMs): void {
    this.rollTo(receivedAt);
    if (this.trades === 0) {
      this.open = price;
      this.high = price;
      this.low = price;
    } else {
      this.high = this.high === null ? price : max(this.high, price);
      this.low = this.low === null ? price : min(this.low, price);
    }
    this.close = price;
    this.volume = asQuantity(this.volume + quantity);
    this.trades += trades;
  }

  /** From `at` on every bar is marked incomplete, until the doubt ends. */
  doubt(isDoubtful: boolean, at: EpochMs): void {
    this.rollTo(at);
    this.isDoubtful = isDoubtful;
    if (isDoubtful) this.isTainted = true;
  }

  /** Only the bar that holds `at` is marked incomplete. */
  taint(at: EpochMs): void {
    this.rollTo(at);
    this.isTainted = true;
  }

  /** Hands over the bars that ended at or before `closedAt`, oldest first. */
  takeClosed(closedAt: EpochMs): Candle[] {
    this.rollTo(closedAt);
    if (this.closed.length === 0) return [];
    const taken = this.closed;
    this.closed = [];
    return taken;
  }

  private rollTo(at: EpochMs): void {
    while (at >= this.end) this.finishBar();
  }

  private finishBar(): void {
    if (this.close !== null) {
      this.closed.push({
        interval: this.interval,
        start: this.start,
        open: this.open ?? this.close,
        high: this.high ?? this.close,
        low: this.low ?? this.close,
        close: this.close,
        volume: this.volume,
        trades: this.trades,
        complete: !this.isTainted,
      });
    }
    this.start = this.end;
    this.end = plusMs(this.end, this.lengthMs);
    this.open = null;
    this.high = null;
    this.low = null;
    this.volume = NO_VOLUME;
    this.trades = 0;
    this.isTainted = this.isDoubtful;
  }
}
