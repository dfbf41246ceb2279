import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from './acknowledge.ts';
import { ARCHIVE_PREFIXES } from './archive-bucket.ts';
import type { DeskParts } from './desk-parts.ts';

/** The verbs that the store uses, and no more: a transaction is allowed by the verbs of what is in it. */
const READ = ['dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'];

/** Reading, or reading and writing, items of the table; never the table itself. */
export function grantTable(role: IRole, { ledger }: DeskParts, access: 'read' | 'write'): void {
  allow(role, access === 'write' ? [...READ, ...WRITE] : READ, [ledger.table.tableArn]);
}

/** Putting events on the bus. */
export function grantBus(role: IRole, { desk }: DeskParts): void {
  allow(role, ['events:PutEvents'], [desk.bus.eventBusArn]);
}

/** Publishing to the two topics. */
export function grantTopics(role: IRole, { alerts }: DeskParts): void {
  allow(role, ['sns:Publish'], [alerts.topics.critical.topicArn, alerts.topics.notice.topicArn]);
}

/** Putting objects into one part of the archive; nobody in the desk can read or delete them. */
export function grantArchive(role: IRole, { archive }: DeskParts, part: keyof typeof ARCHIVE_PREFIXES): void {
  const { bucket } = archive;
  const pattern = `${ARCHIVE_PREFIXES[part]}*`;
  allow(role, ['s3:PutObject'], [bucket.arnForObjects(pattern)]);
  const bucketId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  acknowledge(
    role,
    `IAM5[Resource::<${bucketId}.Arn>/${pattern}]`,
    'Objects are named by day and minute; the prefix is the narrowest there is.',
  );
}

/** Writing to one log group, which exists already: the role cannot make others. */
export function grantLogs(role: IRole, logs: ILogGroup): void {
  allow(role, ['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]);
}

export function allow(role: IRole, actions: readonly string[], resources: readonly string[]): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
}
