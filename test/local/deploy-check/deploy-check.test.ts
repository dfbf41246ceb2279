import { afterAll, beforeEach, expect, test } from 'vitest';
import { openDynamoStore } from '../../../adapters/store/dynamodb-store.ts';
import { keys } from '../../../adapters/store/table.ts';
import type { FeedId } from '../../../core/market/window.ts';
import type { Finding } from '../../../local/deploy-check/finding.ts';
import { createTable, startDynoxide } from '../../contract/dynoxide.ts';
import { command as deckle } from '../../lifecycle/in-process.ts';
import type { AwsAnswer, AwsRequest } from '../stack-view/aws-server.ts';
import { jsonRefusal, refusal, stackAnswer, startAwsServer } from '../stack-view/aws-server.ts';
import { OUTPUTS } from '../stack-view/stack-desk.ts';

// The facts come from real clients and a real table; what AWS answers beside it is set test by test.

const dynoxide = await startDynoxide();
await createTable(dynoxide.client, 'ledger');
let answers: Readonly<Record<string, (request: AwsRequest) => AwsAnswer>> = {};
const server = await startAwsServer(
  (request) => answers[request.action]?.(request) ?? refusal('InvalidAction', request.action),
);
afterAll(async () => {
  await server.stop();
  await dynoxide.stop();
});

const subscription = (endpoint: string, arn: string): string =>
  `<member><TopicArn>t</TopicArn><Protocol>email</Protocol><SubscriptionArn>${arn}</SubscriptionArn><Owner>1</Owner><Endpoint>${endpoint}</Endpoint></member>`;
const subscribed: AwsAnswer = {
  body: `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${subscription('me@example.org', 'PendingConfirmation')}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
};
const json = (body: object): AwsAnswer => ({
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify(body),
});
const deployed = {
  DescribeStacks: () => stackAnswer('Deckle-local', { LedgerTableName: 'ledger', ...OUTPUTS }),
  ListSubscriptionsByTopic: () => subscribed,
  GetQueueUrl: ({ input }: AwsRequest) => json({ QueueUrl: `${server.endpoint}/1/${input['QueueName']}` }),
  GetQueueAttributes: ({ input }: AwsRequest) =>
    json({
      Attributes: {
        ApproximateNumberOfMessages: input['QueueUrl']?.endsWith('/deckle-local-failures') ? '3' : '0',
      },
    }),
};

beforeEach(async () => {
  answers = deployed;
  const { hostname, port } = (await dynoxide.client.config.endpoint?.()) ?? { hostname: '', port: 0 };
  process.env['AWS_ENDPOINT_URL'] = server.endpoint;
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = `http://${hostname}:${port}`;
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'])
    delete process.env[name];
});

async function check(...args: readonly string[]): Promise<{ code: number; findings: readonly Finding[] }> {
  const { code, stdout, stderr } = await deckle('deploy-check', '--stack', 'local', '--json', ...args);
  expect(stderr).toBe('');
  return { code, findings: JSON.parse(stdout) as Finding[] };
}
const amiss = (findings: readonly Finding[]): readonly string[] =>
  findings.filter((one) => !one.ok).map((one) => one.check);

test('a stack that was just deployed lacks its configuration and its feed, and has a failure to look at', async () => {
  const { code, findings } = await check();
  expect(code).toBe(1);
  expect(amiss(findings)).toEqual(['configuration in force', 'mode', 'feed', 'failure queue']);
  expect(findings.find((one) => one.check === 'failure queue')?.detail).toBe('deckle-local-failures holds 3');
  expect(findings.find((one) => one.check === 'stream')?.ok).toBe(true);
});

test('once pushed, that much less is to fix; the list is numbered for people', async () => {
  expect((await deckle('config', 'push', '--stack', 'local')).code).toBe(0);
  expect(amiss((await check()).findings)).toEqual(['feed', 'failure queue']);
  const { code, stdout } = await deckle('deploy-check', '--stack', 'local');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ok {2}configuration file {6}deckle.yaml is valid/m);
  expect(stdout).toMatch(/^2 things to fix:\n1\. feed: it never ran\n {3}fix: npm run localstack/m);
});

test('with a feed that lives and nothing left behind there is nothing to fix, and the exit code says so', async () => {
  answers = {
    ...deployed,
    GetQueueAttributes: () => json({ Attributes: { ApproximateNumberOfMessages: '0' } }),
  };
  const store = openDynamoStore({ client: dynoxide.client, table: 'ledger' });
  const now = Date.now();
  const item = {
    ...keys.lease('main' as FeedId),
    phase: 'running',
    at: now,
    eventTime: now - 500,
    version: 1,
  };
  await store.transact([{ kind: 'put', item, condition: { kind: 'absent' } }]);
  expect(amiss((await check()).findings)).toEqual([]);
  const { code, stdout } = await deckle('deploy-check', '--stack', 'local');
  expect(stdout).toContain('nothing to fix');
  expect(code).toBe(0);
});

test('another file than the one in force is told, and an invalid one', async () => {
  const other = await check('--config', 'examples/short-recording.yaml');
  expect(amiss(other.findings)).toContain('configuration in force');
  const missing = await check('--config', 'nothing.yaml');
  expect(amiss(missing.findings)).toContain('configuration file');
});

test('what may not be asked is a finding each, and nothing else is lost for it', async () => {
  answers = {
    ...deployed,
    ListSubscriptionsByTopic: () => refusal('AuthorizationError', 'not authorized to list', 403),
    GetQueueUrl: () => jsonRefusal('com.amazonaws.sqs#AccessDeniedException', 'not authorized', 403),
  };
  const { findings } = await check();
  expect(findings.find((one) => one.check === 'failure queue')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('could not look at the failure queue: access is denied'),
  });
  expect(findings.find((one) => one.check === 'put aside')?.ok).toBe(true);
});

test('a queue that is not there is told by name', async () => {
  const gone = jsonRefusal('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
  answers = { ...deployed, GetQueueUrl: () => gone };
  const found = (await check()).findings.find((one) => one.check === 'failure queue');
  expect(found?.detail).toBe('deckle-local-failures is not there: what fails would be lost');
});

test('a table that was deleted by hand is one finding', async () => {
  answers = {
    ...deployed,
    DescribeStacks: () => stackAnswer('Deckle-local', { ...OUTPUTS, LedgerTableName: 'another' }),
  };
  const { findings } = await check();
  expect(amiss(findings)).toEqual(['table', 'failure queue']);
  expect(findings.find((one) => one.check === 'table')?.detail).toContain('its table is not there');
});

test('without a stack, the bootstrap is looked for', async () => {
  answers = {
    DescribeStacks: ({ input }) =>
      refusal('ValidationError', `Stack with id ${input['StackName']} does not exist`),
  };
  const bare = await check();
  expect(bare.code).toBe(1);
  expect(amiss(bare.findings)).toEqual(['bootstrap', 'stack']);
  answers = {
    DescribeStacks: ({ input }) =>
      input['StackName'] === 'CDKToolkit'
        ? stackAnswer('CDKToolkit', {})
        : refusal('ValidationError', `Stack with id ${input['StackName']} does not exist`),
  };
  expect(amiss((await check()).findings)).toEqual(['stack']);
});

test('no endpoint, no crash', async () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
  const { code, findings } = await check();
  expect(code).toBe(1);
  expect(amiss(findings)).toEqual(['stack']);
  expect(findings.find((one) => one.check === 'stack')?.detail).toContain(
    'nothing answers at http://127.0.0.1:1',
  );
});
