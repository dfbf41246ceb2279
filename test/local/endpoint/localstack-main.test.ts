import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runLocalstack } from '../../../local/endpoint/localstack-main.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  let [stdout, stderr] = ['', ''];
  const terminal = {
    stdout: (text: string) => {
      stdout += text;
    },
    stderr: (text: string) => {
      stderr += text;
    },
  };
  const code = await runLocalstack(args, env, terminal, temporaryDirectory());
  return { code, stdout, stderr };
}

test.each([
  { args: ['--help'], words: 'localstack' },
  { args: ['up', '--help'], words: 'AWS_ENDPOINT_URL' },
  { args: ['down', '--help'], words: '--forget' },
])('$args explains itself', async ({ args, words }) => {
  const { code, stdout } = await run(args);
  expect(code).toBe(0);
  expect(stdout).toContain(words);
});

test.each([[['start']], [['up', '--port', '1']], [[]]])('%j is called wrongly', async (args) => {
  const { code, stderr } = await run(args);
  expect(code).toBe(2);
  expect(stderr).not.toBe('');
});

test('down where nothing was started does nothing, says so, and may be called again', async () => {
  for (let time = 1; time <= 2; time++) {
    const { code, stderr } = await run(['down']);
    expect(code).toBe(0);
    expect(stderr).toContain('feeds: was not running');
    expect(stderr).toContain('none was started from here');
  }
});

test('up with a configuration that is not there starts nothing', async () => {
  const file = join(temporaryDirectory(), 'mine.yaml');
  const { code, stderr } = await run(['up', '--config', file]);
  expect(code).toBe(1);
  expect(stderr).toBe(`localstack: there is no configuration ${file}; name one with --config\n`);
});

test('up with an endpoint that does not answer ends in words', async () => {
  const { code, stderr } = await run(['up'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/localstack: the endpoint http:\/\/127\.0\.0\.1:1 .*does not answer/);
});
