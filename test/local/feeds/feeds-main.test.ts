import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { StoreError } from '../../../adapters/store/item-store.ts';
import { epochMs } from '../../../core/time.ts';
import { storeWords } from '../../../local/feeds/aws-words.ts';
import { demoPlan } from '../../../local/feeds/demo-plan.ts';
import { readFeedsEnvironment } from '../../../local/feeds/environment.ts';
import { runFeedsMain } from '../../../local/feeds/feeds-main.ts';
import { type HealthAnswer, startHealthServer } from '../../../local/feeds/health-server.ts';
import { configOf, shippedConfig } from '../../fargate/feeds-world.ts';
import { stageEnv } from './loopback-stage.ts';

async function said(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const words = { stdout: '', stderr: '' };
  const code = await runFeedsMain(args, {
    stdout: (text) => {
      words.stdout += text;
    },
    stderr: (text) => {
      words.stderr += text;
    },
  });
  return { code, ...words };
}

test('--help names the commands, the environment and the exit codes', async () => {
  const { code, stdout } = await said('--help');
  expect(code).toBe(0);
  for (const text of [
    'run [options]',
    'health [options]',
    'DECKLE_BUCKET',
    'AWS_ENDPOINT_URL',
    '3 another feeds process',
  ])
    expect(stdout).toContain(text);
  expect((await said('run', '--help')).stdout).toContain('--settle-timeout');
});

test.each([
  [['run', '--windows', '0'], /'0' is invalid. must be at least 1/],
  [['run', '--source', 'moon'], /Allowed choices are demo, live/],
  [['run', '--start-at', 'yesterday'], /must be a time in UTC, e.g. 2026-01-05T09:00:00Z/],
  [['run', '--scenario', 'boom'], /Allowed choices are fair, crash/],
  [['run', '--port', '70000'], /must be a port from 0 to 65535/],
  [['fly'], /unknown command 'fly'/],
])('%j is a wrong call', async (args, words) => {
  const { code, stderr } = await said(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(words);
});

test('a missing variable is named with where its value comes from', () => {
  const { DECKLE_BUS: _, AWS_REGION: __, ...env } = stageEnv('t');
  expect(() => readFeedsEnvironment({ ...env, DECKLE_TRACE: 'yes', AWS_ENDPOINT_URL: 'nowhere' })).toThrow(
    /DECKLE_BUS is not set; DECKLE_TRACE must be 'on' or 'off'; AWS_REGION is not set; AWS_ENDPOINT_URL is no URL.*\n.*outputs LedgerTableName, BusName and BucketName/,
  );
  expect(
    readFeedsEnvironment({ ...env, DECKLE_BUS: 'b', AWS_DEFAULT_REGION: 'eu-west-1', AWS_ENDPOINT_URL: '' }),
  ).toMatchObject({
    AWS_REGION: 'eu-west-1',
    DECKLE_TRACE: 'off',
  });
});

test.each([
  ['TimeoutError', 'check the network'],
  ['ExpiredTokenException', 'does not accept the credentials (ExpiredTokenException); renew them'],
  ['InternalServerError', 'The table did not answer. It was asked at AWS in eu-west-1 for the table t.'],
])('%s of the table is told with what to do', (name, words) => {
  const fault = new StoreError('unavailable', 'The table did not answer.', {
    cause: Object.assign(new Error('x'), { name }),
  });
  expect(storeWords(fault, { table: 't', region: 'eu-west-1', endpoint: undefined })).toContain(words);
});

test('a plan is another one exactly when another configuration makes another feed', () => {
  const raw = shippedConfig();
  const plan = (changed: object): string =>
    demoPlan(configOf({ ...raw, ...changed }), { pace: { kind: 'unpaced', startAt: epochMs(0) } }).key;
  const same = plan({});
  expect(plan({ reconcile: { everyMinutes: 5 } })).toBe(same);
  expect(plan({ strategies: raw.strategies.toReversed() })).toBe(same);
  expect(plan({ feed: { id: 'main', windowMs: 500, depth: 10 } })).not.toBe(same);
  expect(plan({ strategies: raw.strategies.slice(0, 1) })).not.toBe(same);
  expect(plan({ demo: { seed: 8, seconds: 1_800, scenario: 'fair' } })).not.toBe(same);
});

test('/health answers 200 or 503 by the status, and nothing else is there', async () => {
  let answer: HealthAnswer = { status: 'ok', price: 5n };
  const server = await startHealthServer(0, () => answer);
  onTestFinished(() => server.close());
  const get = async (path: string, method = 'GET'): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [response.status, await response.text()];
  };
  expect(await get('/health')).toEqual([200, '{"status":"ok","price":"5"}\n']);
  answer = { status: 'down', reason: 'no window closed for 40 s' };
  expect(await get('/health')).toEqual([503, '{"status":"down","reason":"no window closed for 40 s"}\n']);
  expect((await said('health', '--port', String(server.port))).code).toBe(1);
  expect((await get('/metrics'))[0]).toBe(404);
  expect((await get('/health', 'POST'))[0]).toBe(405);
});

test('a port that is taken is told with the flag that changes it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startHealthServer(port, () => ({ status: 'ok' }))).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken by another program; choose another with --port N`,
  );
});
