import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Stage } from '../core/config/stages.ts';

export interface LedgerTableProps {
  /** In `prod` the table refuses deletion and outlives its stack; elsewhere it goes with it. */
  readonly stage: Stage;
}

/**
 * The one table: journal, orders, positions, control and feeds. Everything else in the stack can be built again; this
 * cannot, so it can be restored to any second of the last 35 days.
 */
export class LedgerTable extends Construct {
  readonly table: TableV2;
  /** Its changes, which the relay tells. */
  readonly streamArn: string;

  constructor(scope: Construct, id: string, { stage }: LedgerTableProps) {
    super(scope, id);
    const isKept = stage.name === 'prod';
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The relay tells an order's end from its beginning by what the item was before.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: isKept,
      removalPolicy: isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error('the ledger table has no stream');
    this.streamArn = tableStreamArn;
  }
}
