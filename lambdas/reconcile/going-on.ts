import type { StrategyConfig } from '../../core/config/desk-config.ts';
import type { Log } from '../../core/metrics.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { CheckpointStore, RecordStore, StoredCheckpoint } from '../../core/ports.ts';
import type { Checkpoint, Decider } from '../../core/reconcile/checkpoint.ts';
import { checkpointOf, rewrittenHistory } from '../../core/reconcile/checkpoint.ts';
import type { AccountBooks, Discrepancy } from '../../core/reconcile/reconcile.ts';
import type { EpochMs } from '../../core/time.ts';
import { dayStart } from '../../core/time.ts';

/** What a reconciliation needs to go on from the one before it. */
export interface GoingOn {
  readonly checkpoints: CheckpointStore;
  readonly strategies: readonly Pick<StrategyConfig, 'id' | 'accountId' | 'instruments'>[];
  readonly booksSince: (checkpoint: Checkpoint) => Promise<AccountBooks | undefined>;
}

/** What a reconciliation looks at, and the checkpoint it found. */
export type Scope =
  | { readonly kind: 'full'; readonly before: StoredCheckpoint | undefined }
  | { readonly kind: 'since'; readonly before: StoredCheckpoint; readonly from: Checkpoint };

/**
 * The first reconciliation of a day in event time reads everything, and so do those after one that found something, until
 * one finds nothing: what is wrong in an account's history stays wrong however well the rest goes on.
 */
export async function scopeOf(
  at: EpochMs,
  accountId: AccountId,
  { checkpoints, strategies }: GoingOn,
  records: RecordStore,
  log: Log,
): Promise<Scope> {
  const before = await checkpoints.checkpoint(accountId);
  if (before.kind === 'unreadable')
    log.warn('the checkpoint cannot be read, everything is reconciled', {
      account: accountId,
      why: before.why,
    });
  if (before.kind !== 'readable' || before.checkpoint.fullOn !== dayStart(at))
    return { kind: 'full', before };
  const last = await records.reconciliation(accountId);
  if (!last || last.discrepancies.length > 0) return { kind: 'full', before };
  // A strategy may have been added since, and one that was taken away may have decided until then.
  const deciders = [...before.checkpoint.deciders, ...decidersOf(accountId, strategies)];
  return { kind: 'since', before, from: { ...before.checkpoint, deciders: distinct(deciders) } };
}

/** What the books contradict of what was reconciled before. */
export function contradictions(
  books: AccountBooks | undefined,
  { kind, before }: Scope,
): readonly Discrepancy[] {
  if (before?.kind !== 'readable') return [];
  const { checkpoint } = before;
  if (books) return kind === 'full' ? rewrittenHistory(books, checkpoint) : [];
  const detail = `the account was reconciled through entry ${checkpoint.lanes.base.account.entries} and is not there`;
  return [{ kind: 'balance', lane: null, detail }];
}

/** Lets the next reconciliation go on from this one, which found nothing. */
export async function remember(
  at: EpochMs,
  accountId: AccountId,
  books: AccountBooks,
  scope: Scope,
  { checkpoints, strategies }: GoingOn,
  log: Log,
): Promise<void> {
  const fullOn = scope.kind === 'full' ? dayStart(at) : scope.from.fullOn;
  const after = checkpointOf(books, { accountId, fullOn, deciders: decidersOf(accountId, strategies) });
  const result = await checkpoints.commitCheckpoint(scope.before?.version ?? 0, after);
  // Whoever was faster found nothing either, so that one serves as well.
  if (result === 'conflict') log.info('another reconciliation left its checkpoint', { account: accountId });
}

const decidersOf = (accountId: AccountId, strategies: GoingOn['strategies']): readonly Decider[] =>
  strategies
    .filter((one) => one.accountId === accountId)
    .flatMap(({ id, instruments }) => instruments.map((instrumentId) => ({ strategyId: id, instrumentId })));

const distinct = (deciders: readonly Decider[]): readonly Decider[] => [
  ...new Map(deciders.map((one) => [`${one.strategyId}/${one.instrumentId}`, one])).values(),
];
