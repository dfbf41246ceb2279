import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/topology.ts';
import type { DeskAlarmProps } from './desk-alarm.ts';
import { DeskAlarm, MINUTE } from './desk-alarm.ts';
import type { DeskFunctions } from './desk-functions.ts';
import { deskMetric } from './desk-metric.ts';
import type { DeskParts } from './desk-parts.ts';

export interface DeskAlarmsProps {
  readonly parts: DeskParts;
  readonly functions: DeskFunctions;
  /** The log group of the feeds process; null in a stage without a container. */
  readonly feedLogs: string | null;
}

const FIVE_MINUTES = Duration.minutes(5);

/** Whom a window that never arrived hurts, by the function that missed it. */
const HOLES = [
  {
    of: 'fills',
    impact: 'Windows never arrived: resting orders joined their queues anew, prints were not credited.',
  },
  {
    of: 'signals',
    impact: 'Windows never arrived: strategies missed candles, so that their signals may differ.',
  },
] as const;

/** Alarms on the desk as a whole; each function and the failure queue have their own beside them. */
export class DeskAlarms extends Construct {
  readonly #props: DeskAlarmsProps;

  constructor(scope: Construct, id: string, props: DeskAlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { parts, functions, feedLogs } = props;
    const logsOf = (name: FunctionName): string => functions.named(name).logGroup;
    this.#heartbeat();
    this.#missingReport();
    this.#alarm('LateDecisions', logsOf('risk'), {
      what: 'late-decisions',
      metric: deskMetric('risk_late_total', parts.stage, FIVE_MINUTES),
      when: 'some',
      severity: 'notice',
      impact:
        'Decisions were made on an account that was not at their window: their orders arrived later than they should.',
      runbook: 'late-decisions',
    });
    for (const { of, impact } of HOLES)
      this.#alarm(`Holes-${of}`, logsOf(of), {
        what: `${of}-holes`,
        metric: deskMetric(`${of}_holes_total`, parts.stage, FIVE_MINUTES),
        when: 'some',
        severity: 'notice',
        impact,
        runbook: 'holes',
      });
    this.#alarm('WindowsNotLogged', feedLogs, {
      what: 'windows-not-logged',
      metric: deskMetric('feed_windows_unlogged_total', parts.stage, FIVE_MINUTES),
      when: 'some',
      severity: 'notice',
      impact:
        'Windows are missing from the window log: their session cannot be replayed, nor its fills explained, though the ledger has all of them.',
      runbook: 'windows-not-logged',
    });
    this.#alarm('PutAside', null, {
      what: 'put-aside',
      metric: deskMetric('bus_put_aside_total', parts.stage, FIVE_MINUTES),
      when: 'some',
      severity: 'notice',
      impact: 'A function could not read something and put it aside: what it told is missing from the desk.',
      runbook: 'put-aside',
    });
  }

  /** The one that tells of a dead feed by something alive. */
  #heartbeat(): void {
    const windows = this.#props.functions.named('fills').lambda.metricInvocations({ period: MINUTE });
    // Whatever keeps the windows away, the feed's own log is where to look first.
    this.#alarm('Heartbeat', this.#props.feedLogs, {
      what: 'feed-heartbeat',
      metric: windows,
      when: 'none',
      periods: 3,
      severity: 'critical',
      impact:
        'No window has reached the desk for three minutes: nothing fills, nothing is decided, open positions are not watched.',
      runbook: 'feed-heartbeat-missing',
    });
  }

  #missingReport(): void {
    const hour = Duration.hours(1);
    this.#alarm('MissingReport', this.#props.functions.named('report').logGroup, {
      what: 'report-missing',
      // By the hour over a day and one hour: a report five minutes later than yesterday's is not missing. As one period
      // of a day the alarm would go on believing in an old report for days before it takes silence for silence.
      metric: deskMetric('report_written_total', this.#props.parts.stage, hour),
      when: 'none',
      periods: 25,
      severity: 'notice',
      impact: 'No report was written for more than a day: nobody has read how the desk did.',
      runbook: 'report-missing',
    });
  }

  /** `logGroup` is where to look; null when it may be that of any function. */
  #alarm(
    id: string,
    logGroup: string | null,
    rest: Omit<DeskAlarmProps, 'stage' | 'topics' | 'logGroup'>,
  ): void {
    const { parts } = this.#props;
    new DeskAlarm(this, id, { stage: parts.stage, topics: parts.alerts, logGroup, ...rest });
  }
}
