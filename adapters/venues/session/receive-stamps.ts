import { type EpochMs, epochMs, SECOND_MS } from '../../../core/time.ts';
import type { Timers } from './timers.ts';

/** Nobody looked at the clock for so long: the machine slept, or did nothing else. What it missed meanwhile it cannot know. */
export const JUMP_MS = 15 * SECOND_MS;

export interface StampNews {
  /** The clock was set back; stamps stand still until it has caught up. */
  setBack(byMs: number): void;
  /** Time passed unseen; until this returns, stamps stay where they were before. */
  jumped(byMs: number): void;
}

/** Receive stamps of a feed: the clock, but never backwards. */
export class ReceiveStamps {
  private readonly timers: Timers;
  private readonly news: StampNews;
  private last: EpochMs | undefined;
  private clock = epochMs(0);
  private isPinned = false;

  constructor(timers: Timers, news: StampNews) {
    this.timers = timers;
    this.news = news;
  }

  now(): EpochMs {
    if (this.isPinned && this.last !== undefined) return this.last;
    const clock = this.timers.now();
    const before = this.clock;
    this.clock = clock;
    if (this.last === undefined) this.last = clock;
    else if (clock < before) this.news.setBack(before - clock);
    else if (clock - this.last > JUMP_MS) this.jump(clock - this.last);
    if (clock > this.last) this.last = clock;
    return this.last;
  }

  private jump(byMs: number): void {
    this.isPinned = true;
    try {
      this.news.jumped(byMs);
    } finally {
      this.isPinned = false;
    }
  }
}
