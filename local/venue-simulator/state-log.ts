import { type EpochMs, epochMs } from '../../core/time.ts';

/** One state of a book: its digest, the venue's update id, and from when to when it was so; null for still. */
export interface BookState {
  readonly digest: number;
  readonly updateId: number;
  readonly at: EpochMs;
  readonly until: EpochMs | null;
}

/** The newest states of one book, to find out whether the venue ever showed what somebody takes for its book. */
export class StateLog {
  private readonly digests: Float64Array;
  private readonly updateIds: Float64Array;
  private readonly times: Float64Array;
  private count = 0;

  constructor(capacity: number) {
    this.digests = new Float64Array(capacity);
    this.updateIds = new Float64Array(capacity);
    this.times = new Float64Array(capacity);
  }

  add(digest: number, updateId: number, at: EpochMs): void {
    const place = this.count % this.digests.length;
    this.digests[place] = digest;
    this.updateIds[place] = updateId;
    this.times[place] = at;
    this.count += 1;
  }

  /** The newest state with this digest; with `updateId` the newest that had it at that update. */
  find(digest: number, updateId: number | null): BookState | undefined {
    const capacity = this.digests.length;
    for (let n = this.count - 1; n >= 0 && n >= this.count - capacity; n -= 1) {
      const place = n % capacity;
      if (this.digests[place] !== digest) continue;
      const number = this.updateIds[place] ?? 0;
      if (updateId !== null && number !== updateId) continue;
      const until = n === this.count - 1 ? null : this.timeOf(n + 1);
      return { digest, updateId: number, at: this.timeOf(n), until };
    }
    return undefined;
  }

  private timeOf(n: number): EpochMs {
    return epochMs(this.times[n % this.times.length] ?? 0);
  }
}
