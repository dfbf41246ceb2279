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
}

/**
 * What the functions of a stage could not handle, and what the bus, a schedule or the stream could not hand to them: kept
 * for two weeks, the longest a queue keeps anything, so that it can be looked at and sent again. One queue for all: each
 * message says which function it was meant for, and there is one place to look. An alarm tells of the first.
 */
export class FailureQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { stage, topics }: FailureQueueProps) {
    super(scope, id);
    const queueName = physicalName(stage, 'failures');
    this.queue = new Queue(this, 'Queue', {
      queueName,
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
      what: 'dead-letters',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'max',
        period: Duration.minutes(5),
      }),
      when: 'some',
      // As it must be for the worst of them: a guard that was not called halts nothing.
      severity: 'critical',
      impact: `Something meant for a function was not handled after all its retries and lies in ${queueName}: a window, a signal, an alert, a check of the guard or a report; nothing else will pick it up.`,
      runbook: 'dead-letters',
      logGroup: null,
    });
  }
}
