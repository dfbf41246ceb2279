import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { StoreError } from '../../../adapters/store/item-store.ts';
import type { OpenMode } from '../../../adapters/store/sqlite-file.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { put } from '../../contract/item-store-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const item = { pk: 'P', sk: 'S', version: 1 };

/** A closed store with some forty pages in its file. */
async function writeStore(path: string): Promise<void> {
  const store = openSqliteStore({ path });
  for (let n = 0; n < 30; n += 1) {
    await store.transact([put({ pk: 'P', sk: `${n}`, text: String(n).repeat(1_000) })]);
  }
  await store.close();
}

function refusal(path: string, mode: OpenMode): StoreError {
  try {
    void openSqliteStore({ path, mode }).close();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error(`${path} was opened`);
}

test('makes the file and its folder in mode create, and neither in mode existing', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'sessions', 'demo.db');
  expect(refusal(path, 'existing')).toMatchObject({ fault: 'unavailable' });
  expect(readdirSync(directory)).toEqual([]);
  await openSqliteStore({ path }).close();
  await openSqliteStore({ path, mode: 'existing' }).close();
  expect(readdirSync(join(directory, 'sessions'))).toEqual(['demo.db']);
});

test('takes an empty file for a new one in mode create only', async () => {
  const path = join(temporaryDirectory(), 'demo.db');
  writeFileSync(path, '');
  expect(refusal(path, 'existing')).toMatchObject({ fault: 'unavailable' });
  const store = openSqliteStore({ path });
  expect(await store.transact([put(item)])).toEqual({ kind: 'committed' });
  await store.close();
});

const damages: { title: string; damage: (path: string) => void }[] = [
  { title: 'that is no database', damage: (path) => writeFileSync(path, 'A text of somebody.\n'.repeat(50)) },
  { title: 'cut to half', damage: (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)) },
  { title: 'cut within a page', damage: (path) => truncateSync(path, readFileSync(path).length - 1_000) },
  { title: 'cut within its header', damage: (path) => truncateSync(path, 50) },
  {
    title: 'with pages overwritten',
    damage: (path) => {
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0xa5, 4 * 4_096, 9 * 4_096));
    },
  },
];

test.each(damages)('keeps a file $title aside, byte for byte, and begins anew', async ({ damage }) => {
  const path = join(temporaryDirectory(), 'demo.db');
  for (const n of [1, 2]) {
    await writeStore(path);
    damage(path);
    const bytes = readFileSync(path);
    const error = refusal(path, 'create');
    expect(error.fault).toBe('corrupt');
    expect(error.message).toContain(`${path}.corrupt-${n};`);
    expect(readFileSync(`${path}.corrupt-${n}`).equals(bytes)).toBe(true);
    expect(existsSync(path)).toBe(false);
  }
  const store = openSqliteStore({ path });
  expect((await store.query({ pk: 'P' })).items).toEqual([]);
  await store.close();
});

test('keeps the log of a damaged file aside with it', async () => {
  const path = join(temporaryDirectory(), 'demo.db');
  await writeStore(path);
  truncateSync(path, 50);
  writeFileSync(`${path}-wal`, 'a log');
  expect(refusal(path, 'create').fault).toBe('corrupt');
  expect(existsSync(`${path}.corrupt-1-wal`)).toBe(true);
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('leaves a damaged file where it is in mode existing', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'demo.db');
  writeFileSync(path, 'A text of somebody.\n'.repeat(50));
  expect(refusal(path, 'existing').fault).toBe('corrupt');
  expect(readdirSync(directory)).toEqual(['demo.db']);
});

test.each<OpenMode>(['create', 'existing'])(
  'refuses a newer format in mode %s and touches nothing',
  async (mode) => {
    const directory = temporaryDirectory();
    const path = join(directory, 'demo.db');
    await writeStore(path);
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 7');
    newer.close();
    const bytes = readFileSync(path);
    const error = refusal(path, mode);
    expect(error.fault).toBe('newer');
    expect(error.message).toContain('store format 7');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(directory)).toEqual(['demo.db']);
  },
);

test('sees a newer format that is still in the log of a process that runs', async () => {
  const path = join(temporaryDirectory(), 'demo.db');
  await writeStore(path);
  const newer = new DatabaseSync(path);
  onTestFinished(() => newer.close());
  newer.exec('PRAGMA user_version = 7');
  expect(refusal(path, 'create').fault).toBe('newer');
});

test.each<OpenMode>(['create', 'existing'])("refuses another program's database in mode %s", (mode) => {
  const directory = temporaryDirectory();
  const path = join(directory, 'demo.db');
  const foreign = new DatabaseSync(path);
  foreign.exec('CREATE TABLE recipes (name TEXT)');
  foreign.close();
  const bytes = readFileSync(path);
  expect(refusal(path, mode)).toMatchObject({
    fault: 'unavailable',
    message: expect.stringContaining('another program'),
  });
  expect(readFileSync(path).equals(bytes)).toBe(true);
  expect(readdirSync(directory)).toEqual(['demo.db']);
});

test("leaves another program's log alone, which opening the database would fold in", () => {
  const directory = temporaryDirectory();
  const running = join(directory, 'running.db');
  const foreign = new DatabaseSync(running);
  onTestFinished(() => foreign.close());
  foreign.exec('CREATE TABLE recipes (name TEXT); PRAGMA journal_mode = WAL; PRAGMA user_version = 3');
  // As a killed process would leave it: nobody has it open, and the newest is in the log.
  const path = join(directory, 'left.db');
  for (const suffix of ['', '-wal']) copyFileSync(running + suffix, path + suffix);
  const log = readFileSync(`${path}-wal`);
  expect(log.length).toBeGreaterThan(0);
  expect(refusal(path, 'create')).toMatchObject({ fault: 'unavailable' });
  expect(readFileSync(`${path}-wal`).equals(log)).toBe(true);
  expect(existsSync(`${path}-shm`)).toBe(false);
});

test('says in words that a folder is no store', () => {
  expect(refusal(temporaryDirectory(), 'create')).toMatchObject({ fault: 'unavailable' });
});
