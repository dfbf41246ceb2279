import { expect, test } from 'vitest';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { create, replace } from '../../adapters/store/table.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import { seeded } from '../support/random.ts';
import type { StoreFaults } from './chaos.ts';
import { chaosOf } from './chaos.ts';
import { Counts } from './counts.ts';
import { FaultyStore } from './faulty-store.ts';
import { Invocation } from './invocation.ts';

const KEY = { pk: 'A', sk: 'one' };
const OTHER = { pk: 'A', sk: 'two' };

/** A store with these faults on one with a first version of an item; its clock goes as told. */
async function openFaulty(faults: Partial<StoreFaults>) {
  const inner = openSqliteStore({ path: ':memory:' });
  await inner.transact([create(KEY, 'thing', { n: 1 })]);
  let now = epochMs(10_000);
  const clock = {
    now: () => now,
    wait: async (ms: number) => {
      now = plusMs(now, ms);
    },
  };
  const counts = new Counts();
  const table = new FaultyStore({
    inner,
    faults: { ...chaosOf({}).store, ...faults },
    clock,
    random: seeded(3),
    counts,
  });
  await table.begin();
  return { inner, table, counts, clock, store: table.for(new Invocation()) };
}
const second = replace(KEY, 'thing', { n: 2 }, 1);

test('a busy table writes nothing and says so', async () => {
  const { store, inner, counts } = await openFaulty({ busy: 1 });
  await expect(store.transact([second])).rejects.toMatchObject({ name: 'StoreError', fault: 'busy' });
  expect((await inner.get(KEY))?.['n']).toBe(1);
  expect(counts.of('store.busy')).toBe(1);
});

test('a throttled table answers nothing', async () => {
  const { store } = await openFaulty({ throttled: 1 });
  await expect(store.get(KEY)).rejects.toMatchObject({ fault: 'unavailable' });
  await expect(store.query({ pk: 'A' })).rejects.toMatchObject({ fault: 'unavailable' });
  await expect(store.transact([second])).rejects.toMatchObject({ fault: 'unavailable' });
});

test('a lost answer has committed', async () => {
  const { store, inner } = await openFaulty({ lostAnswers: 1 });
  await expect(store.transact([second])).rejects.toMatchObject({ fault: 'unavailable' });
  expect((await inner.get(KEY))?.['n']).toBe(2);
});

test('a conflict with oneself has committed, and shows what was written', async () => {
  const { store } = await openFaulty({ ownConflicts: 1 });
  expect(await store.transact([second])).toMatchObject({ kind: 'conflict', key: KEY, found: { n: 2 } });
});

test('a conflict with others is never hidden by a fault', async () => {
  const { store, inner } = await openFaulty({ lostAnswers: 1, ownConflicts: 1 });
  await inner.transact([second]);
  expect(await store.transact([second])).toMatchObject({ kind: 'conflict', found: { n: 2 } });
});

test('a stale reader sees the table of one moment before, until it writes, and then what it wrote', async () => {
  const { store, inner, clock, counts } = await openFaulty({ stale: 1, staleMs: 1_000 });
  await clock.wait(5_000);
  await inner.transact([second, create(OTHER, 'thing', { n: 9 })]);
  expect((await store.get(KEY))?.['n']).toBe(1);
  expect(await store.get(OTHER)).toBeUndefined();
  expect((await store.query({ pk: 'A' })).items.map((one) => one['n'])).toEqual([1]);
  expect(counts.of('store.stale')).toBe(3);
  expect(await store.transact([second])).toMatchObject({ kind: 'conflict' });
  await store.transact([replace(KEY, 'thing', { n: 3 }, 2)]);
  expect((await store.get(KEY))?.['n']).toBe(3);
});

test('a past page has the limit, order and next page of a present one', async () => {
  const { store, inner, clock } = await openFaulty({ stale: 1, staleMs: 1 });
  await inner.transact([create(OTHER, 'thing', {}), create({ pk: 'A', sk: 'three' }, 'thing', {})]);
  // Looked at long before it is read, so that past and present are the same.
  await store.get(KEY);
  await clock.wait(5_000);
  for (const query of [
    { pk: 'A' },
    { pk: 'A', limit: 2 },
    { pk: 'A', limit: 2, descending: true },
    { pk: 'A', prefix: 't' },
    { pk: 'A', from: 'p', to: 'thz' },
    { pk: 'A', after: 'one' },
    { pk: 'B' },
  ])
    expect(await store.query(query)).toEqual(await inner.query(query));
});

test('an invocation that is killed never comes back, before or after its write', async () => {
  const outcomes = new Set<number>();
  for (let n = 0; n < 20; n++) {
    const { table, inner, counts } = await openFaulty({ killed: 1 });
    for (let skipped = 0; skipped < n; skipped++) void table.for(new Invocation()).get(KEY);
    const invocation = new Invocation();
    const write = table.for(invocation).transact([second]);
    expect(await invocation.run(write.then(() => {}))).toBe('killed');
    expect(counts.of('store.killed')).toBe(n + 1);
    outcomes.add(Number((await inner.get(KEY))?.['n']));
  }
  expect([...outcomes].sort((a, b) => a - b)).toEqual([1, 2]);
});

test('a slow table takes its time, and a calm one has no faults', async () => {
  const { table, clock, inner, counts } = await openFaulty({ accessMs: 10, slow: 1, slowMs: 500, busy: 1 });
  const before = clock.now();
  await table.for(new Invocation()).get(KEY);
  expect(clock.now() - before).toBeGreaterThan(0);
  expect(counts.of('store.slow')).toBe(1);
  table.calm();
  const calmAt = clock.now();
  expect(await table.for(new Invocation()).transact([second])).toEqual({ kind: 'committed' });
  expect((await inner.get(KEY))?.['n']).toBe(2);
  expect(clock.now()).toBe(calmAt);
});
