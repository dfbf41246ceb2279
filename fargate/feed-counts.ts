import { venueOfWire } from '../adapters/venues/wire.ts';
import type { Metrics } from '../core/metrics.ts';
import { CounterGrowth } from './counter-growth.ts';
import type { FeedReport } from './feed-health.ts';

/**
 * Adds to the metrics what went wrong in one life of a feed, and how its bars compare: each increment once. Rare, so that it
 * is told with each window. A life begins its counts anew, so that each has one of these.
 */
export class FeedCounts {
  readonly #metrics: Metrics;
  readonly #growth = new CounterGrowth();
  /** By instrument, of those that are followed. */
  readonly #gaps = new CounterGrowth();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** The report is of this life. */
  tell({ frames, instruments, venues, failures, candles }: FeedReport): void {
    const metrics = this.#metrics;
    this.#grow('malformed', frames.malformed, (n) => metrics.add('feed_frames_malformed_total', n));
    this.#tellGaps(instruments);
    for (const { wire, reconnects } of venues)
      this.#grow(`reconnects/${wire}`, reconnects, (n) =>
        metrics.add('feed_reconnects_total', n, { venue: venueOfWire(wire) ?? wire }),
      );
    for (const [reason, count] of Object.entries(failures))
      this.#grow(`failures/${reason}`, count, (n) =>
        metrics.add('feed_validation_failures_total', n, { reason }),
      );
    for (const [venue, counts] of Object.entries(candles?.compared ?? {}))
      for (const [outcome, count] of Object.entries(counts))
        this.#grow(`candles/${venue}/${outcome}`, count, (n) =>
          metrics.add('feed_candles_compared_total', n, { venue, outcome }),
        );
  }

  /** Markets roll by the thousand: a series goes with its instrument. */
  #tellGaps(instruments: FeedReport['instruments']): void {
    const metrics = this.#metrics;
    for (const { instrumentId, counts } of instruments)
      this.#gaps.tell(instrumentId, counts.bookGaps + counts.tradeGaps, (n) =>
        metrics.add('feed_gaps_total', n, { instrument: instrumentId }),
      );
    const followed = new Set<string>(instruments.map((one) => one.instrumentId));
    for (const instrument of this.#gaps.keepOnly(followed))
      metrics.forget?.('feed_gaps_total', { instrument });
  }

  #grow(key: string, count: number, tell: (growth: number) => void): void {
    this.#growth.tell(key, count, tell);
  }
}
