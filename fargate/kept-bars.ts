import {
  betterOf,
  HISTORY_INTERVALS,
  type HistoryInterval,
  isHistoryInterval,
  type StoredCandle,
} from '../core/market/candle.ts';
import type { EpochMs } from '../core/time.ts';

/** Bars kept after they were stored: what longer ones are folded from. */
const STORED_MAX: Readonly<Record<HistoryInterval, number>> = {
  '1m': 120,
  '5m': 0,
  '15m': 0,
  '1h': 48,
  '1d': 0,
};
/** A store that does not answer for days is not waited for by all bars: the oldest go, and are gaps. */
const UNSTORED_MAX = 5_000;

/** The newest bars of one instrument, of each stretch of time the better one, and which of them are not stored yet. */
export class KeptBars {
  private readonly bars = new Map(HISTORY_INTERVALS.map((one) => [one, new Map<EpochMs, StoredCandle>()]));
  private readonly waiting = new Set<StoredCandle>();
  /** Bars given up because there were too many to wait for the store. */
  dropped = 0;

  /** Bars that are not stored. */
  get unstored(): number {
    return this.waiting.size;
  }

  put(bar: StoredCandle): void {
    if (!isHistoryInterval(bar.interval)) return;
    const bars = this.bars.get(bar.interval);
    const kept = bars?.get(bar.start);
    if (kept !== undefined && (betterOf(kept, bar) === kept || isSame(kept, bar))) return;
    if (kept !== undefined) this.waiting.delete(kept);
    bars?.set(bar.start, bar);
    this.waiting.add(bar);
    if (this.waiting.size > UNSTORED_MAX) this.dropOldest();
  }

  between(interval: HistoryInterval, from: EpochMs, through: EpochMs): StoredCandle[] {
    const bars = this.bars.get(interval) ?? new Map<EpochMs, StoredCandle>();
    return [...bars.values()].filter(({ start }) => start >= from && start <= through);
  }

  /** Takes those that are to be stored now; {@link putBack} when that fails. */
  takeUnstored(isDue: (bar: StoredCandle) => boolean): StoredCandle[] {
    const due = [...this.waiting].filter(isDue);
    for (const bar of due) this.waiting.delete(bar);
    this.forgetStored();
    return due;
  }

  /** They were not stored after all; those that a better one replaced meanwhile need not be. */
  putBack(bars: readonly StoredCandle[]): void {
    for (const bar of bars) {
      if (this.keptAt(bar) === bar) this.waiting.add(bar);
      else this.put(bar);
    }
  }

  private keptAt({ interval, start }: StoredCandle): StoredCandle | undefined {
    return isHistoryInterval(interval) ? this.bars.get(interval)?.get(start) : undefined;
  }

  private forgetStored(): void {
    for (const [interval, bars] of this.bars) {
      const stored = [...bars.values()].filter((bar) => !this.waiting.has(bar));
      const tooMany = stored.length - STORED_MAX[interval];
      for (const { start } of stored.sort((a, b) => a.start - b.start).slice(0, Math.max(0, tooMany)))
        bars.delete(start);
    }
  }

  private dropOldest(): void {
    const oldest = [...this.waiting].reduce((a, b) => (b.start < a.start ? b : a));
    this.waiting.delete(oldest);
    if (isHistoryInterval(oldest.interval)) this.bars.get(oldest.interval)?.delete(oldest.start);
    this.dropped += 1;
  }
}

/** Venues tell the same bars again and again. */
const isSame = (a: StoredCandle, b: StoredCandle): boolean => FIELDS.every((field) => a[field] === b[field]);
const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'trades', 'complete', 'source'] as const;
