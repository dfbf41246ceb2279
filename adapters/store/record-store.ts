import * as z from 'zod/mini';
import type { AccountId } from '../../core/paper/order.ts';
import type { AlertState, ReconciliationRecord, RecordStore, Versioned } from '../../core/ports.ts';
import type { DailyReport } from '../../core/report/daily.ts';
import { dailyReportSchema } from '../../core/report/schema.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import type { ItemStore } from './item-store.ts';
import { fromItem, keys, replace, versionOf } from './table.ts';

const alertSchema: z.ZodMiniType<AlertState, unknown> = z.object({
  key: z.string(),
  kind: z.string(),
  open: z.boolean(),
  eventId: z.string(),
  sentAt: epochMsSchema,
  sent: z.boolean(),
  claimedAt: z.optional(epochMsSchema),
  order: z.optional(z.int()),
  episodes: z.int(),
});

const reconciliationSchema: z.ZodMiniType<ReconciliationRecord, unknown> = z.object({
  accountId: z.pipe(
    z.string(),
    z.transform((text) => text as AccountId),
  ),
  at: epochMsSchema,
  scope: z.optional(z.enum(['full', 'since'])),
  entries: z.int(),
  discrepancies: z.array(z.object({ kind: z.string(), lane: z.nullable(z.string()), detail: z.string() })),
});

/** A journal that lost its beginning disagrees in every entry; an item holds 400 KB, and the mismatch must be stored. */
const DISCREPANCIES_MAX = 100;
const DETAIL_CHARACTERS_MAX = 1_000;

/** The first of them, and how many more there are. */
function kept(all: ReconciliationRecord['discrepancies']): ReconciliationRecord['discrepancies'] {
  const first = all
    .slice(0, DISCREPANCIES_MAX)
    .map((one) => ({ ...one, detail: one.detail.slice(0, DETAIL_CHARACTERS_MAX) }));
  const more = all.length - first.length;
  return more === 0
    ? first
    : [
        ...first,
        { kind: 'more', lane: null, detail: `${more} more; npx deckle reconcile lists all of them` },
      ];
}

/** What functions write down about their own work: reconciliations, reports, alerts. */
export function createRecordStore(store: ItemStore): RecordStore {
  return {
    async reconciliation(accountId) {
      const item = await store.get(keys.reconciliation(accountId));
      return item && fromItem(reconciliationSchema, item);
    },
    async putReconciliation(record) {
      const key = keys.reconciliation(record.accountId);
      const before = versionOf(await store.get(key));
      const discrepancies = kept(record.discrepancies);
      await store.transact([replace(key, 'reconciliation', { ...record, discrepancies }, before)]);
    },
    async report(accountId, day) {
      const item = await store.get(keys.report(accountId, day));
      return item && fromItem(dailyReportSchema, item);
    },
    async putReport(report: DailyReport) {
      const key = keys.report(report.accountId, report.day);
      const before = versionOf(await store.get(key));
      await store.transact([replace(key, 'report', report, before)]);
    },
    async alert(key) {
      const item = await store.get(keys.alert(key));
      return item && { value: fromItem(alertSchema, item), version: versionOf(item) };
    },
    async commitAlert(before: Versioned<AlertState> | undefined, after: AlertState) {
      return (await store.transact([replace(keys.alert(after.key), 'alert', after, before?.version ?? 0)]))
        .kind;
    },
  };
}
