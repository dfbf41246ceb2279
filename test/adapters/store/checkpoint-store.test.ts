import { beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { loadBooks } from '../../../adapters/store/books.ts';
import { createCheckpointStore } from '../../../adapters/store/checkpoint-store.ts';
import { keys } from '../../../adapters/store/table.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import type { CheckpointStore } from '../../../core/ports.ts';
import type { Checkpoint } from '../../../core/reconcile/checkpoint.ts';
import { checkpointOf } from '../../../core/reconcile/checkpoint.ts';
import { dayStart } from '../../../core/time.ts';
import { changedAt, forge, leavesOf } from '../../support/account-items.ts';
import type { Desk } from '../../support/desk.ts';
import { eventsOf, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../../support/values.ts';

const ALPHA = 'alpha' as AccountId;

let desk: Desk;
let store: CheckpointStore;
let checkpoint: Checkpoint;
beforeEach(async () => {
  desk = await openDesk();
  store = createCheckpointStore(desk.store, sha256);
  await runSequentially(desk, eventsOf(syntheticMarket(5, 30, [COIN, GEM])));
  const books = await loadBooks(desk.stored, ALPHA);
  if (!books) throw new Error('the account is open');
  const deciders = desk.config.strategies.map(({ id }) => ({ strategyId: id, instrumentId: COIN.id }));
  checkpoint = checkpointOf(books, { accountId: ALPHA, fullOn: dayStart(T0), deciders });
  expect(checkpoint.working.length).toBeGreaterThan(0);
});

/** The stored item of the checkpoint. */
async function stored() {
  const item = await desk.store.get(keys.checkpoint(ALPHA));
  if (!item) throw new Error('there is a checkpoint');
  return item;
}

test('what was written is read back, and a version is replaced once', async () => {
  expect(await store.checkpoint(ALPHA)).toEqual({ kind: 'absent', version: 0 });
  expect(await store.commitCheckpoint(0, checkpoint)).toBe('committed');
  expect(await store.checkpoint(ALPHA)).toEqual({ kind: 'readable', version: 1, checkpoint });
  expect(await store.commitCheckpoint(0, checkpoint)).toBe('conflict');
  expect(await store.commitCheckpoint(1, checkpoint)).toBe('committed');
  expect(await store.checkpoint(ALPHA)).toEqual({ kind: 'readable', version: 2, checkpoint });
});

test('a checkpoint of which any field was changed is not gone on from', async () => {
  await store.commitCheckpoint(0, checkpoint);
  const item = await stored();
  const trusted: string[] = [];
  for (const path of leavesOf(item)) {
    await forge(desk.store, changedAt(item, path));
    if ((await store.checkpoint(ALPHA)).kind !== 'unreadable') trusted.push(path.join('.'));
  }
  expect(trusted).toEqual([]);
});

test.each([
  { what: 'of another shape', change: { shape: 2 }, why: 'it has shape 2, this version reads 1' },
  { what: 'without a digest', change: { digest: null }, why: 'digest' },
  { what: 'with an amount that is none', change: { fullOn: 'monday' }, why: 'fullOn' },
  { what: 'of another account', change: { accountId: 'beta' }, why: 'it is of account beta' },
  { what: 'that was changed', change: { working: [] }, why: 'it was changed after it was written' },
])('a checkpoint $what is unreadable, says why, and is replaced', async ({ change, why }) => {
  await store.commitCheckpoint(0, checkpoint);
  await forge(desk.store, { ...(await stored()), ...change });
  const read = await store.checkpoint(ALPHA);
  expect(read).toMatchObject({ kind: 'unreadable', why: expect.stringContaining(why) });
  expect(await store.commitCheckpoint(read.version, checkpoint)).toBe('committed');
  expect(await store.checkpoint(ALPHA)).toMatchObject({ kind: 'readable', checkpoint });
});
