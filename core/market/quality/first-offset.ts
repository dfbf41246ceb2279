import type { EpochMs } from '../../time.ts';
import { CLOCK_JUMP_MS } from './offset-window.ts';

/**
 * The offset of a clock from its first messages, with nothing to compare them with: connections begin with old trades, and
 * any stamp may be wrong. A difference counts once two messages in a row, received at different times, agree on it; from
 * then on the largest counts, by the same rule.
 */
export class FirstOffset {
  private supported: number | null = null;
  private lone: { readonly differenceMs: number; readonly receivedAt: EpochMs } | undefined;

  /** Milliseconds of venue minus receive clock; the newest message's until two agree, null before the first. */
  get estimateMs(): number | null {
    return this.supported ?? this.lone?.differenceMs ?? null;
  }

  /** False while the estimate hangs on a single message, which may itself be the old or the wrong one. */
  get isSupported(): boolean {
    return this.supported !== null;
  }

  observe(differenceMs: number, receivedAt: EpochMs): void {
    const { supported, lone } = this;
    if (supported !== null && differenceMs <= supported + CLOCK_JUMP_MS) {
      this.supported = Math.max(supported, differenceMs);
      this.lone = undefined;
    } else if (lone === undefined || Math.abs(differenceMs - lone.differenceMs) > CLOCK_JUMP_MS) {
      this.lone = { differenceMs, receivedAt };
    } else if (lone.receivedAt !== receivedAt) {
      this.supported = Math.max(differenceMs, lone.differenceMs);
      this.lone = undefined;
    }
  }
}
