import { StoreError } from '../adapters/store/item-store.ts';
import { HISTORY_INTERVALS } from '../core/market/candle.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { Log } from '../core/metrics.ts';
import type { CandleStore } from '../core/ports.ts';
import { beatAt, type EpochMs, MINUTE_MS } from '../core/time.ts';
import type { InstrumentHistory } from './instrument-history.ts';

/** Minutes are asked for in any case. */
const LONGER = HISTORY_INTERVALS.filter((interval) => interval !== '1m');

export interface LookOptions {
  readonly store: CandleStore;
  readonly log: Pick<Log, 'warn'>;
}

/** Looks into the store for what it lacks of the time before the feed, once for each instrument, beside the feed's work. */
export class StoreLook {
  private readonly options: LookOptions;
  private looking: Promise<void> | undefined;
  private failedIn: EpochMs | undefined;
  private bug: unknown;

  constructor(options: LookOptions) {
    this.options = options;
  }

  /** A store that does not answer is told once and asked again in the next minute. @throws what was no fault of the store. */
  look(now: EpochMs, histories: ReadonlyMap<InstrumentId, InstrumentHistory>): void {
    if (this.bug !== undefined) throw this.bug;
    const minute = beatAt(now, MINUTE_MS);
    if (this.looking !== undefined || minute === this.failedIn) return;
    const open = [...histories].filter(([, one]) => one.isSeen && one.isFollowed && !one.isCompared);
    if (open.length === 0) return;
    this.looking = this.compare(open).then(
      () => this.over(undefined),
      (error: unknown) => {
        if (error instanceof StoreError) this.fail(error, minute);
        else this.bug = error;
        this.over(this.failedIn);
      },
    );
  }

  async settled(): Promise<void> {
    await this.looking;
  }

  private async compare(open: readonly (readonly [InstrumentId, InstrumentHistory])[]): Promise<void> {
    for (const [id, history] of open) {
      for (const interval of LONGER) {
        const { from, through } = history.before(interval);
        history.lacks(interval, await this.options.store.gaps(id, interval, from, through));
      }
      history.isCompared = true;
    }
  }

  private fail(error: StoreError, minute: EpochMs): void {
    if (this.failedIn === undefined)
      this.options.log.warn('candles not read', { why: error.message, next: 'tried again each minute' });
    this.failedIn = minute;
  }

  private over(failedIn: EpochMs | undefined): void {
    this.failedIn = failedIn;
    this.looking = undefined;
  }
}
