import { DAY_MS, MINUTE_MS } from '../../core/time.ts';
import { type HistoryOptions, PriceHistory, type SimBar } from './price-history.ts';
import type { SimTrade } from './sim-book.ts';

/** Minutes kept of what was traded: two days, more than anybody asks for at once. */
const MINUTES_MAX = 2_880;

/** One market's bars: from its trades since it opened, and a made-up past before. */
export class SimCandles {
  private readonly history: PriceHistory;
  private readonly openedAt: number;
  private readonly minutes = new Map<number, SimBar>();
  private newest: SimBar | undefined;
  private close: number;
  /** A day up to a minute, without what came in that minute. */
  private day: { readonly minute: number; readonly sum: SimBar | undefined } | undefined;

  constructor(options: HistoryOptions) {
    this.history = new PriceHistory(options);
    this.openedAt = options.openedAt - (options.openedAt % MINUTE_MS);
    this.close = options.openingTicks;
  }

  /** The price of the newest trade. */
  get lastTicks(): number {
    return this.close;
  }

  take({ tick: ticks, lots }: SimTrade, at: number): void {
    const start = at - (at % MINUTE_MS);
    const bar = this.newest?.start === start ? this.newest : this.begin(start, ticks);
    bar.high = Math.max(bar.high, ticks);
    bar.low = Math.min(bar.low, ticks);
    bar.close = ticks;
    bar.lots += lots;
    bar.turnover += BigInt(ticks) * BigInt(lots);
    bar.trades += 1;
    this.close = ticks;
  }

  /** Bars of an interval, a multiple of a minute, that begin in `[from, through]`, oldest first; none where nothing was traded. */
  bars(intervalMs: number, from: number, through: number): SimBar[] {
    const bars: SimBar[] = [];
    for (let start = Math.ceil(from / intervalMs) * intervalMs; start <= through; start += intervalMs) {
      const bar = this.bar(start, intervalMs, through + intervalMs);
      if (bar !== undefined) bars.push(bar);
    }
    return bars;
  }

  /** What was traded in `[start, start + lengthMs)`; undefined for nothing. Nothing is known from `now` on. */
  bar(start: number, lengthMs: number, now: number): SimBar | undefined {
    let sum: SimBar | undefined;
    for (let at = start; at < Math.min(start + lengthMs, now); at += MINUTE_MS) {
      const minute = at < this.openedAt ? this.history.minute(at) : this.minutes.get(at);
      if (minute === undefined) continue;
      if (sum === undefined) sum = { ...minute, start };
      else add(sum, minute);
    }
    return sum;
  }

  /** What was traded in the day up to now; undefined for nothing. Asked for often, so most of it is kept for a minute. */
  lastDay(now: number): SimBar | undefined {
    const minute = now - (now % MINUTE_MS);
    if (this.day?.minute !== minute) this.day = { minute, sum: this.bar(minute - DAY_MS, DAY_MS, minute) };
    const { sum } = this.day;
    const latest = this.bar(minute, MINUTE_MS, minute + MINUTE_MS);
    if (sum === undefined || latest === undefined) return sum ?? latest;
    const whole = { ...sum };
    add(whole, latest);
    return whole;
  }

  private begin(start: number, ticks: number): SimBar {
    const bar = {
      start,
      open: ticks,
      high: ticks,
      low: ticks,
      close: ticks,
      lots: 0,
      turnover: 0n,
      trades: 0,
    };
    this.minutes.set(start, bar);
    this.newest = bar;
    for (const oldest of this.minutes.keys()) {
      if (this.minutes.size <= MINUTES_MAX) break;
      this.minutes.delete(oldest);
    }
    return bar;
  }
}

function add(sum: SimBar, bar: SimBar): void {
  sum.high = Math.max(sum.high, bar.high);
  sum.low = Math.min(sum.low, bar.low);
  sum.close = bar.close;
  sum.lots += bar.lots;
  sum.turnover += bar.turnover;
  sum.trades += bar.trades;
}
