import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../lambdas/topology.ts';

/**
 * A metric that a function sends itself; its name is one of core/metrics.ts, which a test holds it against. Without a label,
 * which would make an alarm on it one on a formula.
 */
export const deskMetric = (
  metricName: string,
  service: FunctionName,
  period: Duration,
  statistic: 'sum' | 'max' = 'sum',
): Metric =>
  new Metric({
    namespace: 'Deckle',
    metricName,
    dimensionsMap: { service },
    statistic,
    period,
  });
