import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { type Item, queryAll, type Write } from '../../../adapters/store/item-store.ts';
import type { Overlay } from '../../../adapters/store/overlay.ts';
import {
  openSqliteStore,
  type SqliteStore,
  type SqliteStoreOptions,
} from '../../../adapters/store/sqlite-store.ts';
import { absent, atVersion, check, put, remove } from '../../contract/item-store-contract.ts';
import { startChild } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const mode: Item = { pk: 'CONTROL', sk: 'MODE', version: 3, mode: 'active' };
const halted: Item = { ...mode, version: -1, mode: 'halted' };
const order: Item = { pk: 'ACCOUNT#a', sk: 'ORDER#1', version: 1 };

function open(options: SqliteStoreOptions): SqliteStore {
  const store = openSqliteStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** An overlay that answers what the list says, read by read, and its last answer from then on. */
function scripted(...answers: readonly (Item | undefined)[]): Overlay {
  let reads = 0;
  return {
    key: mode,
    read: () => {
      reads += 1;
      return answers[Math.min(reads, answers.length) - 1];
    },
  };
}

test('lets another process read and write the file between its own transactions', async () => {
  const path = join(temporaryDirectory(), 'session.db');
  const desk = open({ path });
  const beside = open({ path, mode: 'existing' });
  await desk.transact([put(mode)]);
  expect(await beside.get(mode)).toEqual(mode);
  await beside.transact([put({ ...mode, version: 4 }, atVersion(3))]);
  expect(await desk.transact([check(mode, atVersion(3))])).toEqual({
    kind: 'conflict',
    key: { pk: 'CONTROL', sk: 'MODE' },
    condition: atVersion(3),
    found: { ...mode, version: 4 },
  });
});

test('reads what was committed while another transaction is open', async () => {
  const path = join(temporaryDirectory(), 'session.db');
  const store = open({ path });
  await store.transact([put(mode)]);
  const writer = new DatabaseSync(path);
  onTestFinished(() => writer.close());
  writer.exec('BEGIN IMMEDIATE');
  writer.exec("UPDATE items SET version = 99, body = '{}'");
  expect(await store.get(mode)).toEqual(mode);
  expect((await store.query({ pk: 'CONTROL' })).items).toEqual([mode]);
});

test('is busy, with nothing written, while another process keeps the write lock', async () => {
  const path = join(temporaryDirectory(), 'session.db');
  const store = open({ path, busyTimeoutMs: 20 });
  const writer = new DatabaseSync(path);
  onTestFinished(() => writer.close());
  writer.exec('BEGIN IMMEDIATE');
  await expect(store.transact([put(order)])).rejects.toMatchObject({ name: 'StoreError', fault: 'busy' });
  writer.exec('ROLLBACK');
  expect(await store.get(order)).toBeUndefined();
  expect(await store.transact([put(order)])).toEqual({ kind: 'committed' });
});

test('is full when no page is left, keeps nothing of that transaction, and goes on when there is room', async () => {
  let database: DatabaseSync | undefined;
  const store = open({
    path: join(temporaryDirectory(), 'session.db'),
    connect: (path) => {
      database = new DatabaseSync(path);
      database.exec('PRAGMA max_page_count = 40');
      return database;
    },
  });
  const fill = (n: number): Promise<unknown> =>
    store.transact(['A', 'B', 'C'].map((sk) => put({ pk: `FILL#${n}`, sk, text: 'x'.repeat(3_000) })));
  let filled = 0;
  const filling = async (): Promise<void> => {
    for (; filled < 100; filled += 1) await fill(filled);
  };
  await expect(filling()).rejects.toMatchObject({ name: 'StoreError', fault: 'full' });
  expect(filled).toBeGreaterThan(0);
  expect((await store.query({ pk: `FILL#${filled}` })).items).toEqual([]);
  expect((await store.query({ pk: `FILL#${filled - 1}` })).items).toHaveLength(3);
  expect((await store.changes(undefined, 1_000)).changes).toHaveLength(3 * filled);
  database?.exec('PRAGMA max_page_count = 400');
  expect(await fill(filled)).toEqual({ kind: 'committed' });
});

test.each([
  { when: 'before', at: 7, committed: 6 },
  { when: 'after', at: 7, committed: 7 },
  { when: 'before', at: 1, committed: 0 },
])(
  'keeps $committed whole transactions of a process killed $when commit $at',
  async ({ when, at, committed }) => {
    const path = join(temporaryDirectory(), 'session.db');
    expect(await startChild('die-in-transaction.ts', path, when, String(at)).ended()).toBe('SIGKILL');
    const store = open({ path });
    for (let n = 1; n <= at + 1; n += 1) {
      const { items } = await store.query({ pk: `PAIR#${n}` });
      expect(items).toHaveLength(n <= committed ? 2 : 0);
    }
    expect((await store.changes(undefined, 1_000)).changes).toHaveLength(2 * committed);
    expect(await store.transact([put(order)])).toEqual({ kind: 'committed' });
  },
);

test('rolls back and stays usable when the commit itself is refused', async () => {
  let refusing = false;
  class Refusing extends DatabaseSync {
    override exec(sql: string): void {
      if (refusing && sql === 'COMMIT') throw new Error('refused');
      super.exec(sql);
    }
  }
  const store = open({ path: ':memory:', connect: (path) => new Refusing(path) });
  refusing = true;
  await expect(store.transact([put(order)])).rejects.toThrow('refused');
  refusing = false;
  expect(await store.get(order)).toBeUndefined();
  expect(await store.transact([put(order)])).toEqual({ kind: 'committed' });
});

test('says that it is closed', async () => {
  const store = openSqliteStore({ path: ':memory:' });
  await store.close();
  await store.close();
  await expect(store.get(mode)).rejects.toMatchObject({ name: 'StoreError', fault: 'unavailable' });
  await expect(store.transact([put(order)])).rejects.toMatchObject({
    name: 'StoreError',
    fault: 'unavailable',
  });
});

test('forgets the changes before a position, tells the others, and refuses to skip what is forgotten', async () => {
  const store = open({ path: ':memory:' });
  for (let n = 1; n <= 5; n += 1) await store.transact([put({ pk: 'P', sk: `${n}` })]);
  const { changes, position } = await store.changes(undefined, 3);
  expect(await store.pruneChanges(position)).toBe(2);
  expect((await store.changes(undefined, 10)).changes.map(({ key }) => key.sk)).toEqual(['3', '4', '5']);
  expect((await store.changes(position, 10)).changes.map(({ key }) => key.sk)).toEqual(['4', '5']);
  const forgotten = changes[0]?.position;
  expect(forgotten).toBeDefined();
  await expect(store.changes(forgotten, 10)).rejects.toMatchObject({ fault: 'unavailable' });
});

test('numbers changes without holes or repeats after conflicts and after all were forgotten', async () => {
  const store = open({ path: ':memory:' });
  await store.transact([put(order)]);
  await store.transact([put({ ...order, sk: 'new' }), put(order)]);
  await store.pruneChanges('100');
  const { position } = await store.changes(undefined, 10);
  expect(position).toBe('1');
  await store.transact([put(mode)]);
  expect((await store.changes(position, 10)).changes.map((change) => change.position)).toEqual(['2']);
});

test('a put that changes nothing is a change all the same', async () => {
  const store = open({ path: ':memory:' });
  await store.transact([put(mode)]);
  await store.transact([put(mode, atVersion(3))]);
  const { changes } = await store.changes(undefined, 10);
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [undefined, mode],
    [mode, mode],
  ]);
});

test('shows the overlay instead of the table and judges by it, whatever the table says', async () => {
  const store = open({ path: ':memory:', overlay: scripted(halted) });
  await store.transact([put({ ...mode, sk: 'OTHER' })]);
  expect(await store.get(mode)).toEqual(halted);
  expect(await store.transact([put(order), check(mode, atVersion(3))])).toEqual({
    kind: 'conflict',
    key: { pk: 'CONTROL', sk: 'MODE' },
    condition: atVersion(3),
    found: halted,
  });
  expect(await store.get(order)).toBeUndefined();
  expect(await store.transact([put(order)])).toEqual({ kind: 'committed' });
});

test('conflicts when the overlay comes between the opening of a transaction and its commit', async () => {
  const overlay = scripted(undefined, undefined, halted);
  const store = open({ path: ':memory:', overlay });
  await store.transact([put({ ...mode, sk: 'OTHER' })]);
  expect(await store.transact([put(mode, absent)])).toEqual({ kind: 'committed' });
  expect(await store.transact([put(order), check(mode, atVersion(3))])).toEqual({
    kind: 'conflict',
    key: { pk: 'CONTROL', sk: 'MODE' },
    condition: atVersion(3),
    found: halted,
  });
  expect(await store.get(order)).toBeUndefined();
  expect((await store.changes(undefined, 10)).changes).toHaveLength(2);
});

test('conflicts when the overlay that a transaction was judged by goes before its commit', async () => {
  const store = open({ path: ':memory:', overlay: scripted(halted, undefined) });
  expect(await store.transact([put(mode, atVersion(-1))])).toEqual({
    kind: 'conflict',
    key: { pk: 'CONTROL', sk: 'MODE' },
    condition: atVersion(-1),
    found: undefined,
  });
  expect(await store.get(mode)).toBeUndefined();
});

test('writes below the overlay show once it is gone', async () => {
  const store = open({ path: ':memory:', overlay: scripted(halted, halted, halted, undefined) });
  const resumed = { ...mode, version: 9 };
  expect(await store.transact([put(resumed, atVersion(-1))])).toEqual({ kind: 'committed' });
  expect(await store.get(mode)).toEqual(halted);
  expect(await store.get(mode)).toEqual(resumed);
});

test.each<{
  title: string;
  stored: readonly string[];
  limit?: number;
  pages: readonly (readonly string[])[];
}>([
  { title: 'alone', stored: [], pages: [['M']] },
  { title: 'in its place', stored: ['A', 'Z'], pages: [['A', 'M', 'Z']] },
  { title: 'instead of the stored one', stored: ['A', 'M', 'Z'], pages: [['A', 'M', 'Z']] },
  {
    title: 'in the middle of a page',
    stored: ['A', 'Y', 'Z'],
    limit: 2,
    pages: [
      ['A', 'M'],
      ['Y', 'Z'],
    ],
  },
  {
    title: 'at the end of a full page',
    stored: ['A', 'B', 'M', 'Z'],
    limit: 3,
    pages: [['A', 'B', 'M'], ['Z']],
  },
  {
    title: 'on the page after',
    stored: ['A', 'B', 'Z'],
    limit: 2,
    pages: [
      ['A', 'B'],
      ['M', 'Z'],
    ],
  },
  { title: 'on a page of its own', stored: ['A', 'B'], limit: 2, pages: [['A', 'B'], ['M']] },
])('pages show the overlay $title, once, in both directions', async ({ stored, limit, pages }) => {
  const cover: Item = { pk: 'P', sk: 'M', version: -1 };
  const store = open({ path: ':memory:', overlay: { key: cover, read: () => cover } });
  const writes = stored.filter((sk) => sk !== 'M').map((sk): Write => put({ pk: 'P', sk, version: 1 }));
  await store.transact([
    ...writes,
    ...(stored.includes('M') ? [put({ pk: 'P', sk: 'M' }, atVersion(-1))] : []),
  ]);
  for (const descending of [false, true]) {
    const seen: string[][] = [];
    let after: string | undefined;
    do {
      const page = await store.query({
        pk: 'P',
        descending,
        ...(limit !== undefined && { limit }),
        ...(after !== undefined && { after }),
      });
      for (const { sk, version } of page.items) expect(version).toBe(sk === 'M' ? -1 : 1);
      seen.push(page.items.map((item) => item.sk));
      after = page.next;
    } while (after !== undefined);
    if (!descending) expect(seen).toEqual(pages);
    expect(seen.flat()).toEqual(descending ? pages.flat().toReversed() : pages.flat());
  }
  expect((await store.query({ pk: 'P', prefix: 'A' })).items.map((item) => item.sk)).not.toContain('M');
  expect((await store.query({ pk: 'Q' })).items).toEqual([]);
});

test('an overlay behind a page that is full by its bytes does not hide what lies between', async () => {
  const cover: Item = { pk: 'P', sk: 'Z', version: -1 };
  const store = open({ path: ':memory:', overlay: { key: cover, read: () => cover } });
  const keys = ['A', 'B', 'C', 'D', 'E'];
  for (const sk of keys) await store.transact([put({ pk: 'P', sk, text: 'x'.repeat(300_000) })]);
  expect((await store.query({ pk: 'P' })).items.length).toBeLessThan(keys.length);
  const seen: string[] = [];
  for await (const { sk } of queryAll(store, { pk: 'P' })) seen.push(sk);
  expect(seen).toEqual([...keys, 'Z']);
});

test('a delete leaves nothing behind that a later put could trip over', async () => {
  const store = open({ path: ':memory:' });
  await store.transact([put(mode)]);
  await store.transact([remove(mode, atVersion(3))]);
  expect(await store.transact([put(mode, absent)])).toEqual({ kind: 'committed' });
  expect(await store.get(mode)).toEqual(mode);
});
