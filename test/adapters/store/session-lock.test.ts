import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireSessionLock, isSessionLocked } from '../../../adapters/store/session-lock.ts';
import { startChild } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('is held once, and free again after its release', () => {
  const path = join(temporaryDirectory(), 'demo.db');
  const lock = acquireSessionLock(path);
  expect(acquireSessionLock(path)).toEqual({ kind: 'held' });
  expect(isSessionLocked(path)).toBe(true);
  if (lock.kind !== 'acquired') throw new Error('the first was refused');
  lock.release();
  lock.release();
  expect(isSessionLocked(path)).toBe(false);
  const again = acquireSessionLock(path);
  expect(again.kind).toBe('acquired');
  if (again.kind === 'acquired') again.release();
});

test('ends with a process that is killed, and not before', async () => {
  const path = join(temporaryDirectory(), 'demo.db');
  const child = startChild('hold-session-lock.ts', path);
  expect(await child.firstLine()).toBe('acquired');
  expect(isSessionLocked(path)).toBe(true);
  expect(acquireSessionLock(path)).toEqual({ kind: 'held' });
  child.process.kill('SIGSTOP');
  expect(acquireSessionLock(path)).toEqual({ kind: 'held' });
  child.process.kill('SIGKILL');
  expect(await child.ended()).toBe('SIGKILL');
  expect(isSessionLocked(path)).toBe(false);
  const lock = acquireSessionLock(path);
  expect(lock.kind).toBe('acquired');
  if (lock.kind === 'acquired') lock.release();
});

test('a probe makes no file, and a lock only one', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'demo.db');
  expect(isSessionLocked(path)).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
  const lock = acquireSessionLock(path);
  expect(readdirSync(directory)).toEqual(['demo.db.lock']);
  if (lock.kind === 'acquired') lock.release();
});

test('sessions do not lock each other', () => {
  const directory = temporaryDirectory();
  const locks = ['a.db', 'b.db'].map((name) => acquireSessionLock(join(directory, name)));
  expect(locks.map((lock) => lock.kind)).toEqual(['acquired', 'acquired']);
  for (const lock of locks) if (lock.kind === 'acquired') lock.release();
});
