import { BLOCK_BARS } from '../adapters/store/candle-store.ts';
import { StoreError } from '../adapters/store/item-store.ts';
import { INTERVAL_MS, type StoredCandle } from '../core/market/candle.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { Log } from '../core/metrics.ts';
import type { CandleStore } from '../core/ports.ts';
import { beatAt, type EpochMs, HOUR_MS, MINUTE_MS } from '../core/time.ts';
import type { KeptBars } from './kept-bars.ts';

/**
 * When bars are written. `blocks`: each block of the table as few times as possible (docs/adr/0013), minutes when an hour is
 * over, longer bars when five are; history that the venue told, of blocks that are over, within a minute. `minutes`: all of
 * them each minute, where a write costs nothing.
 */
export type WriteCadence = 'blocks' | 'minutes';

export interface WriterOptions {
  readonly store: CandleStore;
  readonly cadence: WriteCadence;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

const LONGER_EVERY_MS = 5 * HOUR_MS;
/** Instruments whose bars are written at the same time. */
const SIDE_BY_SIDE = 4;

/** Bars of one instrument that are to be written. */
interface Batch {
  readonly id: InstrumentId;
  readonly kept: KeptBars;
  readonly bars: readonly StoredCandle[];
}

/** Writes kept bars beside the feed's work, one round after the other. A store that fails is told once and tried each minute. */
export class CandleWriter {
  private readonly options: WriterOptions;
  private writtenAt: EpochMs | undefined;
  private minutesAt: EpochMs | undefined;
  private longerAt: EpochMs | undefined;
  private writing: Promise<void> | undefined;
  private bug: unknown;
  /** Why the store does not take bars, in words; null while it does. */
  fault: string | null = null;
  /** Bars written since the feed began. */
  stored = 0;

  constructor(options: WriterOptions) {
    this.options = options;
  }

  get isWriting(): boolean {
    return this.writing !== undefined;
  }

  /** Begins a round when one is due, and does not wait for it. @throws what a round before threw that was no fault of the store. */
  look(now: EpochMs, all: ReadonlyMap<InstrumentId, KeptBars>): void {
    if (this.bug !== undefined) throw this.bug;
    const minute = beatAt(now, MINUTE_MS);
    this.minutesAt ??= beatAt(now, HOUR_MS);
    this.longerAt ??= beatAt(now, LONGER_EVERY_MS);
    if (this.writing !== undefined || minute === this.writtenAt) return;
    this.writtenAt = minute;
    const isDue = this.dueAt(now);
    this.write(all, isDue);
  }

  /** Writes everything that is left, and resolves when that is done or the store does not answer. @throws as {@link look}. */
  async close(all: ReadonlyMap<InstrumentId, KeptBars>): Promise<void> {
    await this.writing;
    this.write(all, () => true);
    await this.writing;
    if (this.bug !== undefined) throw this.bug;
  }

  private dueAt(now: EpochMs): (bar: StoredCandle) => boolean {
    if (this.options.cadence === 'minutes' || this.fault !== null) return () => true;
    const hour = beatAt(now, HOUR_MS);
    const longer = beatAt(now, LONGER_EVERY_MS);
    const [isHour, isLonger] = [hour !== this.minutesAt, longer !== this.longerAt];
    this.minutesAt = hour;
    this.longerAt = longer;
    return (bar) =>
      (bar.interval === '1m' ? isHour : isLonger) || (bar.source === 'venue' && isPast(bar, now));
  }

  private write(all: ReadonlyMap<InstrumentId, KeptBars>, isDue: (bar: StoredCandle) => boolean): void {
    const batches: Batch[] = [];
    for (const [id, kept] of all) {
      const bars = kept.takeUnstored(isDue);
      if (bars.length > 0) batches.push({ id, kept, bars });
    }
    if (batches.length === 0) return;
    this.writing = this.storeAll(batches).then(
      () => {
        this.writing = undefined;
      },
      (error: unknown) => {
        this.writing = undefined;
        this.bug = error;
      },
    );
  }

  private async storeAll(batches: readonly Batch[]): Promise<void> {
    const queue = batches.values();
    const faults: StoreError[] = [];
    const worker = async (): Promise<void> => {
      for (const batch of queue) {
        const fault = isOver(faults) ? faults[0] : await this.store(batch);
        if (fault === undefined) continue;
        batch.kept.putBack(batch.bars);
        faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    this.tell(faults[0]);
  }

  /** What the store has against it; undefined when it took the bars. */
  private async store({ id, bars }: Batch): Promise<StoreError | undefined> {
    try {
      for (const source of ['own', 'venue'] as const) {
        const some = bars.filter((bar) => bar.source === source);
        if (some.length > 0) await this.options.store.put(id, some, source);
      }
    } catch (error) {
      if (error instanceof StoreError) return error;
      throw error;
    }
    this.stored += bars.length;
    return undefined;
  }

  private tell(fault: StoreError | undefined): void {
    const { log } = this.options;
    if (fault !== undefined && this.fault === null)
      log.warn('candles not stored', {
        why: fault.message,
        next: 'they are kept and tried again each minute',
      });
    if (fault === undefined && this.fault !== null) log.info('candles are stored again');
    this.fault = fault?.message ?? null;
  }
}

/** One item that cannot be read says nothing about the others; a store that does not answer will not answer them either. */
const isOver = (faults: readonly StoreError[]): boolean => faults.some(({ fault }) => fault !== 'corrupt');

/** The block of the bar is over: nothing of this feed's own comes into it any more. */
const isPast = ({ interval, start }: StoredCandle, now: EpochMs): boolean => {
  const blockMs = BLOCK_BARS * INTERVAL_MS[interval];
  return beatAt(start, blockMs) + blockMs <= now;
};
