import type { EpochMs } from '../time.ts';

const BUCKET_MS = 5_000;
/** One minute: long enough to meet a quick message in a quiet market, short enough to follow a drifting clock. */
const BUCKETS = 12;
/** A venue stamp that leads by this much more than any before is believed only when the next one agrees. */
const JUMP_MS = 10_000;

/** A message that took this much longer than the quickest of the last minute is late. */
export const LATE_MS = 5_000;

/**
 * Estimates venue clock minus receive clock. Each message shows that difference minus its own delay on the network, so the
 * largest difference of the last minute is the best estimate; a recorder's clock may be seconds off and is only reported.
 */
export class ClockOffset {
  /** Newest bucket first: largest difference seen in it. */
  private readonly buckets: { readonly index: number; most: number }[] = [];
  private suspect: number | undefined;
  private known: number | null = null;

  /** Milliseconds by which the venue's clock leads ours; null until something was measured. */
  get estimateMs(): number | null {
    return this.known;
  }

  /** Takes one stamped message and returns its delay in milliseconds against the quickest of the last minute. */
  observe(occurredAt: EpochMs, receivedAt: EpochMs): number {
    const difference = occurredAt - receivedAt;
    if (this.known !== null && difference > this.known + JUMP_MS && !this.isConfirmed(difference)) return 0;
    this.suspect = undefined;
    const index = Math.floor(receivedAt / BUCKET_MS);
    const newest = this.buckets[0];
    if (newest === undefined || newest.index !== index) {
      this.buckets.unshift({ index, most: difference });
      while ((this.buckets.at(-1)?.index ?? index) <= index - BUCKETS) this.buckets.pop();
      this.known = this.buckets.reduce((most, bucket) => Math.max(most, bucket.most), difference);
    } else if (difference > newest.most) {
      newest.most = difference;
      if (this.known === null || difference > this.known) this.known = difference;
    }
    return (this.known ?? difference) - difference;
  }

  private isConfirmed(difference: number): boolean {
    const confirmed = this.suspect !== undefined && Math.abs(difference - this.suspect) < JUMP_MS;
    this.suspect = difference;
    return confirmed;
  }
}
