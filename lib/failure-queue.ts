import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { AlertTopics } from './alert-topics.ts';
import { DeskAlarm } from './desk-alarm.ts';
import { physicalName } from './physical-name.ts';

export interface FailureQueueProps {
  readonly stage: Stage;
  readonly topics: AlertTopics;
  /** The function whose failures it keeps. */
  readonly of: string;
  readonly logGroup: string;
}

/**
 * What a function could not handle, and what the bus, a schedule or the stream could not hand to it: kept for two weeks,
 * the longest a queue keeps anything, so that it can be looked at and sent again. An alarm tells of the first.
 */
export class FailureQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { stage, topics, of, logGroup }: FailureQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: physicalName(stage, of, 'failures'),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(
      this.queue,
      'SQS3',
      'This is the dead-letter queue itself; nothing consumes it but a person.',
    );
    new DeskAlarm(this, 'Filled', {
      stage,
      topics,
      what: `${of}-dead-letters`,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'max',
        period: Duration.minutes(5),
      }),
      when: 'some',
      severity: 'critical',
      impact: `Something meant for ${of} was not handled after all its retries and lies in ${physicalName(stage, of, 'failures')}: nothing else will pick it up.`,
      runbook: 'dead-letters',
      logGroup,
    });
  }
}
