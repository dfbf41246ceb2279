import { Duration } from 'aws-cdk-lib';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Dashboard, GraphWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeskFunction } from './desk-function.ts';
import type { DeskFunctions } from './desk-functions.ts';
import { deskMetric } from './desk-metric.ts';
import type { DeskParts } from './desk-parts.ts';
import { physicalName } from './physical-name.ts';

export interface DeskDashboardProps {
  readonly parts: DeskParts;
  readonly functions: DeskFunctions;
}

const PERIOD = Duration.minutes(5);

/**
 * One page: does the desk live, does it trade, what went wrong. A dashboard of more than 50 metrics is billed, and a page
 * that long is not read.
 */
export class DeskDashboard extends Construct {
  constructor(scope: Construct, id: string, { parts, functions }: DeskDashboardProps) {
    super(scope, id);
    const { stage, ledger, failures } = parts;
    const each = (metric: (one: DeskFunction) => IMetric): IMetric[] =>
      [...functions.all.values()].map(metric);
    new Dashboard(this, 'Dashboard', {
      dashboardName: physicalName(stage),
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          new TextWidget({
            width: 24,
            height: 2,
            markdown: `# Deckle, ${stage.name}\nWhat each figure means: docs/metrics.md. What to do: docs/runbook.md. Balances: \`npx deckle --stack ${stage.name} status\`.`,
          }),
        ],
        [
          graph(
            'Invocations (those of fills are the windows)',
            each((one) => calls(one)),
          ),
          graph(
            'Errors',
            each((one) => one.lambda.metricErrors({ period: PERIOD, label: nameOf(one) })),
          ),
          graph('Waiting in the failure queue', [
            failures.queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'max' }),
          ]),
        ],
        [
          graph(
            'Duration, slowest of 20 (ms)',
            each((one) => slow(one)),
          ),
          graph('Trading', [
            deskMetric('fills_recorded_total', stage, PERIOD),
            deskMetric('risk_late_total', stage, PERIOD),
            deskMetric('guard_actions_total', stage, PERIOD),
            deskMetric('report_written_total', stage, PERIOD),
          ]),
          graph('Trust', [
            deskMetric('fills_holes_total', stage, PERIOD),
            deskMetric('signals_holes_total', stage, PERIOD),
            deskMetric('reconcile_discrepancies', stage, PERIOD, 'max'),
            deskMetric('bus_put_aside_total', stage, PERIOD),
          ]),
        ],
        [
          graph('Ledger table: units', [
            ledger.table.metricConsumedReadCapacityUnits({ period: PERIOD }),
            ledger.table.metricConsumedWriteCapacityUnits({ period: PERIOD }),
          ]),
          graph('Feed: what was lost or wrong', [
            deskMetric('feed_reconnects_total', stage, PERIOD),
            deskMetric('feed_gaps_total', stage, PERIOD),
            deskMetric('feed_validation_failures_total', stage, PERIOD),
            deskMetric('feed_frames_malformed_total', stage, PERIOD),
            deskMetric('feed_windows_unlogged_total', stage, PERIOD),
          ]),
          graph('Feed: messages read', [deskMetric('feed_messages_total', stage, PERIOD)]),
        ],
        [
          graph('Feed: slowest message, and age of the newest window (ms)', [
            deskMetric('feed_latency_ms', stage, PERIOD, 'max'),
            deskMetric('window_age_ms', stage, PERIOD, 'max'),
          ]),
        ],
      ],
    });
  }
}

const graph = (title: string, left: IMetric[]): IWidget =>
  new GraphWidget({ title, left, width: 8, height: 6 });

const nameOf = (one: DeskFunction): string => one.node.id;
const calls = (one: DeskFunction): IMetric =>
  one.lambda.metricInvocations({ period: PERIOD, label: nameOf(one) });
const slow = (one: DeskFunction): IMetric =>
  one.lambda.metricDuration({ period: PERIOD, statistic: 'p95', label: nameOf(one) });
