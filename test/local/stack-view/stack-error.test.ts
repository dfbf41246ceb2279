import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { command as deckle } from '../../lifecycle/in-process.ts';
import type { AwsAnswer } from './aws-server.ts';
import { jsonRefusal, refusal, stackAnswer, startAwsServer } from './aws-server.ts';

// What AWS refuses, as its real clients see it; and what the person at the terminal reads.

let stackSays: AwsAnswer = refusal('InvalidAction', 'not set');
let tableSays: AwsAnswer = jsonRefusal('InvalidAction', 'not set');
const server = await startAwsServer(({ action }) => (action === 'DescribeStacks' ? stackSays : tableSays));
const there = (stage: string) => stackAnswer(`Deckle-${stage}`, { LedgerTableName: 'ledger' });

beforeAll(() => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ENDPOINT_URL_DYNAMODB'])
    delete process.env[name];
});
beforeEach(() => {
  process.env['AWS_ENDPOINT_URL'] = server.endpoint;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIA';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  for (const name of ['AWS_REGION', 'DECKLE_TABLE']) delete process.env[name];
});
afterAll(() => server.stop());

interface Refused {
  readonly what: string;
  readonly stack?: AwsAnswer;
  readonly table?: AwsAnswer;
  readonly says: string;
}

test.each<Refused>([
  {
    what: 'no such stack',
    stack: refusal('ValidationError', 'Stack with id Deckle-dev does not exist'),
    says: 'there is no stack Deckle-dev at http://127.0.0.1',
  },
  {
    what: 'a stack that did not come up',
    stack: stackAnswer('Deckle-dev', {}, 'ROLLBACK_COMPLETE'),
    says: 'names no table: its deployment did not succeed. Deploy it again: npx cdk deploy --context stage=dev',
  },
  {
    what: 'a denied stack',
    stack: refusal('AccessDenied', 'User: ada is not authorized to perform DescribeStacks', 403),
    says: 'Deckle-dev: could not find the stack: access is denied in eu-west-1 (User: ada is not authorized',
  },
  {
    what: 'an expired session',
    stack: refusal('ExpiredToken', 'The security token included in the request is expired', 403),
    says: 'the AWS session has expired (The security token included in the request is expired). Sign in again',
  },
  {
    what: 'credentials of nobody',
    stack: refusal('InvalidClientTokenId', 'The security token is invalid', 403),
    says: 'the AWS credentials are not valid in eu-west-1 (InvalidClientTokenId). Check AWS_PROFILE',
  },
  {
    what: 'something that is not AWS',
    stack: { body: '<html><body>Welcome</body></html>', type: 'text/html' },
    says: 'does not speak the AWS interface',
  },
  {
    what: 'a table that is gone',
    table: jsonRefusal('ResourceNotFoundException', 'Requested resource not found'),
    says: 'its table is not there in eu-west-1, though the stack names it',
  },
  {
    what: 'a denied table',
    table: jsonRefusal('AccessDeniedException', 'User: ada is not authorized to perform dynamodb:GetItem'),
    says: 'Deckle-dev: could not use the table: access is denied in eu-west-1 (User: ada is not authorized',
  },
])('$what is told in words, by every command and by kill without waiting', async ({ stack, table, says }) => {
  stackSays = stack ?? there('dev');
  tableSays = table ?? tableSays;
  for (const command of ['status', 'kill']) {
    const { code, stdout, stderr } = await deckle(command, '--stack', 'dev');
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  }
});

test('an endpoint that is not there is named, with what starts it', async () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
  const local = await deckle('status', '--stack', 'local');
  expect(local.code).toBe(1);
  expect(local.stderr).toContain(
    'nothing answers at http://127.0.0.1:1 (ECONNREFUSED). Start it with: npm run localstack',
  );
  expect((await deckle('status', '--stack', 'dev')).stderr).toContain('or unset AWS_ENDPOINT_URL');
});

test('an endpoint that is no address is refused', async () => {
  process.env['AWS_ENDPOINT_URL'] = 'localhost:4566';
  expect((await deckle('status', '--stack', 'local')).stderr).toContain(
    "AWS_ENDPOINT_URL is 'localhost:4566', which is no address",
  );
});

test('a stack is looked for where its stage says, whatever region the command line is set to', async () => {
  stackSays = refusal('AccessDenied', 'no', 403);
  process.env['AWS_REGION'] = 'ap-northeast-1';
  expect((await deckle('status', '--stack', 'dev')).stderr).toContain('access is denied in eu-west-1');
});

test('a CloudFormation that fails itself is told in words', async () => {
  stackSays = refusal('ServiceUnavailable', 'Service is unable to handle request.', 503);
  const { code, stderr } = await deckle('status', '--stack', 'dev');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'deckle: Deckle-dev: CloudFormation could not be asked (ServiceUnavailable: Service is unable to handle request). Try again\n',
  );
});

test('what only needs the table says how to go on without CloudFormation; what needs more does not', async () => {
  const hint =
    'with DECKLE_TABLE set to it, CloudFormation is not needed. It begins with Deckle-dev-; aws dynamodb list-tables shows it';
  for (const [code, status] of [
    ['AccessDenied', 403],
    ['ServiceUnavailable', 503],
  ] as const) {
    stackSays = refusal(code, 'not now', status);
    expect((await deckle('kill', '--stack', 'dev')).stderr).toContain(hint);
    expect((await deckle('resume', '--stack', 'dev', '--reason', 'x')).stderr).toContain(hint);
    expect((await deckle('status', '--stack', 'dev')).stderr).not.toContain('DECKLE_TABLE');
  }
  stackSays = refusal('ExpiredToken', 'expired', 403);
  expect((await deckle('kill', '--stack', 'dev')).stderr).not.toContain('DECKLE_TABLE');
});

test('a table that DECKLE_TABLE names wrongly is told by its name, and another stage’s is refused unasked', async () => {
  process.env['DECKLE_TABLE'] = 'Deckle-dev-Ledger-1';
  tableSays = jsonRefusal('ResourceNotFoundException', 'Requested resource not found');
  const asked = server.requests.length;
  const missing = await deckle('kill', '--stack', 'dev');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(
    'there is no table Deckle-dev-Ledger-1 in eu-west-1 (the region of stage dev in stages.yaml), which DECKLE_TABLE names',
  );
  expect(server.requests.slice(asked).map((one) => one.action)).not.toContain('DescribeStacks');
  const before = server.requests.length;
  const other = await deckle('kill', '--stack', 'prod');
  expect(other.code).toBe(1);
  expect(other.stderr).toContain(
    'DECKLE_TABLE names Deckle-dev-Ledger-1, which is a table of stage dev and not of prod',
  );
  expect(server.requests.length).toBe(before);
});

test('a loopback endpoint needs no credentials', async () => {
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
  stackSays = refusal('ValidationError', 'Stack with id Deckle-local does not exist');
  expect((await deckle('status', '--stack', 'local')).stderr).toContain(
    'there is no stack Deckle-local at http://127.0.0.1',
  );
});
