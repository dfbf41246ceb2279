import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  endDetached,
  findDetached,
  isRunning,
  logTail,
  startDetached,
} from '../../../local/endpoint/detached.ts';
import { until } from '../../lifecycle/processes.ts';
import { temporaryDirectory } from '../../lifecycle/temporary-directory.ts';

/** Long enough for a process that ends in order, also on a busy machine. */
const GRACE_MS = 20_000;

/** Starts a script and waits until it has said that it is ready. */
async function start(directory: string, script: string) {
  const record = await startDetached({
    name: 'part',
    directory,
    about: 'one',
    command: process.execPath,
    args: ['--eval', `${script}; console.log('ready'); setInterval(() => {}, 1000)`],
    env: process.env,
  });
  onTestFinished(async () => void (await endDetached(directory, 'part', 'SIGTERM', 0)));
  await until('its first word', () => logTail(directory, 'part').includes('ready'));
  return record;
}

test('a started process is found again by its record, and ended in order once', async () => {
  const directory = temporaryDirectory();
  const record = await start(directory, '');
  expect(findDetached(directory, 'part')).toEqual(record);
  expect(await endDetached(directory, 'part', 'SIGTERM', GRACE_MS)).toBe('ended');
  expect(isRunning(record)).toBe(false);
  expect(findDetached(directory, 'part')).toBeUndefined();
  expect(await endDetached(directory, 'part', 'SIGTERM', GRACE_MS)).toBe('not_running');
});

test('a process that does not end when asked is killed, with what it started', async () => {
  const directory = temporaryDirectory();
  const record = await start(
    directory,
    `process.on('SIGINT', () => {});
    const child = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    console.log('child', child.pid)`,
  );
  const child = Number(/child (\d+)/.exec(logTail(directory, 'part'))?.[1]);
  expect(await endDetached(directory, 'part', 'SIGINT', 300)).toBe('killed');
  await until('the end of both', () => !isRunning(record) && !isRunning({ ...record, pid: child }));
});

test('a pid that another program has by now is not taken for the recorded process, and is left alone', async () => {
  const directory = temporaryDirectory();
  const other = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void other.kill('SIGKILL'));
  const startedAt = Date.now() - 3_600_000;
  writeFileSync(join(directory, 'part.json'), JSON.stringify({ pid: other.pid, startedAt, about: 'one' }));
  expect(findDetached(directory, 'part')).toBeUndefined();
  expect(await endDetached(directory, 'part', 'SIGTERM', 0)).toBe('not_running');
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
});

test.each(['', 'not json', '{"pid":"1"}', '{"pid":0,"startedAt":0,"about":""}'])(
  'a record that reads %j stands for nothing and is cleared away',
  async (text) => {
    const directory = temporaryDirectory();
    const path = join(directory, 'part.json');
    writeFileSync(path, text);
    expect(findDetached(directory, 'part')).toBeUndefined();
    expect(await endDetached(directory, 'part', 'SIGTERM', 0)).toBe('not_running');
    expect(existsSync(path)).toBe(false);
  },
);

test('a program that cannot be started is an error in words and leaves no record', async () => {
  const directory = temporaryDirectory();
  const started = startDetached({
    name: 'part',
    directory,
    about: 'one',
    command: join(directory, 'nothing'),
    args: [],
    env: {},
  });
  await expect(started).rejects.toThrow(/could not start .*nothing: .*ENOENT/);
  expect(readFileSync(join(directory, 'part.log'), 'utf8')).toBe('');
  expect(findDetached(directory, 'part')).toBeUndefined();
});
