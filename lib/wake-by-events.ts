import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionWiring } from '../lambdas/topology.ts';
import { eventAge } from './event-age.ts';

export interface WakeByEventsProps {
  readonly wiring: FunctionWiring;
  readonly target: IFunction;
  /** The first net: what Lambda did not even take, because it was throttled or the permission is gone. */
  readonly failures: IQueue;
  readonly bus: IEventBus;
  readonly ruleName: string;
}

/** Events that carry this source are the desk's own. */
const SOURCE = 'deckle';

/** The rule that hands a function the event types it listens to. */
export class WakeByEvents extends Construct {
  constructor(scope: Construct, id: string, { wiring, target, failures, bus, ruleName }: WakeByEventsProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      ruleName,
      eventBus: bus,
      eventPattern: { source: [SOURCE], detailType: [...wiring.listens] },
      targets: [
        new LambdaTarget(target, {
          deadLetterQueue: failures,
          maxEventAge: eventAge(wiring),
          // As many as there can be: the age decides.
          retryAttempts: 185,
        }),
      ],
    });
  }
}
