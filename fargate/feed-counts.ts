import type { Metrics } from '../core/metrics.ts';
import type { FeedReport } from './feed-health.ts';

/**
 * Adds to the metrics what one life of a feed counts of its messages: each increment once. A life begins its counts anew,
 * so that each has one of these.
 */
export class FeedCounts {
  readonly #metrics: Metrics;
  readonly #told = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** The report is of this life. */
  tell({ frames, instruments, candles }: FeedReport): void {
    const metrics = this.#metrics;
    this.#grow('malformed', frames.malformed, (n) => metrics.add('feed_frames_malformed_total', n));
    for (const { instrumentId, counts } of instruments)
      this.#grow(`gaps/${instrumentId}`, counts.bookGaps + counts.tradeGaps, (n) =>
        metrics.add('feed_gaps_total', n, { instrument: instrumentId }),
      );
    for (const [venue, counts] of Object.entries(candles?.compared ?? {}))
      for (const [outcome, count] of Object.entries(counts))
        this.#grow(`candles/${venue}/${outcome}`, count, (n) =>
          metrics.add('feed_candles_compared_total', n, { venue, outcome }),
        );
  }

  /** Counters only grow. The first zero is told, since silence would mean that nobody counts; no other is. */
  #grow(key: string, count: number, tell: (growth: number) => void): void {
    const told = this.#told.get(key);
    if (count === told) return;
    this.#told.set(key, count);
    tell(count - (told ?? 0));
  }
}
