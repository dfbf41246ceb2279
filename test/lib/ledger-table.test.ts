import { expect, test } from 'vitest';
import type { StageName } from '../../core/config/stages.ts';
import { ofType, type Resource, stageNamed, synthesize } from './synthesize.ts';

/** The one table of the stack as CloudFormation will read it. */
function tableOf(stage: StageName): Resource {
  const tables = ofType(synthesize(stageNamed(stage)), 'AWS::DynamoDB::GlobalTable');
  expect(tables).toHaveLength(1);
  return (tables[0] as [string, Resource])[1];
}

const replicaOf = (table: Resource): unknown => (table.Properties['Replicas'] as readonly unknown[])[0];

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
  { stage: 'local', policy: 'Delete', isProtected: false },
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
