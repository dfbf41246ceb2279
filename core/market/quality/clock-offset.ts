import type { EpochMs } from '../../time.ts';
import { FirstOffset } from './first-offset.ts';
import { CLOCK_JUMP_MS, OffsetWindow } from './offset-window.ts';

/** One estimation window of receive time, in milliseconds. */
const WINDOW_MS = 5_000;
/** One minute: long enough to meet a quick message in a quiet market, short enough to follow a drifting clock. */
const WINDOWS_KEPT = 12;
/** So many windows with messages must agree on another offset, one after another, before it is believed. */
const WINDOWS_TO_MOVE = 3;

interface Level {
  readonly index: number;
  readonly differenceMs: number;
}

/**
 * Estimates venue clock minus receive clock. Each message shows that difference minus its own delay on the network, so the
 * largest difference of the last minute is the best estimate; a recorder's clock may be seconds off and is only reported.
 *
 * A message that differs from the estimate by more than {@link CLOCK_JUMP_MS} does not move it: it is slow, or its stamp is
 * wrong. Only when three windows of five seconds agree on another offset was a clock set, ours by NTP or the venue's by its
 * operators; that takes 10 to 20 s of messages. A laptop's sleep sets no clock: what lay in the socket is as late as it
 * looks, and the fresh messages after it agree with the estimate from before.
 */
export class ClockOffset {
  private readonly first = new FirstOffset();
  private startedAt: EpochMs | undefined;
  private index = 0;
  /** Null while the first window lasts. */
  private window: OffsetWindow | null = null;
  private estimate = 0;
  /** Largest differences of the windows of the last minute that agreed, newest last. */
  private levels: readonly Level[] = [];
  private dissent: readonly Level[] = [];

  /** Milliseconds by which the venue's clock leads ours; null until something was measured. */
  get estimateMs(): number | null {
    return this.window === null ? this.first.estimateMs : this.estimate;
  }

  /**
   * Takes one message's venue stamp minus its receive stamp; receive stamps must not descend. Returns the milliseconds by
   * which the offset jumped when this message ends the window that proved it, else null.
   */
  observe(differenceMs: number, receivedAt: EpochMs): number | null {
    this.startedAt ??= receivedAt;
    const index = Math.floor((receivedAt - this.startedAt) / WINDOW_MS);
    const jumpMs = index > this.index ? this.advanceTo(index) : null;
    if (this.window === null) this.first.observe(differenceMs, receivedAt);
    else this.add(differenceMs, this.window);
    return jumpMs;
  }

  private add(differenceMs: number, window: OffsetWindow): void {
    window.add(differenceMs);
    const { agreedMs } = window;
    // With every level older than a minute, the first message that agrees takes over, though it may be slower.
    if (agreedMs > this.estimate || (this.levels.length === 0 && Number.isFinite(agreedMs)))
      this.estimate = agreedMs;
  }

  private advanceTo(index: number): number | null {
    const ended = this.index;
    this.index = index;
    if (this.window === null) {
      this.settleFirst(ended);
      return null;
    }
    const before = this.estimate;
    const { kind, differenceMs } = this.window.level();
    const level = { index: ended, differenceMs };
    if (kind === 'agrees') {
      this.levels = [...this.levels, level];
      this.dissent = [];
    } else {
      this.dissent = [...this.dissent, level].slice(-WINDOWS_TO_MOVE);
    }
    const hasMoved = this.dissent.length === WINDOWS_TO_MOVE && spread(this.dissent) <= CLOCK_JUMP_MS;
    if (hasMoved) this.moveTo(this.dissent);
    this.forgetBefore(index - WINDOWS_KEPT);
    this.window = new OffsetWindow(this.estimate);
    return hasMoved ? this.estimate - before : null;
  }

  private settleFirst(index: number): void {
    const { estimateMs, isSupported } = this.first;
    if (estimateMs === null || !isSupported) return;
    this.estimate = estimateMs;
    this.levels = [{ index, differenceMs: estimateMs }];
    this.window = new OffsetWindow(estimateMs);
  }

  private moveTo(levels: readonly Level[]): void {
    this.estimate = quickest(levels);
    this.levels = levels;
    this.dissent = [];
  }

  /** The estimate outlives its levels: after a silence it is still the best that is known. */
  private forgetBefore(index: number): void {
    this.levels = this.levels.filter((level) => level.index > index);
    if (this.levels.length > 0) this.estimate = quickest(this.levels);
  }
}

const quickest = (levels: readonly Level[]): number => Math.max(...levels.map((level) => level.differenceMs));
const spread = (levels: readonly Level[]): number =>
  quickest(levels) - Math.min(...levels.map((level) => level.differenceMs));
