import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { openDynamoStore } from '../../../adapters/store/dynamodb-store.ts';

/** What the ledger reads in turn must never be older than what it read before: only consistent reads promise that. */
test('every read asks for the newest state', async () => {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const asked: unknown[] = [];
  // Before anything is sent: what the request is, not what a server makes of it.
  client.middlewareStack.add(
    () => async (args) => {
      asked.push(args.input);
      throw new Error('nothing is sent');
    },
    { step: 'initialize' },
  );
  const store = openDynamoStore({ client, table: 'table' });
  await expect(store.get({ pk: 'P', sk: 'S' })).rejects.toThrow('nothing is sent');
  await expect(store.query({ pk: 'P', prefix: 'S' })).rejects.toThrow('nothing is sent');
  expect(asked).toMatchObject([{ ConsistentRead: true }, { ConsistentRead: true }]);
  client.destroy();
});
