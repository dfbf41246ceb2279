import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import type { DeskBundles } from '../../lib/bundling.ts';
import { bundleDesk, bundleFile } from '../../lib/bundling.ts';

/** What a cold start must load before it does anything. */
const BYTES_MAX = 400_000;

const folder = mkdtempSync(join(tmpdir(), 'deckle-bundles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let bundles: DeskBundles;
beforeAll(async () => {
  bundles = await bundleDesk(folder, { withFeeds: true });
});

const codeOf = (name: keyof DeskBundles['functions']): string => join(bundles.functions[name], 'index.mjs');

test.each(TOPOLOGY)('$name is at most 400 KB', ({ name }) => {
  const { length } = readFileSync(codeOf(name));
  expect(length).toBeGreaterThan(10_000);
  expect(length).toBeLessThanOrEqual(BYTES_MAX);
});

test('the same sources give the same bytes, wherever they are bundled to', async () => {
  const again = join(folder, 'elsewhere', 'guard.mjs');
  await bundleFile('lambdas/guard/handler.ts', again, 'function');
  expect(readFileSync(again).equals(readFileSync(codeOf('guard')))).toBe(true);
});

test('a function carries no credentials but those of its environment; the container finds its own', () => {
  // Where a container asks for its credentials.
  const looks = (path: string): boolean => readFileSync(path, 'utf8').includes('169.254.170.2');
  expect(TOPOLOGY.filter(({ name }) => looks(codeOf(name)))).toEqual([]);
  expect(looks(bundles.feeds ?? '')).toBe(true);
});

/** What a stack tells its functions; nothing listens at the endpoint. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  DECKLE_STAGE: 'local',
  DECKLE_TABLE: 'table',
  DECKLE_BUS: 'bus',
  DECKLE_BUCKET: 'bucket',
  DECKLE_TOPIC_CRITICAL: 'arn:aws:sns:eu-west-1:000000000000:critical',
  DECKLE_TOPIC_NOTICE: 'arn:aws:sns:eu-west-1:000000000000:notice',
};

const run = (script: string) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env: ENVIRONMENT });

test('every function loads by itself, without the repository, and has a handler', async () => {
  const urls = TOPOLOGY.map(({ name }) => pathToFileURL(codeOf(name)).href);
  const { stdout } = await run(
    `for (const url of ${JSON.stringify(urls)}) console.log(typeof (await import(url)).handler);`,
  );
  expect(stdout.trim().split('\n')).toEqual(TOPOLOGY.map(() => 'function'));
});

test('what a function was not given breaks it when it starts, by name', async () => {
  const { DECKLE_TABLE: _, ...rest } = ENVIRONMENT;
  const script = `await import(${JSON.stringify(pathToFileURL(codeOf('fills')).href)})`;
  const failed = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: rest,
  });
  await expect(failed).rejects.toThrow(/DECKLE_TABLE is not set/);
});

test('source that does not bundle is named with its file', async () => {
  await expect(bundleFile('lambdas/nobody/handler.ts', join(folder, 'x.mjs'), 'function')).rejects.toThrow(
    /lambdas\/nobody\/handler\.ts/,
  );
});
