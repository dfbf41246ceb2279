import type { Metrics } from '../core/metrics.ts';
import type { EpochMs } from '../core/time.ts';
import { CounterGrowth } from './counter-growth.ts';
import { FeedCounts } from './feed-counts.ts';
import type { FeedReport } from './feed-health.ts';

/** Keeps the metrics up with what one life of a feed counts and measures. */
export class FeedMetrics {
  readonly #metrics: Metrics;
  readonly #counts: FeedCounts;
  readonly #growth = new CounterGrowth();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#counts = new FeedCounts(metrics);
  }

  /** What went wrong: with each window, since alarms wait for it. */
  tellFaults(report: FeedReport): void {
    this.#counts.tell(report);
  }

  /** Everything: before the metrics are read, or sent. `ageMs`: that of the newest window, where it is known. */
  update(report: FeedReport, ageMs: number | null = null): void {
    this.tellFaults(report);
    this.#tellFlow(report);
    this.#tellGauges(report);
    if (ageMs !== null) this.#metrics.set('window_age_ms', ageMs);
  }

  #tellFlow({ wires, frames, faults, windowsPublished }: FeedReport): void {
    const metrics = this.#metrics;
    for (const { wire, venue, messages } of wires)
      for (const [kind, count] of Object.entries(messages))
        this.#growth.tell(`messages/${wire}/${kind}`, count, (n) =>
          metrics.add('feed_messages_total', n, { venue: venue ?? wire, kind }),
        );
    this.#growth.tell('unknown', frames.unknown, (n) => metrics.add('feed_frames_unknown_total', n));
    for (const [reason, count] of Object.entries(faults))
      this.#growth.tell(`faults/${reason}`, count, (n) =>
        metrics.add('feed_source_faults_total', n, { reason }),
      );
    this.#growth.tell('windows', windowsPublished, (n) => metrics.add('feed_windows_total', n));
  }

  #tellGauges({ clockOffsets, latencies, instruments }: FeedReport): void {
    const metrics = this.#metrics;
    for (const [venue, offsetMs] of Object.entries(clockOffsets))
      metrics.set('feed_clock_offset_ms', offsetMs, { venue });
    for (const [venue, delayMs] of Object.entries(latencies))
      metrics.set('feed_latency_ms', delayMs, { venue });
    const live = instruments.filter((one) => one.status === 'live' && !one.quality.includes('crossed'));
    metrics.set('feed_instruments_live', live.length);
  }
}

/**
 * How old the newest window is by the clock of the process. A live feed closes it by that clock; the time of a replayed or
 * made-up market is another one, so that there it counts from when the window was dealt with. Null before there is one.
 */
export function windowAgeMs(
  { venues, lastWindowAt }: Pick<FeedReport, 'venues' | 'lastWindowAt'>,
  dealtAt: EpochMs | null,
  now: EpochMs,
): number | null {
  const from = venues.length > 0 ? lastWindowAt : dealtAt;
  return from === null ? null : Math.max(0, now - from);
}
