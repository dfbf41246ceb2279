import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { readHaltFile, writeHaltFile } from '../../adapters/store/halt-file.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRuntimeStore } from '../../adapters/store/runtime-store.ts';
import { acquireSessionLock } from '../../adapters/store/session-lock.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import type { HaltOutcome } from '../../local/switch.ts';
import { halt, liftHalt } from '../../local/switch.ts';
import { atEnd } from '../lifecycle/at-end.ts';
import { isAlive } from '../lifecycle/processes.ts';
import { temporaryDirectory } from '../lifecycle/temporary-directory.ts';

const haltFromOutside = (directory: string, paths: readonly string[]): Promise<readonly HaltOutcome[]> =>
  halt({
    directory,
    paths,
    reason: 'a drill',
    author: 'a test',
    cause: 'person',
    clock: systemClock,
    endsHangingDesk: true,
  });

/** A session's file whose desk last beat a minute ago, under this pid. */
async function sessionOf(pid: number, directory: string): Promise<string> {
  const path = join(directory, 'demo-1.db');
  const store = openSqliteStore({ path });
  const at = plusMs(systemClock.now(), -60_000);
  await createRuntimeStore(store).beat({ pid, phase: 'running', at, eventTime: null, progressAt: at });
  await store.close();
  return path;
}

/** Somebody who holds the session and its store and says nothing. */
function occupy(path: string): void {
  const lock = acquireSessionLock(path);
  const database = new DatabaseSync(path);
  database.exec('BEGIN IMMEDIATE');
  atEnd(() => {
    database.close();
    if (lock.kind === 'acquired') lock.release();
  });
}

test('a program that was given the pid of a dead desk is not ended for it', async () => {
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { stdio: 'ignore' });
  atEnd(() => bystander.kill('SIGKILL'));
  const pid = bystander.pid ?? 0;
  const directory = temporaryDirectory();
  const path = await sessionOf(pid, directory);
  occupy(path);
  expect(await haltFromOutside(directory, [path])).toEqual([
    {
      kind: 'by_file',
      fault: 'busy',
      why: expect.stringContaining('Who holds its lock may still end the one transaction it is in.'),
    },
  ]);
  expect(isAlive(pid)).toBe(true);
  expect(readHaltFile(directory)).toMatchObject({ reason: 'a drill' });
});

test('where the pid of the last beat is nobody, nobody is ended and the HALT file stands', async () => {
  const directory = temporaryDirectory();
  const path = await sessionOf(2 ** 30, directory);
  occupy(path);
  expect(await haltFromOutside(directory, [path])).toMatchObject([{ kind: 'by_file', fault: 'busy' }]);
  expect(readHaltFile(directory)).toMatchObject({ reason: 'a drill' });
});

test('a session that is halted already keeps its cause, which says what must be done before it is resumed', async () => {
  const path = join(temporaryDirectory(), 'demo-1.db');
  const store = openSqliteStore({ path });
  atEnd(() => void store.close());
  const modes = createModeStore(store, systemClock);
  const drawdown: Omit<ModeState, 'version'> = {
    mode: 'halted',
    cause: 'drawdown',
    reason: 'fell too far',
    author: 'guard',
    changedAt: epochMs(1_000),
    until: null,
  };
  await modes.setMode(await modes.mode(), drawdown);
  const [outcome] = await haltFromOutside(temporaryDirectory(), [path]);
  expect(outcome).toMatchObject({ kind: 'halted', ended: null, before: drawdown });
  expect(await modes.mode()).toMatchObject(drawdown);
});

test('a session that never began is halted for good, not only until it begins', async () => {
  const directory = temporaryDirectory();
  const path = await sessionOf(2 ** 30, directory);
  expect(await haltFromOutside(directory, [path])).toEqual([{ kind: 'halted', ended: null, before: null }]);
  const store = openSqliteStore({ path });
  atEnd(() => void store.close());
  expect(await createModeStore(store, systemClock).mode()).toMatchObject({ mode: 'halted', version: 1 });
  expect(readHaltFile(directory)).toBeUndefined();
});

test('the HALT file is not lifted for a halt that was set meanwhile', () => {
  const directory = temporaryDirectory();
  const mine = { reason: 'mine', author: 'me', at: epochMs(1_000) };
  writeHaltFile(directory, { ...mine, author: 'guard' });
  expect(liftHalt(directory, mine)).toBe(false);
  expect(readHaltFile(directory)).toMatchObject({ author: 'guard' });
  writeHaltFile(directory, mine);
  expect(liftHalt(directory, mine)).toBe(true);
  expect(readHaltFile(directory)).toBeUndefined();
});
