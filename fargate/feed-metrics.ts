import { venueOfWire } from '../../adapters/venues/wire.ts';
import type { Metrics } from '../../core/metrics.ts';
import { FeedCounts } from '../../fargate/feed-counts.ts';
import type { FeedReport } from '../../fargate/feed-health.ts';

/** Keeps the feed's metrics up with what its health counts: called before the metrics are read. */
export class FeedMetrics {
  readonly #metrics: Metrics;
  readonly #counts: FeedCounts;
  readonly #told = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#counts = new FeedCounts(metrics);
  }

  update(report: FeedReport): void {
    const metrics = this.#metrics;
    this.#counts.tell(report);
    for (const { wire, venue, messages } of report.wires)
      for (const [kind, count] of Object.entries(messages))
        this.#grow(`messages/${wire}/${kind}`, count, (n) =>
          metrics.add('feed_messages_total', n, { venue: venue ?? wire, kind }),
        );
    for (const { wire, reconnects } of report.venues)
      this.#grow(`reconnects/${wire}`, reconnects, (n) =>
        metrics.add('feed_reconnects_total', n, { venue: venueOfWire(wire) ?? wire }),
      );
    for (const [reason, count] of Object.entries(report.failures))
      this.#grow(`failures/${reason}`, count, (n) =>
        metrics.add('feed_validation_failures_total', n, { reason }),
      );
    this.#grow('unknown', report.frames.unknown, (n) => metrics.add('feed_frames_unknown_total', n));
    for (const [reason, count] of Object.entries(report.faults))
      this.#grow(`faults/${reason}`, count, (n) => metrics.add('feed_source_faults_total', n, { reason }));
    this.#grow('windows', report.windowsPublished, (n) => metrics.add('feed_windows_total', n));
    for (const [venue, offsetMs] of Object.entries(report.clockOffsets))
      metrics.set('feed_clock_offset_ms', offsetMs, { venue });
    for (const [venue, delayMs] of Object.entries(report.latencies))
      metrics.set('feed_latency_ms', delayMs, { venue });
    const live = report.instruments.filter(
      (one) => one.status === 'live' && !one.quality.includes('crossed'),
    );
    metrics.set('feed_instruments_live', live.length);
  }

  /** Counters only grow: what is told is the growth since the last time. */
  #grow(key: string, count: number, tell: (growth: number) => void): void {
    const growth = count - (this.#told.get(key) ?? 0);
    this.#told.set(key, count);
    tell(growth);
  }
}
