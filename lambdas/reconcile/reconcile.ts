import type { AccountConfig } from '../../core/config/desk-config.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { ReconciliationRecord, RecordStore, Sha256 } from '../../core/ports.ts';
import type { AccountBooks } from '../../core/reconcile/reconcile.ts';
import { reconcile as compare } from '../../core/reconcile/reconcile.ts';
import type { EpochMs } from '../../core/time.ts';

export interface ReconcileServices {
  readonly accounts: readonly AccountConfig[];
  readonly books: (account: AccountId) => Promise<AccountBooks | undefined>;
  readonly records: RecordStore;
  readonly sha256: Sha256;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Recomputes every account from its journal, compares and records the outcome; the guard acts on it. */
export async function reconcile(
  at: EpochMs,
  services: ReconcileServices,
): Promise<readonly ReconciliationRecord[]> {
  const records: ReconciliationRecord[] = [];
  for (const account of services.accounts) {
    const books = await services.books(account.id);
    if (!books) continue;
    const record: ReconciliationRecord = {
      accountId: account.id,
      at,
      entries: books.lanes.reduce((total, lane) => total + lane.journal.length, 0),
      discrepancies: compare(books, services.sha256),
    };
    await services.records.putReconciliation(record);
    services.metrics.set('reconcile_discrepancies', record.discrepancies.length, { account: account.id });
    const fields = { account: account.id, entries: record.entries, discrepancies: record.discrepancies };
    if (record.discrepancies.length > 0) services.log.error('reconciliation mismatch', fields);
    else services.log.info('reconciled', fields);
    records.push(record);
  }
  return records;
}
