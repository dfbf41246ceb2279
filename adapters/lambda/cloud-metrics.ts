import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { MetricName, Metrics } from '../../core/metrics.ts';
import { METRICS } from '../../core/metrics.ts';

/** Metrics of a function in CloudWatch, by the embedded metric format: only those marked for the cloud, without labels. */
export interface CloudMetrics extends Metrics {
  /** Writes what was counted since the last flush; once per invocation. */
  flush(): void;
}

const NAMESPACE = 'Deckle';

export function createCloudMetrics(service: string): CloudMetrics {
  const metrics = new PowertoolsMetrics({ namespace: NAMESPACE, serviceName: service });
  const sums = new Map<MetricName, number>();
  const isSent = (name: MetricName): boolean => METRICS[name].cloud;
  return {
    add(name, value) {
      if (isSent(name)) sums.set(name, (sums.get(name) ?? 0) + value);
    },
    set(name, value) {
      // Without its labels the worst of the values set is the one worth telling.
      if (isSent(name)) sums.set(name, Math.max(sums.get(name) ?? value, value));
    },
    flush() {
      if (sums.size === 0) return;
      for (const [name, value] of sums) metrics.addMetric(name, MetricUnit.Count, value);
      sums.clear();
      metrics.publishStoredMetrics();
    },
  };
}
