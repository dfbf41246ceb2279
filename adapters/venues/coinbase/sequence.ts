import type { EpochMs } from '../../../core/time.ts';

/** `next` continues; `repeated` is the newest frame again; `late` an older one; `restarted` counts anew. */
export type Order = 'next' | 'repeated' | 'late' | 'restarted' | 'gap';

/** One connection's `sequence_num`, which rises by one with every frame of every channel. */
export class FrameSequence {
  private last = -1;
  private lastAt: EpochMs | 0 = 0;
  /** After `gap`: how many frames are missing. */
  missing = 0;

  get newest(): number {
    return this.last;
  }

  take(sequence: number, at: EpochMs | null): Order {
    const { last } = this;
    if (sequence === last) return 'repeated';
    // Numbers rise with time. A younger frame with an older number means a connection that nobody told of.
    if (sequence < last && (at === null || at <= this.lastAt)) return 'late';
    const order = this.judge(sequence);
    this.last = sequence;
    if (at !== null) this.lastAt = at;
    return order;
  }

  private judge(sequence: number): Order {
    if (this.last < 0) return 'next';
    if (sequence < this.last) return 'restarted';
    this.missing = sequence - this.last - 1;
    return this.missing > 0 ? 'gap' : 'next';
  }
}
