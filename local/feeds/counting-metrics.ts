import type { MetricName, Metrics } from '../../core/metrics.ts';

/** Metrics that are only counted, for `/health`: totals over all labels. */
export class CountingMetrics implements Metrics {
  readonly #totals = new Map<MetricName, number>();

  add(name: MetricName, value: number): void {
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + value);
  }

  set(name: MetricName, value: number): void {
    this.#totals.set(name, value);
  }

  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
