import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Item, Write } from '../../../adapters/store/item-store.ts';
import type { SqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { itemBytes } from '../../../local/cost/item-size.ts';
import { MeteredStore } from '../../../local/cost/metered-store.ts';

let sqlite: SqliteStore;
let store: MeteredStore;
beforeEach(() => {
  sqlite = openSqliteStore({ path: ':memory:' });
  store = new MeteredStore(sqlite);
  store.start();
});
afterEach(() => store.close());

/** An item of exactly so many billed bytes. */
function itemOf(bytes: number, sk = 'CURSOR', version = 1): Item {
  const empty = { pk: 'ACCOUNT#a', sk, version, text: '' };
  const item = { ...empty, text: 'x'.repeat(bytes - itemBytes(empty)) };
  expect(itemBytes(item)).toBe(bytes);
  return item;
}
const put = (item: Item, version?: number): Write => ({
  kind: 'put',
  item,
  condition: version === undefined ? { kind: 'absent' } : { kind: 'version', version },
});
const writes = (): Record<string, number> => Object.fromEntries(store.use.writeUnits);
const reads = (): Record<string, number> => Object.fromEntries(store.use.readUnits);

test.each([
  { bytes: 60, units: 2 },
  { bytes: 1_024, units: 2 },
  { bytes: 1_025, units: 4 },
  { bytes: 5_000, units: 10 },
])('a put of $bytes bytes in a transaction is $units write units', async ({ bytes, units }) => {
  await store.transact([put(itemOf(bytes))]);
  expect(writes()).toEqual({ cursors: units });
});

test('a put counts the larger of what was there and what comes', async () => {
  await store.transact([put(itemOf(3_000))]);
  await store.transact([put(itemOf(100, 'CURSOR', 2), 1)]);
  await store.transact([put(itemOf(100, 'CURSOR', 3), 2)]);
  expect(writes()).toEqual({ cursors: 6 + 6 + 2 });
});

test('checks and deletes cost what a write of the item found would, and at least the smallest', async () => {
  await store.transact([put(itemOf(2_000))]);
  const key = { pk: 'ACCOUNT#a', sk: 'CURSOR' };
  await store.transact([
    { kind: 'check', key, condition: { kind: 'version', version: 1 } },
    { kind: 'check', key: { pk: 'CONTROL', sk: 'MODE' }, condition: { kind: 'absent' } },
  ]);
  await store.transact([{ kind: 'delete', key, condition: { kind: 'version', version: 1 } }]);
  await store.transact([put(itemOf(100))]);
  expect(writes()).toEqual({ cursors: 4 + 4 + 4 + 2, 'trading mode': 2 });
});

test('a transaction that conflicts is billed, and changes nothing that later calls are billed by', async () => {
  await store.transact([put(itemOf(100))]);
  const result = await store.transact([put(itemOf(9_000, 'CURSOR', 2), 7)]);
  expect(result.kind).toBe('conflict');
  await store.get({ pk: 'ACCOUNT#a', sk: 'CURSOR' });
  expect(writes()).toEqual({ cursors: 2 + 18 });
  expect(reads()).toEqual({ cursors: 1 });
  expect(store.use.commits).toBe(1);
});

test('reads count 4 KiB steps, a query the sum of its items, and what is not there one unit', async () => {
  await store.transact([put(itemOf(3_000, 'POSITION#a')), put(itemOf(3_000, 'POSITION#b'))]);
  await store.get({ pk: 'ACCOUNT#a', sk: 'POSITION#a' });
  await store.query({ pk: 'ACCOUNT#a', prefix: 'POSITION#' });
  await store.query({ pk: 'ACCOUNT#a', prefix: 'OPEN#' });
  await store.get({ pk: 'ACCOUNT#a', sk: 'CURSOR' });
  expect(reads()).toEqual({ 'orders, fills and journal': 1 + 2 + 1, cursors: 1 });
});

test('reading the journal from its beginning has a line of its own, and the journal counts as what only grows', async () => {
  await store.transact([put(itemOf(500, 'JOURNAL#1')), put(itemOf(500, 'POSITION#a'))]);
  await store.query({ pk: 'ACCOUNT#a', prefix: 'JOURNAL#' });
  expect(reads()).toEqual({ 'the whole history': 1 });
  expect(store.historyBytes).toBe(500 + 100);
});

test('counts neither before it is started nor what only the embedded runtime keeps', async () => {
  const still = new MeteredStore(sqlite);
  await still.transact([put(itemOf(2_000))]);
  still.start();
  await still.transact([put({ pk: 'FEED#main', sk: 'SETTLED', version: 1 })]);
  await still.get({ pk: 'CONTROL', sk: 'HEARTBEAT' });
  expect(still.use).toEqual({ writeUnits: new Map(), readUnits: new Map(), commits: 0, commitsWithNews: 0 });
  // What was written before is known all the same: the next put is billed by it.
  await still.transact([put(itemOf(100, 'CURSOR', 2), 1)]);
  expect(still.use.writeUnits.get('cursors')).toBe(4);
});

test('a commit is news when it holds an order, a decision, a fill or a change of mode', async () => {
  await store.transact([put({ ...itemOf(100), entity: 'cursor' })]);
  await store.transact([put({ ...itemOf(100, 'ORDER#1'), entity: 'order' })]);
  expect(store.use).toMatchObject({ commits: 2, commitsWithNews: 1 });
});
