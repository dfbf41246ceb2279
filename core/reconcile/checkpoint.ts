import { invariant } from '../invariant.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { AccountId, Lane, OrderId, SignalId, StrategyId } from '../paper/order.ts';
import { isWorking, LANES, perLane } from '../paper/order.ts';
import type { Cursor } from '../ports.ts';
import type { EpochMs } from '../time.ts';
import type { LaneFold } from './folded-lane.ts';
import { FoldedLane, nothingFolded } from './folded-lane.ts';
import type { AccountBooks, Discrepancy, LaneBooks } from './reconcile.ts';

/** What a reconciliation without discrepancies ended with: the next one goes on from there (docs/adr/0011). */
export interface Checkpoint {
  readonly accountId: AccountId;
  /** 00:00 UTC of the day on which the whole history was last reconciled. */
  readonly fullOn: EpochMs;
  /** The newest window applied to the account by then, and the version that its cursor had. */
  readonly cursor: Pick<Cursor, 'appliedThrough' | 'version'>;
  readonly lanes: Readonly<Record<Lane, LaneFold>>;
  /** Orders that could still fill, with the signals they come from. */
  readonly working: readonly { readonly orderId: OrderId; readonly signalId: SignalId }[];
  /** Whose decisions about what the next one looks for. */
  readonly deciders: readonly Decider[];
}

/** Signals of a strategy about an instrument, on which risk decides for an account. */
export interface Decider {
  readonly strategyId: StrategyId;
  readonly instrumentId: InstrumentId;
}

/** The checkpoint that books without discrepancies give. */
export function checkpointOf(
  { lanes, orders, cursor }: AccountBooks,
  rest: Pick<Checkpoint, 'accountId' | 'fullOn' | 'deciders'>,
): Checkpoint {
  const foldOf = (lane: Lane): LaneFold => {
    const books = lanes.find((one) => one.lane === lane);
    invariant(books !== undefined, `there are no books of lane ${lane}`);
    return foldThrough(books);
  };
  return {
    ...rest,
    cursor: { appliedThrough: cursor.appliedThrough, version: cursor.version },
    lanes: perLane(foldOf),
    working: orders.filter(isWorking).map(({ id, signalId }) => ({ orderId: id, signalId })),
  };
}

/** What the journal before the first entry of these books gives: nothing, where they begin with its first. */
export const foldBefore = ({ from, account }: LaneBooks): LaneFold => from ?? nothingFolded(account);

function foldThrough(books: LaneBooks): LaneFold {
  const folded = new FoldedLane(foldBefore(books));
  for (const entry of books.journal) folded.add(entry);
  return folded.fold;
}

/**
 * What of a whole journal contradicts the checkpoint: a history that was written anew, chain and balances and all, agrees
 * with itself, but not with what was found there before.
 */
export function rewrittenHistory(books: AccountBooks, checkpoint: Checkpoint): readonly Discrepancy[] {
  return LANES.flatMap((lane): Discrepancy[] => {
    const { entries, chain } = checkpoint.lanes[lane].account;
    const entry = books.lanes.find((one) => one.lane === lane)?.journal[entries - 1];
    if (entry?.chain === chain) return [];
    const now = entry ? `leads to ${entry.chain}` : 'is not there';
    return [
      {
        kind: 'broken_chain',
        lane,
        detail: `entry ${entries} was reconciled and led to ${chain}, now it ${now}`,
      },
    ];
  });
}
