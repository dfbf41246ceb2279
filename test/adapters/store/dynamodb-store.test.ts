import { once } from 'node:events';
import { createServer } from 'node:http';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { withRetries } from '../../../adapters/store/dynamodb-faults.ts';
import { openDynamoStore } from '../../../adapters/store/dynamodb-store.ts';
import { put } from '../../contract/item-store-contract.ts';

const item = { pk: 'P', sk: 'S', version: 1 };

function canceled(...codes: readonly string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

function named(name: string): Error {
  return Object.assign(new Error('refused'), { name });
}

/** Sends a request that fails with these errors in turn and then answers; tells how long it waited in between. */
async function run(...errors: readonly Error[]): Promise<{ answer: string; waits: readonly number[] }> {
  const waits: number[] = [];
  let sent = 0;
  const send = async (): Promise<string> => {
    sent += 1;
    const error = errors[sent - 1];
    if (error !== undefined) throw error;
    return `answer ${sent}`;
  };
  const answer = await withRetries(send, {
    random: () => 0.5,
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  return { answer, waits };
}

test('repeats what met another transaction or a throttle, each time after a longer wait', async () => {
  const errors = [
    canceled('None', 'TransactionConflict'),
    canceled('ThrottlingError'),
    named('ThrottlingException'),
  ];
  expect(await run(...errors)).toEqual({ answer: 'answer 4', waits: [25, 50, 100] });
});

test.each([
  { title: 'busy after four meetings', error: canceled('TransactionConflict'), times: 4, fault: 'busy' },
  {
    title: 'unavailable after four throttles',
    error: named('ThrottlingException'),
    times: 4,
    fault: 'unavailable',
  },
  {
    title: 'unavailable at once when refused',
    error: named('AccessDeniedException'),
    times: 1,
    fault: 'unavailable',
  },
])('is $title', async ({ error, times, fault }) => {
  await expect(run(...Array.from({ length: times }, () => error))).rejects.toMatchObject({
    name: 'StoreError',
    fault,
    cause: error,
  });
});

test('does not call a refused request an outage', async () => {
  await expect(run(named('ValidationException'))).rejects.toMatchObject({ name: 'ValidationException' });
});

test('is unavailable, in words, when nothing listens', async () => {
  // Port 1 is reserved; nothing answers there.
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const store = openDynamoStore({ client, table: 'table' });
  const unavailable = {
    name: 'StoreError',
    fault: 'unavailable',
    message: expect.stringContaining('did not answer'),
  };
  await expect(store.get(item)).rejects.toMatchObject(unavailable);
  await expect(store.query({ pk: 'P' })).rejects.toMatchObject(unavailable);
  await expect(store.transact([put(item)])).rejects.toMatchObject(unavailable);
  client.destroy();
});

test('tells no changes when it was opened without a stream', async () => {
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const store = openDynamoStore({ client, table: 'table' });
  await expect(store.changes(undefined, 10)).rejects.toMatchObject({
    name: 'StoreError',
    fault: 'unavailable',
  });
  client.destroy();
});

/** A server that gives these answers in turn, and the targets it was asked for. */
async function answering(
  answers: readonly { readonly status: number; readonly body: object }[],
  look: (body: Readonly<Record<string, unknown>>) => void = () => undefined,
) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const answer = answers[asked.length] ?? { status: 500, body: {} };
    asked.push(String(request.headers['x-amz-target']).replace(/.*\./, ''));
    look(JSON.parse((await Array.fromAsync(request)).join('')));
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { asked, store: openDynamoStore({ client, table: 'table' }) };
}
const LOST = { status: 500, body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' } };
const failedOn = (attributes: object) => ({
  status: 400,
  body: {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: attributes,
  },
});
const KEY = { pk: { S: 'P' }, sk: { S: 'S' } };

test('a single write is a plain conditional request, several are a transaction', async () => {
  const ok = { status: 200, body: {} };
  const { asked, store } = await answering([ok, ok, ok, ok]);
  const { pk, sk } = item;
  await store.transact([put(item)]);
  await store.transact([{ kind: 'delete', key: { pk, sk }, condition: { kind: 'version', version: 1 } }]);
  await store.transact([{ kind: 'check', key: { pk, sk }, condition: { kind: 'absent' } }]);
  await store.transact([put(item), put({ ...item, sk: 'T' })]);
  expect(asked).toEqual(['PutItem', 'DeleteItem', 'TransactWriteItems', 'TransactWriteItems']);
});

test('a write whose answer was lost and that is there when the request is repeated was committed', async () => {
  const { asked, store } = await answering([LOST, failedOn({ ...KEY, version: { N: '1' } })]);
  expect(await store.transact([put(item)])).toEqual({ kind: 'committed' });
  expect(asked).toEqual(['PutItem', 'PutItem']);
});

test('a repeated write that finds something else has lost to another writer', async () => {
  const { store } = await answering([LOST, failedOn({ ...KEY, version: { N: '2' } })]);
  expect(await store.transact([put(item)])).toMatchObject({ kind: 'conflict', found: { version: 2 } });
});

test('a write that finds its own value at the first attempt was not made now', async () => {
  const { store } = await answering([failedOn({ ...KEY, version: { N: '1' } })]);
  expect(await store.transact([put(item)])).toMatchObject({ kind: 'conflict', found: { version: 1 } });
});

test('a table that is not there is an error that says what to do', async () => {
  const missing = {
    status: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'no such table' },
  };
  const { store } = await answering([missing]);
  await expect(store.get(item)).rejects.toMatchObject({
    name: 'StoreError',
    fault: 'unavailable',
    message: expect.stringContaining('Deploy the stack'),
  });
});

test('a transaction that is tried again says that it is the same one, another call that it is another', async () => {
  const tokens: unknown[] = [];
  const conflict = {
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    },
  };
  const ok = { status: 200, body: {} };
  const { store } = await answering([conflict, conflict, ok, ok], (body) =>
    tokens.push(body['ClientRequestToken']),
  );
  const writes = [put(item), put({ ...item, sk: 'T' })];
  expect(await store.transact(writes)).toEqual({ kind: 'committed' });
  expect(await store.transact(writes)).toEqual({ kind: 'committed' });
  const [first, second, third, other] = tokens;
  expect(first).toMatch(/^.{1,36}$/);
  expect([second, third]).toEqual([first, first]);
  expect(other).not.toBe(first);
});
