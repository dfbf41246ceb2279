import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionWiring } from '../lambdas/topology.ts';
import { allow } from './grants.ts';
import type { LedgerTable } from './ledger-table.ts';

export interface WakeByStreamProps {
  readonly wiring: FunctionWiring;
  readonly ledger: LedgerTable;
  readonly target: IFunction;
  /** Gets the positions of records that grew too old; the records themselves stay in the stream for a day. */
  readonly failures: IQueue;
}

/**
 * News older than this is given up. Far longer than an outage of the bus may take, since news of a stop must not be lost
 * to one; far shorter than the stream keeps its records, so that they can be looked up by their positions.
 */
const NEWS_AGE_MAX = Duration.hours(6);

/** All four, or Lambda refuses to make the mapping. */
const STREAM_VERBS = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/** The mapping that hands a function the changes of the table that it wants, in order and without waiting for a batch to fill. */
export class WakeByStream extends Construct {
  constructor(scope: Construct, id: string, { wiring, ledger, target, failures }: WakeByStreamProps) {
    super(scope, id);
    const { role } = target;
    if (!role) throw new Error(`${target.node.path} has no role that could read the stream`);
    allow(role, STREAM_VERBS, [ledger.streamArn]);
    new EventSourceMapping(this, 'Mapping', {
      target,
      eventSourceArn: ledger.streamArn,
      // From the oldest change there is: a table that was there before its reader is not half told.
      startingPosition: StartingPosition.TRIM_HORIZON,
      // Most changes, such as a cursor that moves each second, are news to nobody: they wake nothing and cost nothing.
      filters: [
        FilterCriteria.filter({
          dynamodb: { NewImage: { entity: { S: FilterRule.or(...wiring.stream) } } },
        }),
      ],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Without end, and only for so long. What cannot be read is put aside by the function: what goes on failing is the
      // bus, and then the news behind it would fail as well.
      retryAttempts: -1,
      maxRecordAge: NEWS_AGE_MAX,
      onFailure: new SqsDlq(failures),
    });
  }
}
