import { invariant } from '../invariant.ts';
import { beatAt, type EpochMs, HOUR_MS, plusMs } from '../time.ts';
import { CANDLE_INTERVALS } from './candle.ts';
import { ClockOffset, LATE_MS } from './clock-offset.ts';
import type { InstrumentId } from './instrument.ts';
import { InstrumentPicture } from './instrument-picture.ts';
import type { MarketUpdate } from './market-update.ts';
import type { FeedId, MarketWindow } from './window.ts';

/**
 * A jump of more than this begins a new life of the feed, as a restart does, instead of an hour and more of empty
 * windows: a laptop slept, or a recording has a hole.
 */
export const SILENCE_MAX_MS = HOUR_MS;

export interface WindowOptions {
  readonly feedId: FeedId;
  /** Length of a window; beats are its multiples in receive time. */
  readonly windowMs: number;
  /** Levels shown per side. */
  readonly depth: number;
  readonly configHash: string;
  readonly epoch: number;
  readonly instruments: readonly InstrumentId[];
}

const NOTHING_CLOSED: readonly MarketWindow[] = [];

/**
 * Cuts the stream of updates into windows. A frame belongs to the window `[closedAt - windowMs, closedAt)` that its receive
 * stamp falls in, whenever a timer fires; quiet beats close too; stamps never go backwards. Pure in its inputs: the same
 * frames give the same windows, however often {@link advanceTo} is called between them.
 */
export class WindowBuilder {
  private readonly options: WindowOptions;
  private readonly ids: readonly InstrumentId[];
  private readonly pictures = new Map<InstrumentId, InstrumentPicture>();
  private readonly offset = new ClockOffset();
  /** When the window in progress closes; undefined before the first frame. */
  private edge: EpochMs | undefined;
  private now: EpochMs | undefined;
  private previousClosedAt: EpochMs | null = null;
  private seq = 0;
  /** Frames whose stamp lay before an earlier one; they count at the newest stamp. */
  clampedStamps = 0;
  /** Messages that came more than five seconds after their venue time, by the estimated clock offset. */
  lateMessages = 0;
  /** Times the feed began anew after more than {@link SILENCE_MAX_MS} without a frame. */
  longSilences = 0;

  constructor(options: WindowOptions) {
    invariant(
      Number.isSafeInteger(options.windowMs) && options.windowMs > 0,
      'windowMs must be a positive whole number',
    );
    this.options = options;
    this.ids = [...options.instruments].sort();
  }

  get clockOffsetMs(): number | null {
    return this.offset.estimateMs;
  }

  /**
   * Moves to the receive time of the next frame. Yields the windows that close before it; take them all before the frame's
   * updates are applied.
   */
  frameAt(receivedAt: EpochMs): Iterable<MarketWindow> {
    if (this.edge === undefined) {
      this.begin(receivedAt);
      return NOTHING_CLOSED;
    }
    if (this.now !== undefined && receivedAt < this.now) {
      this.clampedStamps += 1;
      return NOTHING_CLOSED;
    }
    if (receivedAt < this.edge) {
      this.now = receivedAt;
      return NOTHING_CLOSED;
    }
    return this.closeBefore(receivedAt);
  }

  /** A timer's call: yields the windows whose close is not after `now`. Before the first frame there are none. */
  advanceTo(now: EpochMs): Iterable<MarketWindow> {
    return this.edge === undefined || now < this.edge ? NOTHING_CLOSED : this.closeThrough(now);
  }

  /** Applies what one frame said, at the moment given by the last {@link frameAt}. */
  apply(update: MarketUpdate): void {
    const at = this.now;
    invariant(at !== undefined, 'an update needs a frame: call frameAt first');
    const id = update.kind === 'instrument' ? update.instrument.id : update.instrumentId;
    const picture = this.pictures.get(id);
    if (picture === undefined) return;
    picture.apply(update, at);
    if ((update.kind === 'trade' || update.kind === 'book') && update.occurredAt !== null) {
      if (this.offset.observe(update.occurredAt, at) > LATE_MS) {
        this.lateMessages += 1;
        picture.flag('late');
      }
    }
  }

  /** Closes the window in progress because the source has ended; nothing when no frame ever came. */
  finish(): Iterable<MarketWindow> {
    return this.edge === undefined ? NOTHING_CLOSED : this.closeThrough(this.edge);
  }

  private begin(at: EpochMs): void {
    const { windowMs } = this.options;
    this.now = at;
    this.edge = plusMs(beatAt(at, windowMs), windowMs);
    this.previousClosedAt = null;
    this.seq = 0;
    for (const id of this.ids) {
      const known = this.pictures.get(id);
      if (known === undefined) this.pictures.set(id, new InstrumentPicture(id, at));
      else known.beginAgain(at);
    }
  }

  private *closeBefore(receivedAt: EpochMs): Generator<MarketWindow> {
    yield* this.closeThrough(receivedAt);
    this.now = receivedAt;
  }

  /** Leaves `now` at the last edge, not at the timer's moment: a frame stamped between the two keeps its own stamp. */
  private *closeThrough(at: EpochMs): Generator<MarketWindow> {
    while (this.edge !== undefined && this.edge <= at) {
      const closedAt = this.edge;
      const window = this.closeWindow(closedAt);
      if (at - closedAt > SILENCE_MAX_MS) {
        this.longSilences += 1;
        this.begin(at);
        yield window;
        return;
      }
      this.now = closedAt;
      this.edge = plusMs(closedAt, this.options.windowMs);
      yield window;
    }
  }

  private closeWindow(closedAt: EpochMs): MarketWindow {
    const { feedId, epoch, configHash, depth } = this.options;
    const instruments = [...this.pictures.values()].map((picture) => picture.close(closedAt, depth));
    const closes = CANDLE_INTERVALS.filter((interval) =>
      instruments.some((one) => one.candles.some((candle) => candle.interval === interval)),
    );
    const window: MarketWindow = {
      feedId,
      closedAt,
      previousClosedAt: this.previousClosedAt,
      seq: this.seq,
      epoch,
      configHash,
      clockOffsetMs: this.offset.estimateMs,
      closes,
      instruments,
    };
    this.seq += 1;
    this.previousClosedAt = closedAt;
    return window;
  }
}
