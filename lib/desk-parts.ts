import type { Stage } from '../core/config/stages.ts';
import type { AlertTopics } from './alert-topics.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import type { DeskBus } from './desk-bus.ts';
import type { FailureQueue } from './failure-queue.ts';
import type { LedgerTable } from './ledger-table.ts';

/** What functions and the feeds task are given to work with. */
export interface DeskParts {
  readonly stage: Stage;
  readonly ledger: LedgerTable;
  readonly desk: DeskBus;
  readonly archive: ArchiveBucket;
  readonly alerts: AlertTopics;
  /** Takes what any function could not handle, or was not handed. */
  readonly failures: FailureQueue;
}
