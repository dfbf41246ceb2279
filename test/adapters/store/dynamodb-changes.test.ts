import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect, onTestFinished, test } from 'vitest';
import { dynamoChanges } from '../../../adapters/store/dynamodb-changes.ts';

/** A shard as the service keeps it: its records' sort keys in order; trimmed ones are gone. */
interface ShardScript {
  readonly id: string;
  readonly parent?: string;
  readonly closed?: boolean;
  readonly trimmed?: number;
  readonly records: readonly string[];
}

// The contract suite's server has one shard that never closes; this one plays the splits that the service makes.
async function streamOf(shards: readonly ShardScript[]): Promise<DynamoDBStreamsClient> {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const [status, answer] = reply(shards, operation, JSON.parse(await text(request)));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = new DynamoDBStreamsClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return client;
}

interface Request {
  readonly ExclusiveStartShardId?: string;
  readonly ShardId?: string;
  readonly ShardIteratorType?: string;
  readonly SequenceNumber?: string;
  readonly ShardIterator?: string;
  readonly Limit?: number;
}

function reply(shards: readonly ShardScript[], operation: string, request: Request): [number, unknown] {
  switch (operation) {
    case 'DescribeStream': {
      // One shard a page, so that the pages are gone through.
      const index = shards.findIndex(({ id }) => id === request.ExclusiveStartShardId) + 1;
      const page = shards
        .slice(index, index + 1)
        .map(({ id, parent }) => ({ ShardId: id, ParentShardId: parent }));
      const last = index + 1 < shards.length ? shards[index]?.id : undefined;
      return [200, { StreamDescription: { Shards: page, LastEvaluatedShardId: last } }];
    }
    case 'GetShardIterator': {
      const shard = shards.find(({ id }) => id === request.ShardId);
      const trimmed = shard?.trimmed ?? 0;
      const from = request.ShardIteratorType === 'TRIM_HORIZON' ? trimmed : Number(request.SequenceNumber);
      if (from < trimmed)
        return [400, { __type: 'com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException' }];
      return [200, { ShardIterator: `${request.ShardId}/${from}` }];
    }
    default: {
      const [id = '', from = ''] = request.ShardIterator?.split('/') ?? [];
      const shard = shards.find((one) => one.id === id);
      const records = shard?.records ?? [];
      const end = Math.min(Number(from) + (request.Limit ?? 0), records.length);
      const Records = records.slice(Number(from), end).map((sk, index) => ({
        dynamodb: {
          Keys: { pk: { S: 'P' }, sk: { S: sk } },
          NewImage: { pk: { S: 'P' }, sk: { S: sk } },
          SequenceNumber: String(Number(from) + index + 1),
        },
      }));
      const isEnd = shard?.closed === true && end === records.length;
      return [200, { Records, ...(!isEnd && { NextShardIterator: `${id}/${end}` }) }];
    }
  }
}

async function keysAfter(client: DynamoDBStreamsClient, position: string | undefined, limit: number) {
  const read = await dynamoChanges(client, 'arn:stream', position, limit);
  return { keys: read.changes.map(({ key }) => key.sk), position: read.position };
}

// Listed in an order that is not theirs; 3 and 4 are the halves of 1.
const split: readonly ShardScript[] = [
  { id: 'shard-4', parent: 'shard-1', records: ['d1'] },
  { id: 'shard-2', records: ['b1', 'b2'] },
  { id: 'shard-1', parent: 'shard-0', closed: true, records: ['a1', 'a2', 'a3'] },
  { id: 'shard-3', parent: 'shard-1', records: ['c1', 'c2'] },
];
const inOrder = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1', 'c2', 'd1'];

test.each([1, 2, 3, 5, 100])('tells every change once, parents first, %d at a time', async (limit) => {
  const client = await streamOf(split);
  const told: string[] = [];
  let position: string | undefined;
  for (;;) {
    const read = await keysAfter(client, position, limit);
    if (read.keys.length === 0) break;
    expect(read.keys.length).toBeLessThanOrEqual(limit);
    told.push(...read.keys);
    position = read.position;
  }
  expect(told).toEqual(inOrder);
  expect((await keysAfter(client, position, limit)).position).toBe(position);
});

test('goes on from the position of any single change', async () => {
  const client = await streamOf(split);
  const { changes } = await dynamoChanges(client, 'arn:stream', undefined, 100);
  for (const [index, change] of changes.entries()) {
    expect((await keysAfter(client, change.position, 100)).keys).toEqual(inOrder.slice(index + 1));
  }
});

test('does not read a shard while its parent is open', async () => {
  const open = split.map((shard) => (shard.id === 'shard-1' ? { ...shard, closed: false } : shard));
  expect((await keysAfter(await streamOf(open), undefined, 100)).keys).toEqual([
    'a1',
    'a2',
    'a3',
    'b1',
    'b2',
  ]);
});

test('begins with the oldest that is kept, and refuses to skip what is not', async () => {
  const client = await streamOf([{ id: 'shard-1', trimmed: 2, records: ['a1', 'a2', 'a3'] }]);
  expect((await keysAfter(client, undefined, 100)).keys).toEqual(['a3']);
  await expect(keysAfter(client, '{"shard-1":"1"}', 100)).rejects.toMatchObject({
    name: 'StoreError',
    fault: 'unavailable',
  });
});
