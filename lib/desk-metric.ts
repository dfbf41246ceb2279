import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Stage } from '../core/config/stages.ts';
import { physicalName } from './physical-name.ts';

/**
 * A metric that the functions of a stage send themselves; its name is one of core/metrics.ts, which a test holds it
 * against. All of them under one value of the one dimension: each further one would be another metric to pay for.
 */
export const deskMetric = (
  metricName: string,
  stage: Stage,
  period: Duration,
  statistic: 'sum' | 'max' = 'sum',
): Metric =>
  new Metric({
    namespace: 'Deckle',
    metricName,
    dimensionsMap: { service: physicalName(stage) },
    statistic,
    period,
  });
