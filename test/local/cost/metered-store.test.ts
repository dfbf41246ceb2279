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
  { bytes: 60, alone: 1, together: 2 },
  { bytes: 1_024, alone: 1, together: 2 },
  { bytes: 1_025, alone: 2, together: 4 },
  { bytes: 5_000, alone: 5, together: 10 },
])(
  'a put of $bytes bytes is $alone write units by itself and $together among others',
  async ({ bytes, alone, together }) => {
    await store.transact([put(itemOf(bytes))]);
    expect(writes()).toEqual({ cursors: alone });
    await store.transact([put(itemOf(bytes, 'EQUITY')), put(itemOf(60, 'POSITION#a'))]);
    expect(writes()).toEqual({
      cursors: alone,
      'marks and equity': together,
      'orders, fills and journal': 2,
    });
  },
);

test('a put counts the larger of what was there and what comes', async () => {
  await store.transact([put(itemOf(3_000))]);
  await store.transact([put(itemOf(100, 'CURSOR', 2), 1)]);
  await store.transact([put(itemOf(100, 'CURSOR', 3), 2)]);
  expect(writes()).toEqual({ cursors: 3 + 3 + 1 });
});

test('a transaction of several counts the larger image of each of its items', async () => {
  await store.transact([put(itemOf(3_000)), put(itemOf(100, 'EQUITY'))]);
  await store.transact([put(itemOf(100, 'CURSOR', 2), 1), put(itemOf(2_000, 'EQUITY', 2), 1)]);
  expect(writes()).toEqual({ cursors: 6 + 6, 'marks and equity': 2 + 4 });
});

const cursor = { pk: 'ACCOUNT#a', sk: 'CURSOR' };

test('a delete by itself costs what a put of the item found would, and at least the smallest', async () => {
  await store.transact([put(itemOf(2_000))]);
  await store.transact([{ kind: 'delete', key: cursor, condition: { kind: 'version', version: 1 } }]);
  await store.transact([put(itemOf(100))]);
  expect(writes()).toEqual({ cursors: 2 + 2 + 1 });
});

test('a check costs what a write of the item found would in a transaction, also when it is the only one', async () => {
  await store.transact([put(itemOf(2_000))]);
  const check: Write = { kind: 'check', key: cursor, condition: { kind: 'version', version: 1 } };
  await store.transact([
    check,
    { kind: 'check', key: { pk: 'CONTROL', sk: 'MODE' }, condition: { kind: 'absent' } },
  ]);
  expect(writes()).toEqual({ cursors: 2 + 4, 'trading mode': 2 });
  await store.transact([check]);
  expect(writes()).toEqual({ cursors: 2 + 4 + 4, 'trading mode': 2 });
});

test('a write that conflicts is billed, and changes nothing that later calls are billed by', async () => {
  await store.transact([put(itemOf(100))]);
  const late = put(itemOf(9_000, 'CURSOR', 2), 7);
  expect(await store.transact([late])).toMatchObject({ kind: 'conflict' });
  expect(await store.transact([late, put(itemOf(60, 'EQUITY'))])).toMatchObject({ kind: 'conflict' });
  await store.get(cursor);
  expect(await store.get({ pk: 'ACCOUNT#a', sk: 'EQUITY' })).toBeUndefined();
  expect(writes()).toEqual({ cursors: 1 + 9 + 18, 'marks and equity': 2 });
  expect(reads()).toEqual({ cursors: 1, 'marks and equity': 1 });
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

test.each([
  { from: 'JOURNAL#000000000000002', to: 'JOURNAL#:' },
  { from: 'DECISION#taker/demo:A/1767603601000', to: 'DECISION#taker/demo:A/:' },
  { prefix: 'FILL#order/1#' },
])(
  'looking for what was written since a checkpoint is not reading the whole history: $from$prefix',
  async (which) => {
    await store.query({ pk: 'ACCOUNT#a', ...which });
    expect(reads()).toEqual({ 'reconcile from its checkpoint': 1 });
  },
);

test('the checkpoint of an account is put and read for its reconciliation, and is not news', async () => {
  await store.transact([put({ ...itemOf(4_500, 'RECONCILED'), entity: 'checkpoint' })]);
  await store.get({ pk: 'ACCOUNT#a', sk: 'RECONCILED' });
  expect(writes()).toEqual({ 'reconcile from its checkpoint': 5 });
  expect(reads()).toEqual({ 'reconcile from its checkpoint': 2 });
  expect(store.use.commitsWithNews).toBe(0);
});

test('what is read for one purpose counts there whatever it is, and writes count by their items', async () => {
  const view = store.readFor('reconcile from its checkpoint');
  await view.transact([put(itemOf(5_000))]);
  expect(await view.get(cursor)).toBeDefined();
  await view.query({ pk: 'ACCOUNT#a', prefix: 'POSITION#' });
  expect(reads()).toEqual({ 'reconcile from its checkpoint': 2 + 1 });
  expect(writes()).toEqual({ cursors: 5 });
});

test.each([
  { pk: 'CANDLES#binance:BTCUSDT#1m', sk: '001767603600000', purpose: 'candles' },
  { pk: 'CATALOGUE#kalshi#series:KXBTC15M', sk: 'HEAD#001767603600000', purpose: 'universe' },
  { pk: 'FEED#main', sk: 'UNIVERSE', purpose: 'universe' },
  { pk: 'FEED#main', sk: 'UNIVERSE#FINDINGS', purpose: 'universe' },
  { pk: 'GAMES#nfl#2026-09-20', sk: 'GAME#401772987', purpose: 'games' },
  { pk: 'FEED#main', sk: 'RULES', purpose: 'configuration and rules' },
  { pk: 'CONTROL', sk: 'CONFIG', purpose: 'configuration and rules' },
  { pk: 'CONTROL', sk: 'CONFIG#abc', purpose: 'configuration and rules' },
])('$pk / $sk is read and written for: $purpose', async ({ pk, sk, purpose }) => {
  await store.transact([put({ pk, sk, version: 1 })]);
  await store.get({ pk, sk });
  await store.query({ pk, prefix: sk });
  expect([writes(), reads()]).toEqual([{ [purpose]: 1 }, { [purpose]: 2 }]);
});

test('counts neither before it is started nor what only the embedded runtime keeps', async () => {
  const still = new MeteredStore(sqlite);
  await still.transact([put(itemOf(2_000))]);
  still.start();
  await still.transact([put({ pk: 'FEED#main', sk: 'SETTLED', version: 1 })]);
  await still.get({ pk: 'CONTROL', sk: 'HEARTBEAT' });
  expect(still.use).toEqual({ writeUnits: new Map(), readUnits: new Map(), commitsWithNews: 0 });
  // What was written before is known all the same: the next put is billed by it.
  await still.transact([put(itemOf(100, 'CURSOR', 2), 1)]);
  expect(still.use.writeUnits.get('cursors')).toBe(2);
});

test('a commit is news when it holds an order, a decision, a fill or another kind that wakes the relay', async () => {
  await store.transact([put({ ...itemOf(100), entity: 'cursor' })]);
  expect(store.use).toMatchObject({ commitsWithNews: 0 });
  await store.transact([
    put({ ...itemOf(100, 'ORDER#1'), entity: 'order' }),
    put({ ...itemOf(100, 'FILL#1'), entity: 'fill' }),
  ]);
  await store.transact([put({ ...itemOf(100, 'DECISION#1'), entity: 'decision' })]);
  expect(store.use).toMatchObject({ commitsWithNews: 2 });
});
