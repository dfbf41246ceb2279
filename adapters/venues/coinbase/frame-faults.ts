import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';

/** What the connection's sequence says of a frame: some before it are missing, it came again, or it came too late. */
export type FrameFault = 'gap' | 'repeated' | 'late';

/** An instrument that is first met so long after a fault was subscribed after it. */
const EARLY_MS = 30_000;

const COUNTED = { gap: 'bookGaps', repeated: 'bookRepeated', late: 'bookDisordered' } as const;

/**
 * Counts faults that no instrument can be named for at every instrument of the connection, since any may have been meant: also
 * at those which are met shortly after, whose very first message it may have been.
 */
export class FrameFaults {
  private readonly met = new Set<FollowedInstrument>();
  private readonly early = { gap: 0, repeated: 0, late: 0 };
  private earlyAt: EpochMs | undefined;

  /** A message named this instrument. */
  meet(followed: FollowedInstrument, now: EpochMs): void {
    if (this.met.has(followed)) return;
    this.met.add(followed);
    if (this.earlyAt === undefined || now - this.earlyAt > EARLY_MS) return;
    followed.counts.bookGaps += this.early.gap;
    followed.counts.bookRepeated += this.early.repeated;
    followed.counts.bookDisordered += this.early.late;
  }

  /** `isCounted` tells the instruments at which the fault was counted already. */
  count(fault: FrameFault, now: EpochMs, isCounted: (followed: FollowedInstrument) => boolean): void {
    for (const followed of this.met) if (!isCounted(followed)) followed.counts[COUNTED[fault]] += 1;
    if (this.earlyAt === undefined || now - this.earlyAt > EARLY_MS)
      Object.assign(this.early, { gap: 0, repeated: 0, late: 0 });
    this.early[fault] += 1;
    this.earlyAt = now;
  }

  unfollow(followed: FollowedInstrument): void {
    this.met.delete(followed);
  }
}
