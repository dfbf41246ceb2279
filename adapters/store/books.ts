import type { JournalEntry } from '../../core/ledger/journal.ts';
import { ledgerHash } from '../../core/ledger/journal.ts';
import type { AccountId } from '../../core/paper/order.ts';
import { LANES } from '../../core/paper/order.ts';
import type { AccountView, Ledger, Sha256 } from '../../core/ports.ts';
import type { AccountBooks, LaneBooks } from '../../core/reconcile/reconcile.ts';

/** A picture that keeps changing under the reader is given up after so many attempts. */
const ATTEMPTS_MAX = 5;

/**
 * Everything stored about an account, read as one picture: when something was committed meanwhile it is read again.
 * Undefined when the account was never opened. @throws Error when the account changes faster than it can be read.
 */
export async function loadBooks(ledger: Ledger, accountId: AccountId): Promise<AccountBooks | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const before = await ledger.load(accountId);
    if (!before) return undefined;
    const books = await readBooks(ledger, accountId, before);
    if (sameMoment(before, await ledger.load(accountId))) return books;
  }
  throw new Error(`account ${accountId} changed ${ATTEMPTS_MAX} times while it was read`);
}

const sameMoment = (a: AccountView, b: AccountView | undefined): boolean =>
  b !== undefined &&
  a.cursor.working === b.cursor.working &&
  LANES.every((lane) => a.lanes[lane].entries === b.lanes[lane].entries) &&
  a.working.every((one, i) => one.version === b.working[i]?.version);

async function readBooks(ledger: Ledger, accountId: AccountId, view: AccountView): Promise<AccountBooks> {
  const lanes: LaneBooks[] = [];
  for (const lane of LANES)
    lanes.push({
      lane,
      account: view.lanes[lane],
      holdings: (await ledger.holdings(accountId, lane)).map((one) => one.value),
      journal: await Array.fromAsync(ledger.journal(accountId, lane)),
      fills: await Array.fromAsync(ledger.fills(accountId, lane)),
    });
  return {
    lanes,
    cursor: view.cursor,
    orders: await Array.fromAsync(ledger.orders(accountId)),
    pointers: await Array.fromAsync(ledger.openPointers(accountId)),
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
