import type { MetricName, Metrics } from '../../core/metrics.ts';
import { NO_METRICS } from '../../core/metrics.ts';

/** Counts metrics for `/health`, as totals over all labels, and passes them on to whoever else wants them. */
export class CountingMetrics implements Metrics {
  readonly #totals = new Map<MetricName, number>();
  readonly #next: Metrics;

  constructor(next: Metrics = NO_METRICS) {
    this.#next = next;
  }

  add(name: MetricName, value: number, labels?: Readonly<Record<string, string>>): void {
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + value);
    this.#next.add(name, value, labels);
  }

  set(name: MetricName, value: number, labels?: Readonly<Record<string, string>>): void {
    this.#totals.set(name, value);
    this.#next.set(name, value, labels);
  }

  forget(name: MetricName, labels: Readonly<Record<string, string>>): void {
    this.#next.forget?.(name, labels);
  }

  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
