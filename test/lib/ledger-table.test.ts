import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { DeckleStack } from '../../lib/deckle-stack.ts';
import type { StageName } from '../../lib/stage.ts';

interface TableResource {
  readonly DeletionPolicy: string;
  readonly UpdateReplacePolicy: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The one table of the stack as CloudFormation will read it. */
function tableOf(stage: StageName): TableResource {
  const template = Template.fromStack(new DeckleStack(new App(), 'Desk', { stage }));
  const tables = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'));
  expect(tables).toHaveLength(1);
  return tables[0] as TableResource;
}

const replicaOf = (table: TableResource): unknown => (table.Properties['Replicas'] as readonly unknown[])[0];

test('the table has the keys, the stream and the time to live that the store relies on', () => {
  const { Properties } = tableOf('prod');
  expect(Properties).toMatchObject({
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
  expect(Properties['Replicas']).toHaveLength(1);
});

test.each([
  { stage: 'dev', policy: 'Delete', isProtected: false },
  { stage: 'prod', policy: 'Retain', isProtected: true },
] as const)(
  'in $stage the table can be restored, and its end is $policy',
  ({ stage, policy, isProtected }) => {
    const table = tableOf(stage);
    expect(table.DeletionPolicy).toBe(policy);
    expect(table.UpdateReplacePolicy).toBe(policy);
    expect(replicaOf(table)).toMatchObject({
      DeletionProtectionEnabled: isProtected,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  },
);

test('the stack says where its table is', () => {
  const template = Template.fromStack(new DeckleStack(new App(), 'Desk', { stage: 'dev' }));
  expect(Object.keys(template.findOutputs('LedgerTableName'))).toHaveLength(1);
});
