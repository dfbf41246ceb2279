import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionWiring } from '../lambdas/topology.ts';
import { eventAge } from './event-age.ts';
import { allow } from './grants.ts';

export interface WakeBySchedulesProps {
  readonly wiring: FunctionWiring;
  /** EventBridge Scheduler expressions, UTC. */
  readonly expressions: readonly string[];
  readonly target: IFunction;
  /** The first net: what Lambda did not even take. */
  readonly failures: IQueue;
}

/** The times at which a function is called, and the role under which the scheduler may call it and nothing else. */
export class WakeBySchedules extends Construct {
  constructor(scope: Construct, id: string, { wiring, expressions, target, failures }: WakeBySchedulesProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    allow(role, ['lambda:InvokeFunction'], [target.functionArn]);
    allow(role, ['sqs:SendMessage'], [failures.queueArn]);
    expressions.forEach((expression, i) => {
      new Schedule(this, `Schedule${i + 1}`, {
        description: `Wakes ${wiring.name}: ${expression} (UTC)`,
        schedule: ScheduleExpression.expression(expression),
        target: new LambdaInvoke(target, {
          // The target would add every version and alias of the function; the grant above is exact.
          role: role.withoutPolicyUpdates(),
          deadLetterQueue: failures,
          // The time it was due, however late it runs; the scheduler puts it in place of the attribute's name.
          input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
          maxEventAge: eventAge(wiring),
          retryAttempts: 185,
        }),
      });
    });
  }
}
