import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findMinistack, startMinistack, stopMinistack } from '../../../local/endpoint/ministack.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';
import { freePort } from '../../stack/free-port.ts';
import { serve } from './http-server.ts';

/** A program in the place of MiniStack. */
function program(directory: string, text: string): string {
  const path = join(directory, 'program');
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

test('it runs on loopback with its own state and this Node first, and nothing of the person’s own AWS settings', async () => {
  const directory = temporaryDirectory();
  const port = await freePort();
  const executable = program(
    directory,
    `#!${process.execPath}
    const { writeFileSync } = require('node:fs');
    writeFileSync(${JSON.stringify(join(directory, 'env.json'))}, JSON.stringify(process.env));
    require('node:http').createServer((_, response) => response.end('{"services":{}}'))
      .listen(Number(process.env.GATEWAY_PORT), process.env.BIND_HOST);`,
  );
  const own = {
    AWS_PROFILE: 'mine',
    AWS_ENDPOINT_URL: 'http://elsewhere',
    DECKLE_STAGE: 'prod',
    NODE_OPTIONS: '',
  };
  onTestFinished(async () => void (await stopMinistack(directory)));
  const started = await startMinistack({
    executable,
    directory,
    port,
    env: { ...own, HOME: '/home/me', PATH: '/usr/bin' },
  });
  expect(findMinistack(directory)).toEqual(started);
  const env = JSON.parse(readFileSync(join(directory, 'env.json'), 'utf8'));
  expect(env).toMatchObject({
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    HOME: '/home/me',
    STATE_DIR: join(directory, 'state'),
    TMPDIR: join(directory, 'tmp'),
    PATH: `${dirname(process.execPath)}:/usr/bin`,
  });
  for (const name of Object.keys(own)) expect(env).not.toHaveProperty(name);
  expect(await stopMinistack(directory)).toBe('ended');
  expect(await stopMinistack(directory)).toBe('not_running');
});

test('one that ends at once is told with the end of its log', async () => {
  const directory = temporaryDirectory();
  const executable = program(directory, '#!/bin/sh\necho a module is missing; exit 3\n');
  const started = startMinistack({ executable, directory, port: await freePort(), env: {} });
  await expect(started).rejects.toThrow(
    /MiniStack ended at once: .*endpoint\.log\) ends with:\na module is missing/,
  );
});

test('a taken port is an error before anything is started', async () => {
  const directory = temporaryDirectory();
  const port = await serve((_request, response) => response.end());
  const started = startMinistack({ executable: '/nowhere', directory, port, env: {} });
  await expect(started).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`);
  expect(existsSync(join(directory, 'endpoint.log'))).toBe(false);
});
