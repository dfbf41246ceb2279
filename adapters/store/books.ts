import type { JournalEntry } from '../../core/ledger/journal.ts';
import { ledgerHash } from '../../core/ledger/journal.ts';
import type { AccountId, Lane } from '../../core/paper/order.ts';
import { LANES } from '../../core/paper/order.ts';
import type { Holding } from '../../core/paper/step.ts';
import type { AccountView, Ledger, Sha256, Versioned } from '../../core/ports.ts';
import type { AccountBooks, LaneBooks } from '../../core/reconcile/reconcile.ts';

/** A picture that keeps changing under the reader is given up after so many attempts. */
const ATTEMPTS_MAX = 8;

/** An account changes faster than it can be read; the message is written for a person. */
export class BooksBusyError extends Error {
  override readonly name = 'BooksBusyError';
}

/**
 * Everything stored about an account, read as one picture: when something was committed meanwhile it is read again.
 * Undefined when the account was never opened. A reader that has a snapshot of its store always succeeds at once.
 * @throws BooksBusyError when the account changes faster than it can be read.
 */
export async function loadBooks(ledger: Ledger, accountId: AccountId): Promise<AccountBooks | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const before = await readMoment(ledger, accountId);
    if (!before) return undefined;
    const books = await readBooks(ledger, accountId, before);
    const after = await readMoment(ledger, accountId);
    if (after && versionsOf(before) === versionsOf(after)) return books;
  }
  throw new BooksBusyError(`account ${accountId} changed ${ATTEMPTS_MAX} times while it was read; try again`);
}

/** What every change of an account moves at least one version of. */
interface Moment {
  readonly view: AccountView;
  readonly holdings: ReadonlyMap<Lane, readonly Versioned<Holding>[]>;
}

async function readMoment(ledger: Ledger, accountId: AccountId): Promise<Moment | undefined> {
  const view = await ledger.load(accountId);
  if (!view) return undefined;
  const holdings = new Map<Lane, readonly Versioned<Holding>[]>();
  for (const lane of LANES) holdings.set(lane, await ledger.holdings(accountId, lane));
  return { view, holdings };
}

const versionsOf = ({ view, holdings }: Moment): string =>
  JSON.stringify([
    view.cursor.version,
    LANES.map((lane) => view.lanes[lane].entries),
    view.working.map((one) => [one.value.id, one.version]),
    LANES.map((lane) => holdings.get(lane)?.map((one) => one.version)),
  ]);

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
