import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { conditionExpression } from './dynamodb-expressions.ts';
import { fromAttributes, toAttributes } from './dynamodb-items.ts';
import type { Item, TransactResult, Write } from './item-store.ts';
import { writeKey } from './limits.ts';

/**
 * Commits at least one write. A single put or delete is a plain conditional request, which costs half of a transaction of
 * one; everything else is a transaction. The same `token` says that it is the same call tried again: what was committed
 * with it is not committed twice, and not taken for a conflict.
 * @throws what the SDK throws for all but a failed condition.
 */
export async function commitWrites(
  client: DynamoDBClient,
  table: string,
  writes: readonly Write[],
  token: string,
): Promise<TransactResult> {
  const [only] = writes;
  if (writes.length === 1 && only && only.kind !== 'check') return commitOne(client, table, only);
  const TransactItems = writes.map((write) => toTransactItem(table, write));
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: token }));
    return { kind: 'committed' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    const index = reasons.findIndex((reason) => reason.Code === 'ConditionalCheckFailed');
    const write = writes[index];
    if (write === undefined) throw error;
    return conflict(write, found(reasons[index]?.Item));
  }
}

async function commitOne(
  client: DynamoDBClient,
  table: string,
  write: Exclude<Write, { kind: 'check' }>,
): Promise<TransactResult> {
  try {
    if (write.kind === 'put')
      await client.send(new PutItemCommand({ ...requestOf(table, write), Item: toAttributes(write.item) }));
    else await client.send(new DeleteItemCommand({ ...requestOf(table, write), Key: keyOf(write) }));
    return { kind: 'committed' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const there = found(error.Item);
    // A plain request has no idempotency token: when the SDK repeated it, the failed condition may be our own success.
    const isRepeat = (error.$metadata.attempts ?? 1) > 1;
    if (isRepeat && isDeepStrictEqual(there, write.kind === 'put' ? write.item : undefined))
      return { kind: 'committed' };
    return conflict(write, there);
  }
}

const conflict = (write: Write, there: Item | undefined): TransactResult => ({
  kind: 'conflict',
  key: keyTextOf(write),
  condition: write.condition,
  found: there,
});

const found = (item: Record<string, AttributeValue> | undefined): Item | undefined =>
  item && fromAttributes(item);

function keyTextOf(write: Write): { pk: string; sk: string } {
  const { pk, sk } = writeKey(write);
  return { pk, sk };
}

const keyOf = (write: Write): Record<string, AttributeValue> => marshall(keyTextOf(write));

function requestOf(table: string, write: Write) {
  const { text, names, values } = conditionExpression(write.condition);
  return {
    TableName: table,
    ConditionExpression: text,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshall(values) }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
}

function toTransactItem(table: string, write: Write): TransactWriteItem {
  const request = requestOf(table, write);
  switch (write.kind) {
    case 'put':
      return { Put: { ...request, Item: toAttributes(write.item) } };
    case 'delete':
      return { Delete: { ...request, Key: keyOf(write) } };
    case 'check':
      return { ConditionCheck: { ...request, Key: keyOf(write) } };
  }
}
