import { beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import type { Item, ItemStore, Key } from '../../adapters/store/item-store.ts';
import { keys } from '../../adapters/store/table.ts';
import { asMoney, formatUnits, money, ONE } from '../../core/amounts.ts';
import { CHAIN_START, chainEntry } from '../../core/ledger/journal.ts';
import type { Log } from '../../core/metrics.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { ReconciliationRecord } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { DAY_MS, dayStart, plusMs } from '../../core/time.ts';
import { MeteredStore } from '../../local/cost/metered-store.ts';
import { accountItems, forge, remove } from '../support/account-items.ts';
import type { Desk } from '../support/desk.ts';
import { eventsOf, NO_LOG, openDesk, runSequentially } from '../support/desk.ts';
import { reconcileInCloud } from '../support/reconciling.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { at, COIN, GEM, T0 } from '../support/values.ts';

const ALPHA = 'alpha' as AccountId;
const TOMORROW = plusMs(dayStart(T0), DAY_MS);
const events = eventsOf(syntheticMarket(5, 60, [COIN, GEM]));

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});

const run = (from: number, to: number): Promise<void> => runSequentially(desk, events.slice(from, to));
/** The record of the account `alpha`. */
async function reconciled(when: EpochMs, on: Desk = desk, store?: ItemStore): Promise<ReconciliationRecord> {
  const [alpha] = await reconcileInCloud(on, when, store);
  if (alpha?.accountId !== ALPHA) throw new Error('the first account is alpha');
  return alpha;
}
const kindsOf = ({ discrepancies }: ReconciliationRecord): string[] => discrepancies.map((one) => one.kind);
async function itemAt(key: Key): Promise<Item> {
  const item = await desk.store.get(key);
  if (!item) throw new Error(`there is no ${key.sk}`);
  return item;
}
/** Adds one to an amount of a stored item. */
async function raise(item: Item, field: string): Promise<void> {
  await forge(desk.store, { ...item, [field]: formatUnits(asMoney(money(String(item[field])) + ONE)) });
}

test('the first of a day reads the whole journal, the others what was booked since', async () => {
  await run(0, 30);
  const first = await reconciled(at(30));
  expect(first).toMatchObject({ scope: 'full', discrepancies: [] });
  expect(await reconciled(at(30))).toMatchObject({ scope: 'since', entries: 0, discrepancies: [] });
  await run(30, 60);
  const since = await reconciled(at(60));
  expect(since).toMatchObject({ scope: 'since', discrepancies: [] });
  expect(since.entries).toBeGreaterThan(0);
  const next = await reconciled(TOMORROW);
  expect(next).toMatchObject({ scope: 'full', entries: first.entries + since.entries, discrepancies: [] });
  expect(await reconciled(plusMs(TOMORROW, 1))).toMatchObject({ scope: 'since', entries: 0 });
  expect(await desk.records.reconciliation(ALPHA)).toMatchObject({ scope: 'since', at: TOMORROW + 1 });
});

test('what one that went on finds is the same as what a full one finds, and all are full until nothing is left', async () => {
  await run(0, 30);
  await reconciled(at(30));
  await run(30, 60);
  const state = await itemAt(keys.state(ALPHA, 'base'));
  await raise(state, 'cash');
  const since = await reconciled(at(60));
  const full = await reconciled(at(61));
  expect(kindsOf(since)).toEqual(['balance']);
  expect([since.scope, full.scope]).toEqual(['since', 'full']);
  expect(full.discrepancies).toEqual(since.discrepancies);
  expect((await reconciled(at(62))).scope).toBe('full');
  await forge(desk.store, state);
  expect(await reconciled(at(63))).toMatchObject({ scope: 'full', discrepancies: [] });
  expect(await reconciled(at(64))).toMatchObject({ scope: 'since', discrepancies: [] });
});

test('a full one that somebody else ran and that found something makes the next one full', async () => {
  await run(0, 30);
  await reconciled(at(30));
  const discrepancies = [{ kind: 'balance', lane: 'base', detail: 'found by a person' }];
  await desk.records.putReconciliation({ accountId: ALPHA, at: at(31), entries: 1, discrepancies });
  expect(await reconciled(at(32))).toMatchObject({ scope: 'full', discrepancies: [] });
});

test('what is done to the history before the checkpoint is found by the first of the next day', async () => {
  await run(0, 30);
  await reconciled(at(30));
  const entry = await itemAt(keys.journal(ALPHA, 'base', 2));
  await forge(desk.store, { ...entry, causeId: 'ffffffffffffffff' });
  expect(await reconciled(at(31))).toMatchObject({ scope: 'since', discrepancies: [] });
  const next = await reconciled(TOMORROW);
  expect([next.scope, kindsOf(next)]).toEqual(['full', ['broken_chain']]);
  expect((await reconciled(plusMs(TOMORROW, 1))).scope).toBe('full');
});

/** The base lane as if one unit more had been paid in at the beginning, with every chain value and balance to match. */
async function rewriteHistory(): Promise<void> {
  let chain = CHAIN_START;
  for (const entry of await Array.fromAsync(desk.stored.journal(ALPHA, 'base'))) {
    const more = (account: string): bigint => (entry.n > 1 ? 0n : account === 'cash' ? ONE : -ONE);
    const postings = entry.postings.map((one) => ({
      ...one,
      amount: asMoney(one.amount + more(one.account)),
    }));
    ({ chain } = chainEntry(sha256, { ...entry, postings }, entry.n, chain, entry.evidenceHash));
    const stored = postings.map((one) => ({ ...one, amount: formatUnits(one.amount) }));
    const item = await itemAt(keys.journal(ALPHA, 'base', entry.n));
    await forge(desk.store, { ...item, postings: stored, chain });
  }
  await forge(desk.store, { ...(await itemAt(keys.state(ALPHA, 'base'))), chain });
  for (const field of ['cash', 'opening']) await raise(await itemAt(keys.state(ALPHA, 'base')), field);
}

test('a history that was written anew agrees with itself, and not with what was reconciled before', async () => {
  await run(0, 30);
  await rewriteHistory();
  // Nobody had looked before.
  expect(await reconciled(at(30))).toMatchObject({ scope: 'full', discrepancies: [] });
  await rewriteHistory();
  const since = await reconciled(at(31));
  expect([since.scope, since.discrepancies.some((one) => one.kind === 'broken_chain')]).toEqual([
    'since',
    true,
  ]);
  for (const when of [at(32), TOMORROW]) {
    const full = await reconciled(when);
    expect([full.scope, kindsOf(full)]).toEqual(['full', ['broken_chain']]);
    expect(full.discrepancies[0]?.detail).toMatch(/^entry \d+ was reconciled and led to /);
  }
});

test('a journal that ends before what was reconciled is found, also where the account agrees', async () => {
  await run(0, 20);
  const before = await accountItems(desk.store, ALPHA);
  await run(20, 40);
  await reconciled(at(40));
  const checkpoint = await itemAt(keys.checkpoint(ALPHA));
  const record = await itemAt(keys.reconciliation(ALPHA));
  for (const [name, item] of await accountItems(desk.store, ALPHA))
    if (!before.has(name)) await remove(desk.store, item);
  for (const item of [...before.values(), checkpoint, record]) await forge(desk.store, item);
  const since = await reconciled(at(41));
  expect(since.scope).toBe('since');
  expect(kindsOf(since)).toContain('balance');
  const full = await reconciled(at(42));
  expect(full.scope).toBe('full');
  expect(full.discrepancies.map((one) => one.detail).join()).toContain('now it is not there');
});

test('an account that was reconciled and is gone is no account that was never opened', async () => {
  await run(0, 20);
  await reconciled(at(20));
  await remove(desk.store, keys.state(ALPHA, 'pessimistic'));
  for (const when of [at(21), TOMORROW]) {
    const record = await reconciled(when);
    expect(kindsOf(record)).toEqual(['balance']);
    expect(record.discrepancies[0]?.detail).toMatch(
      /^the account was reconciled through entry \d+ and is not there/,
    );
  }
});

test('a checkpoint that cannot be read is said to be, and everything is reconciled', async () => {
  await run(0, 30);
  await reconciled(at(30));
  await forge(desk.store, { ...(await itemAt(keys.checkpoint(ALPHA))), shape: 9 });
  const said: (readonly [string, unknown])[] = [];
  const log: Log = { ...NO_LOG, warn: (text, fields) => said.push([text, fields]) };
  expect(await reconciled(at(31), { ...desk, log })).toMatchObject({ scope: 'full', discrepancies: [] });
  expect(said).toEqual([
    [
      'the checkpoint cannot be read, everything is reconciled',
      { account: ALPHA, why: 'it has shape 9, this version reads 1' },
    ],
  ]);
  expect(await reconciled(at(32))).toMatchObject({ scope: 'since', discrepancies: [] });
});

test('of two reconciliations at once both record what they found, and one leaves its checkpoint', async () => {
  await run(0, 30);
  await reconciled(at(30));
  await run(30, 40);
  let other: ReconciliationRecord | undefined;
  const store: ItemStore = {
    get: (key) => desk.store.get(key),
    query: (query) => desk.store.query(query),
    changes: (position, limit) => desk.store.changes(position, limit),
    close: () => desk.store.close(),
    transact: async (writes) => {
      const [write] = writes;
      if (!other && write?.kind === 'put' && write.item.sk === 'RECONCILED') other = await reconciled(at(40));
      return desk.store.transact(writes);
    },
  };
  expect(await reconciled(at(40), desk, store)).toMatchObject({ scope: 'since', discrepancies: [] });
  expect(other).toMatchObject({ scope: 'since', discrepancies: [] });
  await run(40, 60);
  expect(await reconciled(at(60))).toMatchObject({ scope: 'since', discrepancies: [] });
});

test('what one that goes on reads does not grow with the history', async () => {
  const market = eventsOf(syntheticMarket(7, 2_400, [COIN, GEM]));
  const unitsOf = async (when: EpochMs): Promise<{ scope: string | undefined; units: number }> => {
    const metered = new MeteredStore(desk.store);
    metered.start();
    const { scope, discrepancies } = await reconciled(when, desk, metered);
    expect(discrepancies).toEqual([]);
    return { scope, units: [...metered.use.readUnits.values()].reduce((total, one) => total + one, 0) };
  };
  const moving: number[] = [];
  const still: number[] = [];
  for (let n = 0; n < market.length; n += 300) {
    await runSequentially(desk, market.slice(n, n + 300));
    for (const units of [moving, still]) units.push((await unitsOf(at(n + 300))).units);
  }
  const full = await unitsOf(TOMORROW);
  expect(full.scope).toBe('full');
  // After a quarter of an hour there are as many recent decisions as there will ever be.
  for (const units of [moving, still]) {
    const [early, late] = [units.slice(2, 5), units.slice(5)];
    expect(Math.max(...late)).toBeLessThan(1.25 * Math.max(...early));
  }
  expect(full.units).toBeGreaterThan(3 * Math.max(...still));
});

test('decisions of a strategy are looked for after it was taken out of the configuration', async () => {
  await run(0, 30);
  await reconciled(at(30));
  await run(30, 60);
  const decisions = [...(await accountItems(desk.store, ALPHA)).values()].filter(
    (one) => one.sk.startsWith('DECISION#take/') && Number(one.sk.split('/')[2]) > at(30),
  );
  const denied = decisions.find((one) => one['orderId'] === null);
  if (!denied) throw new Error('the strategy was denied something since');
  await forge(desk.store, { ...denied, orderId: 'ffffffffffffffff' });
  const without = { ...desk.config, strategies: desk.config.strategies.filter((one) => one.id !== 'take') };
  const record = await reconciled(at(60), { ...desk, config: without });
  expect([record.scope, kindsOf(record)]).toEqual(['since', ['order_origin']]);
});
