import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { MetricName, Metrics } from '../../core/metrics.ts';
import { METRICS } from '../../core/metrics.ts';

/**
 * Metrics of a function or of the feeds process in CloudWatch, by the embedded metric format: only those marked for the
 * cloud, without labels. They are lines on stdout, which is the log of either. A count is written at once, since what is
 * killed half-way gets no chance to say later what went wrong.
 */
export interface CloudMetrics extends Metrics {
  /** Writes the gauges set since the last flush; once per invocation. */
  flush(): void;
}

const NAMESPACE = 'Deckle';

export function createCloudMetrics(stage: string): CloudMetrics {
  // One dimension for all parts of a stage: each further value would be another paid metric, and logs tell who it was.
  const metrics = new PowertoolsMetrics({ namespace: NAMESPACE, serviceName: `deckle-${stage}` });
  const gauges = new Map<MetricName, number>();
  const isSent = (name: MetricName): boolean => METRICS[name].cloud;
  const write = (values: Iterable<readonly [MetricName, number]>): void => {
    for (const [name, value] of values) metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  };
  return {
    add(name, value) {
      if (isSent(name)) write([[name, value]]);
    },
    set(name, value) {
      // Without its labels the worst of the values set is the one worth telling.
      if (isSent(name)) gauges.set(name, Math.max(gauges.get(name) ?? value, value));
    },
    flush() {
      if (gauges.size === 0) return;
      write(gauges);
      gauges.clear();
    },
  };
}
