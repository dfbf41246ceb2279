import { expect, test } from 'vitest';
import { createRecordStore } from '../../../adapters/store/record-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { keys } from '../../../adapters/store/table.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import { T0 } from '../../support/values.ts';

const accountId = 'main' as AccountId;
const found = (count: number, characters: number) =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'journal_hole',
    lane: 'base',
    detail: `entry ${n} ${'x'.repeat(characters)}`,
  }));

test('a mismatch of ten thousand entries is stored as one, and fits an item', async () => {
  const store = openSqliteStore({ path: ':memory:' });
  const records = createRecordStore(store);
  await records.putReconciliation({
    accountId,
    at: T0,
    entries: 10_000,
    discrepancies: found(10_000, 5_000),
  });
  const stored = await records.reconciliation(accountId);
  expect(stored?.discrepancies).toHaveLength(101);
  expect(stored?.discrepancies.at(-1)).toEqual({
    kind: 'more',
    lane: null,
    detail: '9900 more; npx deckle reconcile lists all of them',
  });
  expect(JSON.stringify(await store.get(keys.reconciliation(accountId))).length).toBeLessThan(200_000);
});

test('a mismatch of a hundred is stored whole', async () => {
  const records = createRecordStore(openSqliteStore({ path: ':memory:' }));
  const discrepancies = found(100, 10);
  await records.putReconciliation({ accountId, at: T0, entries: 1, discrepancies });
  expect((await records.reconciliation(accountId))?.discrepancies).toEqual(discrepancies);
});
