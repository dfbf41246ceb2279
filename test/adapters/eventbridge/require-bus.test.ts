import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import { requireBus } from '../../../adapters/eventbridge/require-bus.ts';
import { LOCAL_CREDENTIALS, openLoopback, type Reply } from '../loopback-server.ts';

const answer = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(body),
});

async function busThat(reply: Reply) {
  const server = await openLoopback(() => reply);
  const client = new EventBridgeClient({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return { server, client };
}

test('a bus that exists is asked for by its name', async () => {
  const { server, client } = await busThat(answer(200, { Name: 'deckle-dev', Arn: 'arn:aws:events:...' }));
  await requireBus(client, 'deckle-dev');
  expect(server.received.map((one) => JSON.parse(one.body.toString('utf8')))).toEqual([
    { Name: 'deckle-dev' },
  ]);
  expect(server.received[0]?.headers['x-amz-target']).toBe('AWSEvents.DescribeEventBus');
});

test.each([
  {
    what: 'does not exist',
    reply: answer(400, { __type: 'ResourceNotFoundException', message: 'Event bus nope does not exist.' }),
    fault: 'refused',
    says: 'the bus nope could not be found (ResourceNotFoundException: Event bus nope does not exist.). There is no bus of that name in this account and region: deploy the stack, or correct DECKLE_BUS.',
  },
  {
    what: 'may not be asked for',
    reply: answer(400, { __type: 'AccessDeniedException', message: 'no' }),
    fault: 'refused',
    says: 'granted events:DescribeEventBus on this bus',
  },
  { what: 'does not answer', reply: 'hang', fault: 'unavailable', says: 'Try again' },
] as const)('a bus that $what is an error in words', async ({ reply, fault, says }) => {
  const { client } = await busThat(reply);
  await expect(requireBus(client, 'nope', 1_000)).rejects.toMatchObject({
    name: 'PublishError',
    fault,
    message: expect.stringContaining(says),
  });
});
