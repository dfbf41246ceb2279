import type { AccountConfig } from '../../core/config/desk-config.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { ReconciliationRecord, RecordStore, Sha256 } from '../../core/ports.ts';
import type { AccountBooks } from '../../core/reconcile/reconcile.ts';
import { reconcile as compare } from '../../core/reconcile/reconcile.ts';
import type { EpochMs } from '../../core/time.ts';
import type { GoingOn, Scope } from './going-on.ts';
import { contradictions, remember, scopeOf } from './going-on.ts';

export interface ReconcileServices {
  readonly accounts: readonly AccountConfig[];
  readonly books: (account: AccountId) => Promise<AccountBooks | undefined>;
  readonly records: RecordStore;
  readonly sha256: Sha256;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where each reconciliation but the first of a day goes on from the one before it; without it all read everything. */
  readonly goingOn?: GoingOn | undefined;
}

/** A log line holds 256 KB; the record has more of them, and the command line all. */
const LOGGED_MAX = 20;

/** Recomputes every account from its journal, compares and records the outcome; the guard acts on it. */
export async function reconcile(
  at: EpochMs,
  services: ReconcileServices,
): Promise<readonly ReconciliationRecord[]> {
  const records: ReconciliationRecord[] = [];
  for (const { id } of services.accounts) {
    const record = await reconcileAccount(at, id, services);
    if (record) records.push(record);
  }
  return records;
}

/** Undefined when the account was never opened. */
async function reconcileAccount(
  at: EpochMs,
  accountId: AccountId,
  services: ReconcileServices,
): Promise<ReconciliationRecord | undefined> {
  const { goingOn, records, metrics, log } = services;
  const scope: Scope = goingOn
    ? await scopeOf(at, accountId, goingOn, records, log)
    : { kind: 'full', before: undefined };
  const books = await (scope.kind === 'since' && goingOn
    ? goingOn.booksSince(scope.from)
    : services.books(accountId));
  const found = contradictions(books, scope);
  if (!books && found.length === 0) return undefined;
  const record: ReconciliationRecord = {
    accountId,
    at,
    scope: scope.kind,
    entries: books?.lanes.reduce((total, lane) => total + lane.journal.length, 0) ?? 0,
    discrepancies: [...found, ...(books ? compare(books, services.sha256) : [])],
  };
  await records.putReconciliation(record);
  metrics.set('reconcile_discrepancies', record.discrepancies.length, { account: accountId });
  const { entries, discrepancies } = record;
  const first = discrepancies.slice(0, LOGGED_MAX);
  const fields = { account: accountId, scope: scope.kind, entries, found: discrepancies.length, first };
  if (discrepancies.length > 0) log.error('reconciliation mismatch', fields);
  else log.info('reconciled', fields);
  if (books && goingOn && discrepancies.length === 0)
    await remember(at, accountId, books, scope, goingOn, log);
  return record;
}
