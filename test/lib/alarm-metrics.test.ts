import { expect, test } from 'vitest';
import { ALARM_METRICS } from '../../local/cost/desk-usage.ts';
import { ofType, stageNamed, synthesize } from './synthesize.ts';

/** Metrics that an alarm is billed for: its own one, or each that its formula reads. */
const metricsOf = (alarm: Readonly<Record<string, unknown>>): number =>
  Array.isArray(alarm['Metrics'])
    ? alarm['Metrics'].filter((one: { readonly MetricStat?: unknown }) => one.MetricStat !== undefined).length
    : 1;

test('the bill counts as many alarm metrics as the prod stack has', () => {
  const alarms = ofType(synthesize(stageNamed('prod')), 'AWS::CloudWatch::Alarm');
  const metrics = alarms.reduce((sum, [, { Properties }]) => sum + metricsOf(Properties), 0);
  expect(metrics).toBe(ALARM_METRICS);
});
