import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { MetricName, Metrics } from '../../core/metrics.ts';
import { METRICS } from '../../core/metrics.ts';

/**
 * Metrics of a function or of the feeds process in CloudWatch, by the embedded metric format: only those marked for the
 * cloud, without labels. They are lines on stdout, which is the log of either. A count of what went wrong is written at once,
 * since what is killed half-way gets no chance to say it later.
 */
export interface CloudMetrics extends Metrics {
  /** Writes the gauges set since the last flush, and what is only counted; once per invocation, and each minute by the feed. */
  flush(): void;
}

const NAMESPACE = 'Deckle';

/** So many that a line for each would be most of the log. */
const SUMMED: ReadonlySet<MetricName> = new Set(['feed_messages_total']);

export function createCloudMetrics(stage: string): CloudMetrics {
  // One dimension for all parts of a stage: each further value would be another paid metric, and logs tell who it was.
  const metrics = new PowertoolsMetrics({ namespace: NAMESPACE, serviceName: `deckle-${stage}` });
  const gauges = new Map<MetricName, number>();
  const sums = new Map<MetricName, number>();
  const isSent = (name: MetricName): boolean => METRICS[name].cloud;
  const write = (values: Iterable<readonly [MetricName, number]>): void => {
    for (const [name, value] of values) metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  };
  return {
    add(name, value) {
      if (!isSent(name)) return;
      if (SUMMED.has(name)) sums.set(name, (sums.get(name) ?? 0) + value);
      else write([[name, value]]);
    },
    set(name, value) {
      // Without its labels the worst of the values set is the one worth telling.
      if (isSent(name)) gauges.set(name, Math.max(gauges.get(name) ?? value, value));
    },
    flush() {
      if (gauges.size + sums.size === 0) return;
      write([...gauges, ...sums]);
      gauges.clear();
      sums.clear();
    },
  };
}
