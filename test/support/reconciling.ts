import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { loadBooksFrom } from '../../adapters/store/books-since.ts';
import { createCheckpointStore } from '../../adapters/store/checkpoint-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import type { ReconciliationRecord } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { reconcile } from '../../lambdas/reconcile/reconcile.ts';
import type { Desk } from './desk.ts';
import { instrumentNamed } from './desk.ts';

/** Reconciles every account of a desk as its function does in the cloud. */
export async function reconcileInCloud(
  desk: Desk,
  at: EpochMs,
  store: ItemStore = desk.store,
): Promise<readonly ReconciliationRecord[]> {
  const ledger = createLedger(store, sha256, instrumentNamed);
  return reconcile(at, {
    ...desk,
    accounts: desk.config.accounts,
    records: createRecordStore(store),
    books: (account) => loadBooks(ledger, account),
    goingOn: {
      checkpoints: createCheckpointStore(store, sha256),
      strategies: desk.config.strategies,
      booksSince: (checkpoint) => loadBooksFrom(ledger, checkpoint),
    },
  });
}
