import { invariant } from '../invariant.ts';
import { beatAt, type EpochMs, HOUR_MS, plusMs } from '../time.ts';
import { CANDLE_INTERVALS } from './candle.ts';
import type { GameState } from './game.ts';
import { type Instrument, type InstrumentId, type VenueId, venueOf } from './instrument.ts';
import { InstrumentPicture } from './instrument-picture.ts';
import { type MarketUpdate, subjectOf } from './market-update.ts';
import { BREAKER_SPAN_MS, type CircuitBreaker } from './quality/breaker.ts';
import { ClockWatch } from './quality/clock-watch.ts';
import type { BreakerChange } from './quality/instrument-quality.ts';
import type { ClockOffsets, FeedId, MarketWindow, QualityReason, Settlement } from './window.ts';

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
  /** Followed from the beginning; {@link WindowBuilder.follow} adds others. */
  readonly instruments: readonly InstrumentId[];
  /** Rules known before the venue announces them. */
  readonly rules?: readonly Instrument[];
  /** Called before a window closes, with its edge: what time alone changes is applied then. */
  onEdge?(edge: EpochMs): void;
  /** Told each opening and closing of an instrument's breaker as it happens, and when it wants a fresh snapshot. */
  onBreaker?(instrumentId: InstrumentId, change: BreakerChange): void;
}

const NOTHING_CLOSED: readonly MarketWindow[] = [];
const NEVER_MEASURED: ClockOffsets = {};

/**
 * Cuts the stream of updates into windows. A frame belongs to the window `[closedAt - windowMs, closedAt)` that its receive
 * stamp falls in, whenever a timer fires; quiet beats close too; stamps never go backwards. Pure in its inputs: the same
 * frames give the same windows, however often {@link advanceTo} is called between them.
 */
export class WindowBuilder {
  private readonly options: WindowOptions;
  /** Sorted by instrument id, as windows show them. */
  private ids: readonly InstrumentId[];
  private readonly pictures = new Map<InstrumentId, InstrumentPicture>();
  private readonly clocks = new Map<VenueId, ClockWatch>();
  private readonly failuresOfRemoved = new Map<QualityReason, number>();
  /** Breakers that were open when their instrument was left, less than their clean minute ago. */
  private readonly openWhenLeft = new Map<InstrumentId, { breaker: CircuitBreaker; at: EpochMs }>();
  private settlements: Settlement[] = [];
  private readonly games = new Map<string, GameState>();
  /** When the window in progress closes; undefined before the first frame. */
  private edge: EpochMs | undefined;
  private now: EpochMs | undefined;
  private previousClosedAt: EpochMs | null = null;
  private seq = 0;
  private slowest: ClockOffsets = {};
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

  get clockOffsets(): ClockOffsets {
    if (this.clocks.size === 0) return NEVER_MEASURED;
    const offsets: Partial<Record<VenueId, number>> = {};
    for (const [venue, { estimateMs }] of [...this.clocks].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (estimateMs !== null) offsets[venue] = estimateMs;
    return offsets;
  }

  /** What was wrong with messages and books since the feed began, by reason, over all instruments. */
  failures(): ReadonlyMap<QualityReason, number> {
    const total = new Map<QualityReason, number>(this.failuresOfRemoved);
    for (const picture of this.pictures.values()) addCounts(total, picture.failures());
    return total;
  }

  /** Slowest message of each venue in the newest window, in milliseconds behind the quickest of the last minute. */
  get latencies(): ClockOffsets {
    return this.slowest;
  }

  /** What windows show, also before the first one closes; sorted. */
  get instruments(): readonly InstrumentId[] {
    return this.ids;
  }

  /** Receive time of the newest message about an instrument's book; null before the first, or when it is not followed. */
  lastBookAt(id: InstrumentId): EpochMs | null {
    return this.pictures.get(id)?.lastBookAt ?? null;
  }

  /** The edge of the window in progress; undefined before the first frame. */
  get nextEdge(): EpochMs | undefined {
    return this.edge;
  }

  /** Shows these instruments from the window in progress on, and no longer shows those. */
  follow(add: readonly InstrumentId[], remove: readonly InstrumentId[]): void {
    const { now } = this;
    if (now !== undefined) {
      for (const id of remove) this.leave(id, now);
      for (const [id, { at }] of this.openWhenLeft)
        if (now - at >= BREAKER_SPAN_MS) this.openWhenLeft.delete(id);
      for (const id of add) if (!this.pictures.has(id)) this.join(id, now);
    }
    this.ids = [...new Set([...this.ids.filter((id) => !remove.includes(id)), ...add])].sort();
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
    if (update.kind === 'game') {
      const { kind, game } = update.update;
      // A heartbeat says that nothing changed.
      if (kind !== 'heartbeat') this.games.set(`${game.league}/${game.gameId}`, game);
      return;
    }
    const id = subjectOf(update);
    const picture = id === undefined ? undefined : this.pictures.get(id);
    if (id === undefined || picture === undefined) return;
    picture.apply(update, at);
    if (update.kind === 'settlement') {
      const { instrumentId, payout, isFinal, occurredAt } = update;
      this.settlements.push({ instrumentId, payout, isFinal, occurredAt });
    } else if (
      (update.kind === 'trade' || update.kind === 'book') &&
      update.occurredAt !== null &&
      update.isPolled !== true
    )
      this.judgeDelay(picture, update.occurredAt, at);
  }

  /** Closes the window in progress because the source has ended; nothing when no frame ever came. */
  finish(): Iterable<MarketWindow> {
    return this.edge === undefined ? NOTHING_CLOSED : this.closeThrough(this.edge);
  }

  private judgeDelay(picture: InstrumentPicture, occurredAt: EpochMs, at: EpochMs): void {
    const { delayMs, isLate, jumpMs } = picture.clock.observe(occurredAt, at);
    if (delayMs !== null && delayMs > picture.delayMs) picture.delayMs = delayMs;
    if (isLate) {
      this.lateMessages += 1;
      picture.fault('late', at);
    }
    if (jumpMs === null) return;
    // The clock is the venue's: one failure, and a reservation about all that it stamped.
    picture.fault('clock_jump', at);
    for (const other of this.pictures.values()) if (other.clock === picture.clock) other.flag('clock_jump');
  }

  private leave(id: InstrumentId, at: EpochMs): void {
    const picture = this.pictures.get(id);
    if (picture === undefined) return;
    const breaker = picture.leave(at);
    if (breaker !== null) this.openWhenLeft.set(id, { breaker, at });
    addCounts(this.failuresOfRemoved, picture.failures());
    this.pictures.delete(id);
  }

  /** An instrument that was halted a moment ago is not trusted for being followed again. */
  private join(id: InstrumentId, at: EpochMs): void {
    const picture = this.picture(id, at);
    this.pictures.set(id, picture);
    const left = this.openWhenLeft.get(id);
    this.openWhenLeft.delete(id);
    if (left !== undefined) picture.resume(left.breaker, at);
  }

  private picture(id: InstrumentId, from: EpochMs): InstrumentPicture {
    const picture = new InstrumentPicture(id, from, this.clockOf(id), (change) =>
      this.options.onBreaker?.(id, change),
    );
    const rules = this.options.rules?.find((one) => one.id === id);
    if (rules !== undefined) picture.follow(rules);
    return picture;
  }

  private clockOf(id: InstrumentId): ClockWatch {
    const venue = venueOf(id);
    invariant(venue !== undefined, `${id} names no known venue`);
    const clock = this.clocks.get(venue) ?? new ClockWatch();
    this.clocks.set(venue, clock);
    return clock;
  }

  private begin(at: EpochMs): void {
    const { windowMs } = this.options;
    this.now = at;
    this.edge = plusMs(beatAt(at, windowMs), windowMs);
    this.previousClosedAt = null;
    this.seq = 0;
    for (const id of this.ids) {
      const known = this.pictures.get(id);
      if (known === undefined) this.pictures.set(id, this.picture(id, at));
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
    this.options.onEdge?.(closedAt);
    const instruments = this.ids.flatMap((id) => this.pictures.get(id)?.close(closedAt, depth) ?? []);
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
      clockOffsets: this.clockOffsets,
      closes,
      instruments,
      settlements: this.settlements,
      games: this.takeGames(),
    };
    this.settlements = [];
    this.slowest = this.takeDelays();
    this.seq += 1;
    this.previousClosedAt = closedAt;
    return window;
  }

  private takeDelays(): ClockOffsets {
    const delays: Partial<Record<VenueId, number>> = {};
    for (const [id, picture] of this.pictures) {
      const venue = venueOf(id);
      const delayMs = picture.takeDelay();
      if (venue !== undefined && delayMs !== null) delays[venue] = Math.max(delays[venue] ?? 0, delayMs);
    }
    return delays;
  }

  private takeGames(): readonly GameState[] {
    if (this.games.size === 0) return [];
    const games = [...this.games].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, game]) => game);
    this.games.clear();
    return games;
  }
}

function addCounts(to: Map<QualityReason, number>, from: ReadonlyMap<QualityReason, number>): void {
  for (const [reason, count] of from) to.set(reason, (to.get(reason) ?? 0) + count);
}
