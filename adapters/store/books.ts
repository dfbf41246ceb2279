import type { JournalEntry } from '../../core/ledger/journal.ts';
import { ledgerHash } from '../../core/ledger/journal.ts';
import type { AccountId } from '../../core/paper/order.ts';
import { LANES, perLane } from '../../core/paper/order.ts';
import type { Ledger, Sha256 } from '../../core/ports.ts';
import type { Decider } from '../../core/reconcile/checkpoint.ts';
import type { AccountBooks, LaneBooks } from '../../core/reconcile/reconcile.ts';
import { loadBooksSince } from './books-since.ts';
import type { Moment } from './one-picture.ts';
import { readMoment, versionsOf } from './one-picture.ts';

/**
 * Everything stored about an account, as one picture. A long history is read once: what was committed meanwhile, an order
 * that ended or the cursor of a resting one, is then read again as a short picture of its own, since everything else in
 * the books is never changed once it is written. Undefined when the account was never opened.
 * @throws BooksBusyError when the account changes faster than even its newest part can be read.
 */
export async function loadBooks(ledger: Ledger, accountId: AccountId): Promise<AccountBooks | undefined> {
  const before = await readMoment(ledger, accountId);
  if (!before) return undefined;
  const books = await readBooks(ledger, accountId, before);
  const after = await readMoment(ledger, accountId);
  if (after && versionsOf(before) === versionsOf(after)) return books;
  const since = await loadBooksSince(ledger, {
    accountId,
    cursor: before.view.cursor,
    entries: perLane((lane) => before.view.lanes[lane].entries),
    working: before.view.working.map(({ value }) => ({ orderId: value.id, signalId: value.signalId })),
    deciders: decidersOf(books),
  });
  return since && joined(books, since, before);
}

/** Books as of `before` and what was read after it, as of the later moment; what is in both counts as it was read later. */
function joined(books: AccountBooks, since: AccountBooks, before: Moment): AccountBooks {
  const lanes = since.lanes.map(({ from: _, ...later }): LaneBooks => {
    const earlier = books.lanes.find((one) => one.lane === later.lane);
    const { entries } = before.view.lanes[later.lane];
    return {
      ...later,
      journal: [...(earlier?.journal.filter((one) => one.n <= entries) ?? []), ...later.journal],
      fills: united(earlier?.fills ?? [], later.fills, (one) => one.id),
    };
  });
  return {
    ...since,
    lanes,
    orders: united(books.orders, since.orders, (one) => one.id),
    decisions: united(books.decisions, since.decisions, (one) => one.signal.id),
  };
}

function united<T>(earlier: readonly T[], later: readonly T[], idOf: (one: T) => string): readonly T[] {
  const all = new Map([...earlier, ...later].map((one) => [idOf(one), one]));
  return [...all.values()];
}

/** Whose decisions about what the account has had so far. */
function decidersOf({ decisions }: AccountBooks): readonly Decider[] {
  const found = new Map<string, Decider>();
  for (const { signal } of decisions) {
    const { strategyId, instrumentId } = signal;
    found.set(`${strategyId}/${instrumentId}`, { strategyId, instrumentId });
  }
  return [...found.values()];
}

async function readBooks(ledger: Ledger, accountId: AccountId, moment: Moment): Promise<AccountBooks> {
  const lanes: LaneBooks[] = [];
  for (const lane of LANES)
    lanes.push({
      lane,
      account: moment.view.lanes[lane],
      holdings: (moment.holdings.get(lane) ?? []).map((one) => one.value),
      journal: await Array.fromAsync(ledger.journal(accountId, lane)),
      fills: await Array.fromAsync(ledger.fills(accountId, lane)),
    });
  return {
    lanes,
    cursor: moment.view.cursor,
    orders: await Array.fromAsync(ledger.orders(accountId)),
    pointers: await Array.fromAsync(ledger.openPointers(accountId)),
    decisions: await Array.fromAsync(ledger.decisions(accountId)),
  };
}

/** `ledgerHash` over all accounts and lanes of a store. */
export async function storedLedgerHash(
  ledger: Ledger,
  accounts: readonly AccountId[],
  sha256: Sha256,
): Promise<string> {
  const entries: JournalEntry[] = [];
  for (const account of accounts)
    for (const lane of LANES) for await (const entry of ledger.journal(account, lane)) entries.push(entry);
  return ledgerHash(sha256, entries);
}
