import type { EpochMs } from '../../../core/time.ts';

/**
 * Lets `burst` through at once and one per `spacingMs` on average: in any span of t milliseconds never more than
 * burst + t / spacingMs.
 */
export class TokenBucket {
  private readonly spacingMs: number;
  private readonly slackMs: number;
  /** When it has its whole burst again. */
  private fullAt = Number.NEGATIVE_INFINITY;
  private seenAt = Number.NEGATIVE_INFINITY;

  constructor(spacingMs: number, burst: number) {
    this.spacingMs = spacingMs;
    this.slackMs = spacingMs * (Math.max(1, burst) - 1);
  }

  /** Milliseconds until the next may pass; 0 when it may now. */
  waitMs(now: EpochMs): number {
    // A clock that is set back would otherwise be waited for.
    if (now < this.seenAt) this.fullAt -= this.seenAt - now;
    this.seenAt = now;
    return Math.max(0, Math.ceil(this.fullAt - this.slackMs - now));
  }

  take(now: EpochMs): void {
    this.fullAt = Math.max(this.fullAt, now) + this.spacingMs;
  }
}

/** Lets weights through whose sum is at most `weightMax` in any span of `spanMs`. */
export class SpanLimit {
  private readonly weightMax: number;
  private readonly spanMs: number;
  /** Oldest first. */
  private taken: { readonly at: EpochMs; readonly weight: number }[] = [];
  private sum = 0;

  constructor(weightMax: number, spanMs: number) {
    this.weightMax = weightMax;
    this.spanMs = spanMs;
  }

  /** Whether it could pass at all. */
  admits(weight: number): boolean {
    return weight <= this.weightMax;
  }

  /** Milliseconds until this weight may pass; 0 when it may now. */
  waitMs(now: EpochMs, weight: number): number {
    this.forget(now);
    let sum = this.sum;
    for (const one of this.taken) {
      if (sum + weight <= this.weightMax) return 0;
      sum -= one.weight;
      if (sum + weight <= this.weightMax) return one.at + this.spanMs - now;
    }
    return 0;
  }

  take(now: EpochMs, weight: number): void {
    this.taken.push({ at: now, weight });
    this.sum += weight;
  }

  /** What a clock that was set back puts into the future is forgotten as well. */
  private forget(now: EpochMs): void {
    const kept = this.taken.filter(({ at }) => at + this.spanMs > now && at <= now);
    if (kept.length === this.taken.length) return;
    this.taken = kept;
    this.sum = kept.reduce((sum, { weight }) => sum + weight, 0);
  }
}

/** A time in which nothing passes. A clock that is set back does not make it longer. */
export class Pause {
  private until = Number.NEGATIVE_INFINITY;
  private lengthMs = 0;

  /** From now on for so long, unless it lasts longer already. */
  hold(now: EpochMs, ms: number): void {
    if (ms <= this.waitMs(now)) return;
    this.until = now + ms;
    this.lengthMs = ms;
  }

  /** Milliseconds until it is over; 0 when it is. */
  waitMs(now: EpochMs): number {
    this.until = Math.min(this.until, now + this.lengthMs);
    return Math.max(0, this.until - now);
  }
}
