import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { parseStages } from '../../../core/config/stages.ts';
import { gatherDeployFacts } from '../../../local/deploy-check/gather.ts';
import { lookAtKalshiSecret } from '../../../local/deploy-check/kalshi-secret.ts';
import { type AwsAnswer, jsonRefusal, refusal, startAwsServer } from '../stack-view/aws-server.ts';

let answer: AwsAnswer;
const server = await startAwsServer(({ action }) =>
  action === 'DescribeStacks' ? refusal('ValidationError', 'Stack does not exist') : answer,
);
afterAll(() => server.stop());

const PEM = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const place = {
  region: 'eu-west-1',
  settings: {
    region: 'eu-west-1',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  },
  env: { AWS_ENDPOINT_URL: server.endpoint },
  credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
} as const;

const holding = (secret: unknown): AwsAnswer => ({
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify({ Name: 'deckle/kalshi', SecretString: JSON.stringify(secret) }),
});

beforeEach(() => {
  answer = holding({ keyId: 'id-of-a-key', privateKey: PEM });
});

test('a secret with both fields and a key that can sign has nothing amiss', async () => {
  expect(await lookAtKalshiSecret('deckle/kalshi', place)).toEqual({ missing: [], keyFault: null });
  expect(server.requests.at(-1)).toMatchObject({
    action: 'GetSecretValue',
    input: { SecretId: 'deckle/kalshi' },
  });
});

test.each([
  [{ keyId: 'id-of-a-key' }, ['privateKey']],
  [{ keyId: ' ', privateKey: PEM }, ['keyId']],
  [{ keyId: 7, privateKey: null }, ['keyId', 'privateKey']],
  [[PEM], ['keyId', 'privateKey']],
  [PEM, ['keyId', 'privateKey']],
])(
  'of a secret in another form the missing fields are named, and nothing of what it holds',
  async (held, missing) => {
    answer = holding(held);
    expect(await lookAtKalshiSecret('deckle/kalshi', place)).toEqual({ missing, keyFault: null });
  },
);

test('text that is no JSON, and a binary secret, have no fields', async () => {
  for (const SecretString of [PEM, undefined]) {
    answer = { type: 'application/x-amz-json-1.1', body: JSON.stringify({ SecretString }) };
    expect(await lookAtKalshiSecret('deckle/kalshi', place)).toMatchObject({
      missing: ['keyId', 'privateKey'],
    });
  }
});

test('a private key that is none is told without what it holds', async () => {
  answer = holding({ keyId: 'id-of-a-key', privateKey: 'text-of-the-key' });
  const found = await lookAtKalshiSecret('deckle/kalshi', place);
  expect(found?.keyFault).toMatch(/^Kalshi private key: it cannot be read/);
  expect(JSON.stringify(found)).not.toMatch(/text-of-the-key|id-of-a-key/);
});

test('a secret that is not there is null; what may not be read is thrown by its name', async () => {
  answer = jsonRefusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  expect(await lookAtKalshiSecret('deckle/kalshi', place)).toBeNull();
  answer = jsonRefusal('AccessDeniedException', 'not authorized to perform: secretsmanager:GetSecretValue');
  await expect(lookAtKalshiSecret('deckle/kalshi', place)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('not authorized'),
  });
});

/** What is gathered of a stage that names this secret, or none. */
async function gathered(kalshi: string | null) {
  const stages = parseStages({ dev: { secrets: { kalshi } } });
  if (stages.kind === 'invalid') throw new Error(JSON.stringify(stages.issues));
  const env = { ...place.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  try {
    const result = { kind: 'invalid', issues: [] } as const;
    return (await gatherDeployFacts(stages.stages.dev, env, { path: 'deckle.yaml', result })).kalshiSecret;
  } finally {
    vi.unstubAllEnvs();
  }
}

test('a secret is looked at before there is a stack, since a deployment without it would fail', async () => {
  expect(await gathered('deckle/kalshi')).toEqual({ kind: 'known', value: { missing: [], keyFault: null } });
  expect(await gathered(null)).toBeNull();
  answer = jsonRefusal('AccessDeniedException', 'not authorized to perform: secretsmanager:GetSecretValue');
  expect(await gathered('deckle/kalshi')).toEqual({
    kind: 'unknown',
    why: expect.stringContaining('Deckle-dev: could not read the secret deckle/kalshi: access is denied'),
  });
});
