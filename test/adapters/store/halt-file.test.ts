import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  haltOverlay,
  readHaltFile,
  removeHaltFile,
  writeHaltFile,
} from '../../../adapters/store/halt-file.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { epochMs } from '../../../core/time.ts';
import { atVersion, check, put } from '../../contract/item-store-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const key = { pk: 'CONTROL', sk: 'MODE' };
const halt = { reason: 'too fast', author: 'ada', at: epochMs(1_700_000_000_000) };

test('covers the mode from the moment it is written until it is removed', () => {
  const directory = join(temporaryDirectory(), 'not there yet');
  const overlay = haltOverlay(directory, key);
  expect(overlay.read()).toBeUndefined();
  writeHaltFile(directory, halt);
  expect(overlay.read()).toEqual({
    ...key,
    version: -1,
    mode: 'halted',
    reason: 'too fast',
    author: 'ada',
    changedAt: 1_700_000_000_000,
    cause: 'person',
    until: null,
    source: 'HALT file',
  });
  expect(readdirSync(directory)).toEqual(['HALT']);
  removeHaltFile(directory);
  expect(overlay.read()).toBeUndefined();
  removeHaltFile(directory);
});

test('the newer reason replaces the older', () => {
  const directory = temporaryDirectory();
  writeHaltFile(directory, halt);
  writeHaltFile(directory, { ...halt, reason: 'too far' });
  expect(readHaltFile(directory)).toEqual({ ...halt, reason: 'too far' });
});

test.each([
  { title: 'an empty file', content: '' },
  { title: 'half a file', content: '{"version":1,"reason":"too f' },
  { title: 'a text', content: 'stop it' },
  { title: 'a file without an author', content: '{"version":1,"reason":"x","at":1}' },
  { title: 'a file with a broken time', content: '{"version":1,"reason":"x","author":"y","at":-1}' },
])('$title halts, and says that it could not be read', ({ content }) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'HALT'), content);
  expect(haltOverlay(directory, key).read()).toMatchObject({
    mode: 'halted',
    author: 'unknown',
    reason: expect.stringContaining('could not be read'),
  });
});

test('a folder of that name halts, too, until it is removed', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'HALT'));
  expect(haltOverlay(directory, key).read()).toMatchObject({ mode: 'halted', author: 'unknown' });
  removeHaltFile(directory);
  expect(haltOverlay(directory, key).read()).toBeUndefined();
});

test('what comes from a folder that is gone is not a halt', () => {
  const directory = temporaryDirectory();
  rmSync(directory, { recursive: true });
  expect(readHaltFile(directory)).toBeUndefined();
});

test('stops a transaction of a store that was open before', async () => {
  const directory = temporaryDirectory();
  const store = openSqliteStore({ path: join(directory, 'demo.db'), overlay: haltOverlay(directory, key) });
  const order = { pk: 'ACCOUNT#a', sk: 'ORDER#1', version: 1 };
  await store.transact([put({ ...key, version: 1, mode: 'active' })]);
  writeHaltFile(directory, halt);
  expect(await store.transact([put(order), check(key, atVersion(1))])).toMatchObject({
    kind: 'conflict',
    found: { mode: 'halted', reason: 'too fast' },
  });
  expect(await store.get(order)).toBeUndefined();
  removeHaltFile(directory);
  expect(await store.transact([put(order), check(key, atVersion(1))])).toEqual({ kind: 'committed' });
  await store.close();
});
