import type { FeedId, MarketWindow } from '../core/market/window.ts';
import type { EpochMs } from '../core/time.ts';

/** What the process is at. `waiting` is for somebody else: a configuration, or the feed that holds the lease. */
export type FeedsPhase = 'starting' | 'waiting' | 'running' | 'retrying' | 'stopping';

/** A start, the books' first snapshots included, may take this long. */
const START_MS_MAX = 120_000;
/** A market closes a window each beat, in its quietest hour, too. */
const QUIET_MS_MAX = 30_000;

export interface FeedsVerdict {
  readonly status: 'ok' | 'down';
  /** In words, why; there when it is down. */
  readonly reason?: string;
}

/** What the feeds process knows of itself; written by the process, read by `/health` and the last words. */
export class FeedsStatus {
  phase: FeedsPhase = 'starting';
  /** What it waits for or tries again, in words; null while all is well. */
  detail: string | null = null;
  feedId: FeedId | null = null;
  /** The fencing token of the lease it holds or held last. */
  epoch: number | null = null;
  configHash: string | null = null;
  /** Lives of the feed that this process began. */
  lives = 0;
  /** Windows published, or given up by the bus, by this process. */
  windows = 0;
  newest: MarketWindow | null = null;
  /** Wall clock when the newest window was dealt with. */
  newestAt: EpochMs | null = null;
  publishFailed = 0;
  /** What the window log could not keep, in words; null when it has every window. */
  logFault: string | null = null;
  /** Since when the process works and does not wait. */
  #workingSince: EpochMs;

  constructor(startedAt: EpochMs) {
    this.#workingSince = startedAt;
  }

  enter(phase: FeedsPhase, now: EpochMs, detail: string | null = null): void {
    if (this.phase === 'waiting' && phase !== 'waiting') this.#workingSince = now;
    this.phase = phase;
    this.detail = detail;
  }

  saw(window: MarketWindow, now: EpochMs): void {
    this.windows += 1;
    this.newest = window;
    this.newestAt = now;
  }

  /** Whoever waits, or started a moment ago, is well; else windows must close. */
  verdict(now: EpochMs): FeedsVerdict {
    if (this.phase === 'waiting' || this.phase === 'stopping') return { status: 'ok' };
    const closed = this.newestAt !== null && this.newestAt >= this.#workingSince ? this.newestAt : null;
    const age = now - (closed ?? this.#workingSince);
    if (age <= (closed === null ? START_MS_MAX : QUIET_MS_MAX)) return { status: 'ok' };
    const since = `no window closed for ${Math.round(age / 1_000)} s`;
    return { status: 'down', reason: this.detail === null ? since : `${since}: ${this.detail}` };
  }
}
