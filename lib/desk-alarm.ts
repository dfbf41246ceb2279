import { Duration, Stack } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';
import type { AlertTopics, Severity } from './alert-topics.ts';
import { physicalName } from './physical-name.ts';

/** Articles of docs/runbook.md that alarms link to; a test holds this list against the page. */
export type RunbookAnchor =
  | 'function-errors'
  | 'dead-letters'
  | 'feed-heartbeat-missing'
  | 'report-missing'
  | 'late-decisions'
  | 'holes'
  | 'windows-not-logged'
  | 'put-aside';

export interface DeskAlarmProps {
  readonly stage: Stage;
  readonly topics: AlertTopics;
  /** What it watches, in the alarm's name: `deckle-prod-fills-errors`. */
  readonly what: string;
  readonly metric: IMetric;
  /** `some`: at least one is too many. `none`: none at all is too few, and silence counts as none. */
  readonly when: 'some' | 'none';
  /** Periods of the metric that are looked at, and how many of them must be bad. */
  readonly periods?: number;
  readonly periodsBad?: number;
  readonly severity: Severity;
  /** Whom it hurts and how, for somebody who was asleep a minute ago. */
  readonly impact: string;
  readonly runbook: RunbookAnchor;
  /** Where to read what happened; null: in the log group of any function of the stage. */
  readonly logGroup: string | null;
}

/** An alarm that says whom it hurts, what to do and where to look. It also tells when it is over. */
export class DeskAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: DeskAlarmProps) {
    super(scope, id);
    const { stage, topics, what, metric, when, periods = 1, periodsBad = periods, severity } = props;
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: physicalName(stage, what),
      alarmDescription: [
        `Impact: ${props.impact}`,
        `Runbook: docs/runbook.md#${props.runbook}`,
        `Logs: ${this.#logsLink(props)}`,
      ].join('\n'),
      metric,
      threshold: 1,
      comparisonOperator:
        when === 'some'
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periodsBad,
      treatMissingData: when === 'some' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    const action = new SnsAction(topics.topics[severity]);
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }

  #logsLink({ logGroup, stage }: DeskAlarmProps): string {
    const { region } = Stack.of(this);
    const groups = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups`;
    if (logGroup === null) return `${groups}$3FlogGroupNameFilter$3D${physicalName(stage)}`;
    // The console wants the name encoded twice, with a dollar for the second percent sign.
    return `${groups}/log-group/${logGroup.replaceAll('/', '$252F')}`;
  }
}

/** Alarms look at whole minutes unless they say otherwise; a paid resolution of seconds would tell nothing more. */
export const MINUTE = Duration.minutes(1);
