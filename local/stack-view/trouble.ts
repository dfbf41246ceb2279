import { createAsideStore } from '../../adapters/store/aside-store.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import type { EpochMs } from '../../core/time.ts';
import type { DeskView } from '../desk-view.ts';

/** What went on in a stack that should not have, counted. */
export interface Trouble {
  readonly decisions: number;
  /** Decisions that did not see the account exactly at their signal's window. */
  readonly lateDecisions: number;
  /** Windows that an account with working orders never saw, counted as stretches. */
  readonly holes: number;
  readonly putAside: PutAside;
}

export interface PutAside {
  readonly count: number;
  /** True when there are more than were counted. */
  readonly more: boolean;
  readonly newest: readonly { readonly function: string; readonly reason: string; readonly at: EpochMs }[];
}

const NEWEST = 3;
/** Each may be 100 KB; beyond this their number tells nothing more. */
const COUNT_MAX = 200;

export async function lookAtTrouble(view: DeskView): Promise<Trouble> {
  let decisions = 0;
  let lateDecisions = 0;
  let holes = 0;
  for (const account of view.accounts) {
    for await (const { late } of view.ledger.decisions(account)) {
      decisions += 1;
      if (late) lateDecisions += 1;
    }
    for await (const _ of view.ledger.holes(account)) holes += 1;
  }
  return { decisions, lateDecisions, holes, putAside: await lookAside(view) };
}

export async function lookAside({ store }: Pick<DeskView, 'store'>): Promise<PutAside> {
  let count = 0;
  for await (const _ of queryAll(store, { pk: 'ASIDE', descending: true })) {
    count += 1;
    if (count === COUNT_MAX + 1) break;
  }
  const newest = (await createAsideStore(store).list(NEWEST)).map((one) => ({
    function: one.function,
    reason: one.reason,
    at: one.at,
  }));
  return { count: Math.min(count, COUNT_MAX), more: count > COUNT_MAX, newest };
}
