import type { Fill } from '../../core/paper/fill.ts';
import type { AccountId, Lane, Order, OrderId, SignalId } from '../../core/paper/order.ts';
import { LANES, perLane } from '../../core/paper/order.ts';
import type { Ledger } from '../../core/ports.ts';
import type { Checkpoint } from '../../core/reconcile/checkpoint.ts';
import type { AccountBooks, LaneBooks } from '../../core/reconcile/reconcile.ts';
import type { Decision } from '../../core/risk/assess.ts';
import { epochMs, MINUTE_MS } from '../../core/time.ts';
import type { Moment } from './one-picture.ts';
import { onePicture } from './one-picture.ts';

/**
 * How much older than the newest applied window the window of a new decision may be: the bus keeps a window and the
 * signals raised on it for five minutes each, and whoever takes them tries for some more.
 */
const DECISION_AGE_MS_MAX = 15 * MINUTE_MS;
/** Reads under way at once. */
const READS_MAX = 8;

/**
 * What was written about an account since a checkpoint, as one picture: new entries, every balance, position and pointer,
 * and of each order that may have moved the order, its decision and its fills. Undefined when the account is not there.
 * @throws BooksBusyError when the account changes faster than it can be read.
 */
export const loadBooksSince = (ledger: Ledger, since: Since): Promise<AccountBooks | undefined> =>
  onePicture(ledger, since.accountId, (moment) => readSince(ledger, since, moment));

/** A moment of an account from which its books can be read on. */
export interface Since extends Pick<Checkpoint, 'accountId' | 'cursor' | 'working' | 'deciders'> {
  /** Journal entries there were by then. */
  readonly entries: Readonly<Record<Lane, number>>;
}

/** The moment of a checkpoint. */
export const sinceCheckpoint = ({ lanes, ...rest }: Checkpoint): Since => ({
  ...rest,
  entries: perLane((lane) => lanes[lane].account.entries),
});

/** What was written since a checkpoint, to be folded on from it. */
export async function loadBooksFrom(
  ledger: Ledger,
  checkpoint: Checkpoint,
): Promise<AccountBooks | undefined> {
  const books = await loadBooksSince(ledger, sinceCheckpoint(checkpoint));
  return (
    books && { ...books, lanes: books.lanes.map((one) => ({ ...one, from: checkpoint.lanes[one.lane] })) }
  );
}

async function readSince(ledger: Ledger, checkpoint: Since, moment: Moment): Promise<AccountBooks> {
  const { accountId } = checkpoint;
  const journals = perLane((lane) =>
    Array.fromAsync(ledger.journal(accountId, lane, checkpoint.entries[lane])),
  );
  const entries = (await Promise.all(Object.values(journals))).flat();
  const pointers = await Array.fromAsync(ledger.openPointers(accountId));
  const recent = await decisionsSince(ledger, checkpoint);
  const moved = new Set<OrderId>([
    ...entries.flatMap((one) => (one.kind === 'deposit' ? [] : [one.causeId as OrderId])),
    ...pointers,
    ...checkpoint.working.map((one) => one.orderId),
    ...recent.flatMap((one) => (one.orderId === null ? [] : [one.orderId])),
  ]);
  const orders = await inParallel([...moved].sort(), (id) => readOrder(ledger, accountId, id));
  const found = orders.flatMap(({ order }) => (order ? [order] : []));
  const lanes: LaneBooks[] = [];
  for (const lane of LANES)
    lanes.push({
      lane,
      account: moment.view.lanes[lane],
      holdings: (moment.holdings.get(lane) ?? []).map((one) => one.value),
      journal: await journals[lane],
      fills: orders.flatMap((one) => one.fills[lane]),
    });
  const known = new Set(recent.map((one) => one.signal.id));
  const signals = [...found, ...checkpoint.working].map((one) => one.signalId);
  const older = await decisionsOn(
    ledger,
    accountId,
    signals.filter((id) => !known.has(id)),
  );
  return { lanes, cursor: moment.view.cursor, orders: found, pointers, decisions: [...recent, ...older] };
}

interface OrderRecords {
  readonly order: Order | undefined;
  readonly fills: Readonly<Record<Lane, readonly Fill[]>>;
}

async function readOrder(ledger: Ledger, accountId: AccountId, id: OrderId): Promise<OrderRecords> {
  const [order, optimistic, base, pessimistic] = await Promise.all([
    ledger.order(accountId, id),
    ...LANES.map((lane) => Array.fromAsync(ledger.fills(accountId, lane, id))),
  ]);
  return { order, fills: { optimistic: optimistic ?? [], base: base ?? [], pessimistic: pessimistic ?? [] } };
}

/** Decisions that rest on the cursor as the checkpoint saw it, or on a later one: what they placed is newer than it. */
async function decisionsSince(
  ledger: Ledger,
  { accountId, cursor, deciders }: Since,
): Promise<readonly Decision[]> {
  const from = epochMs(Math.max(0, cursor.appliedThrough - DECISION_AGE_MS_MAX));
  const read = await inParallel(deciders, (decider) =>
    Array.fromAsync(ledger.decisions(accountId, { ...decider, from })),
  );
  return read.flat().filter((one) => one.made >= cursor.version);
}

async function decisionsOn(
  ledger: Ledger,
  accountId: AccountId,
  signals: readonly SignalId[],
): Promise<readonly Decision[]> {
  const read = await inParallel([...new Set(signals)], (signal) => ledger.decision(accountId, signal));
  return read.filter((one) => one !== undefined);
}

/** In the order given, {@link READS_MAX} at a time. */
async function inParallel<T, R>(all: readonly T[], read: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let i = 0; i < all.length; i += READS_MAX)
    results.push(...(await Promise.all(all.slice(i, i + READS_MAX).map(read))));
  return results;
}
