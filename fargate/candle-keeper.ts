import type { CandleInterval } from '../core/market/candle.ts';
import type { InstrumentId, VenueId } from '../core/market/instrument.ts';
import type { MarketUpdate } from '../core/market/market-update.ts';
import type { MarketWindow } from '../core/market/window.ts';
import { beatAt, type EpochMs, SECOND_MS } from '../core/time.ts';
import { CandleCheck, type CheckCounts, type HourCheck } from './candle-check.ts';
import { CandleWriter, type WriterOptions } from './candle-writer.ts';
import { type AskerOptions, HistoryAsker } from './history-asker.ts';
import { InstrumentHistory } from './instrument-history.ts';
import type { KeptBars } from './kept-bars.ts';
import { StoreLook } from './store-look.ts';

/** What a feed on live venues is given to keep its bars with. */
export interface CandleKeeping extends WriterOptions {
  /** Intervals that strategies listen to: of these as much history is kept as anybody reads at once. */
  readonly strategyIntervals: readonly CandleInterval[];
}

export interface KeeperOptions extends CandleKeeping, AskerOptions {}

/** What the keeper says of itself. */
export interface CandlesReport {
  /** Bars stored, and not yet stored. */
  readonly stored: number;
  readonly unstored: number;
  /** Bars given up while the store did not answer. */
  readonly dropped: number;
  /** Why the store does not take bars, in words; null while it does. */
  readonly storeFault: string | null;
  /** Questions put to venues, answers that came, and bars still wanted. */
  readonly asked: number;
  readonly answered: number;
  readonly wanted: number;
  /** Minutes held against the venues' own since the feed began, and the newest hour of each instrument. */
  readonly compared: Readonly<Partial<Record<VenueId, CheckCounts>>>;
  readonly hours: readonly HourCheck[];
}

const LOOK_EVERY_MS = 5 * SECOND_MS;

/**
 * Keeps the bars of a running feed as history: its own as they close, and the venue's for what it did not see: from before it
 * began, and of bars that closed incomplete. What a venue cannot tell stays a gap, marked as such. All time is the windows'.
 * It never holds up a window: what it asks for and what it stores happens beside.
 */
export class CandleKeeper {
  private readonly options: KeeperOptions;
  private readonly writer: CandleWriter;
  private readonly asker: HistoryAsker;
  private readonly storeLook: StoreLook;
  private readonly check = new CandleCheck();
  private readonly histories = new Map<InstrumentId, InstrumentHistory>();
  private now: EpochMs | undefined;
  private answered = 0;

  constructor(options: KeeperOptions) {
    this.options = options;
    this.writer = new CandleWriter(options);
    this.asker = new HistoryAsker(options);
    this.storeLook = new StoreLook(options);
  }

  /** Sees a window that was published. @throws what went wrong beside and was no fault of the store. */
  saw(window: MarketWindow): void {
    const before = this.now;
    const now = window.closedAt;
    this.now = now;
    this.takeBars(window);
    if (before === undefined) return;
    for (const [id, hour] of this.check.due(before, now))
      this.histories.get(id)?.wanted.get('1m')?.want(hour);
    if (beatAt(now, LOOK_EVERY_MS) === beatAt(before, LOOK_EVERY_MS)) return;
    this.storeLook.look(now, this.histories);
    this.asker.ask(now, this.histories);
    this.writer.look(now, this.keptBars());
    this.forgetUnfollowed();
  }

  /** Sees what a venue told of its bars. */
  told(update: Extract<MarketUpdate, { kind: 'candles' }>): void {
    const history = this.histories.get(update.instrumentId);
    if (history === undefined || this.now === undefined) return;
    this.answered += 1;
    history.told(update);
    this.check.told(update);
    this.asker.ask(this.now, this.histories);
  }

  /** Stores what is not stored yet; resolves also when the store does not answer. @throws as {@link saw}. */
  async close(): Promise<void> {
    await this.storeLook.settled();
    await this.writer.close(this.keptBars());
    const { unstored, storeFault } = this.report();
    const next = 'the next feed asks the venues for them';
    if (unstored > 0) this.options.log.warn('candles lost', { bars: unstored, why: storeFault, next });
  }

  report(): CandlesReport {
    const all = [...this.histories.values()];
    const sum = (of: (one: InstrumentHistory) => number): number =>
      all.reduce((total, one) => total + of(one), 0);
    return {
      stored: this.writer.stored,
      unstored: sum(({ kept }) => kept.unstored),
      dropped: sum(({ kept }) => kept.dropped),
      storeFault: this.writer.fault,
      asked: this.asker.asked,
      answered: this.answered,
      wanted: sum(({ wanted }) => [...wanted.values()].reduce((total, { count }) => total + count, 0)),
      compared: Object.fromEntries(this.check.compared()),
      hours: this.check.hours(),
    };
  }

  private takeBars({ closedAt, instruments }: MarketWindow): void {
    for (const history of this.histories.values()) history.isFollowed = false;
    for (const { instrumentId: id, status, candles } of instruments) {
      const history = this.histories.get(id) ?? this.begin(id, closedAt);
      history.isFollowed = true;
      history.isSilent = status === 'stale';
      history.isSeen ||= !history.isSilent;
      for (const candle of candles) {
        history.took(candle);
        this.check.took(id, candle);
      }
    }
  }

  private begin(id: InstrumentId, now: EpochMs): InstrumentHistory {
    const history = new InstrumentHistory(now, this.options.strategyIntervals);
    this.histories.set(id, history);
    return history;
  }

  private keptBars(): ReadonlyMap<InstrumentId, KeptBars> {
    return new Map([...this.histories].map(([id, { kept }]) => [id, kept]));
  }

  /** What is followed no longer goes once it is stored. */
  private forgetUnfollowed(): void {
    if (this.writer.isWriting) return;
    for (const [id, { isFollowed, kept }] of this.histories)
      if (!isFollowed && kept.unstored === 0) {
        this.histories.delete(id);
        this.check.forget(id);
      }
  }
}
