import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../adapters/make-folder.ts';
import { temporaryDirectory } from '../lifecycle/temporary-directory.ts';

test('makes what is missing, and takes what is there', () => {
  const folder = join(temporaryDirectory(), 'a', 'b', 'c');
  makeFolder(folder);
  makeFolder(folder);
  expect(statSync(folder).isDirectory()).toBe(true);
});

test('a file in its place, or above it, is refused', () => {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'there', 'file'), '');
  expect(() => makeFolder(join(folder, 'there', 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(join(folder, 'there', 'file', 'under'))).toThrow('ENOTDIR');
});

test.skipIf(process.platform !== 'linux')('where the file system lets nobody make one, it says so', () => {
  expect(() => makeFolder('/proc/nobody/makes')).toThrow(
    "ENOENT: no such file or directory, mkdir '/proc/nobody'",
  );
});
