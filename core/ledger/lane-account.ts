import type { Money } from '../amounts.ts';
import { asMoney, ZERO_MONEY } from '../amounts.ts';
import type { AccountId, Lane } from '../paper/order.ts';
import type { EntryFacts, JournalEntry } from './journal.ts';
import { CHAIN_START } from './journal.ts';

/** Balances of one account in one lane, in its quote currency: a projection of its journal, kept beside it. */
export interface LaneAccount {
  readonly accountId: AccountId;
  readonly lane: Lane;
  readonly currency: string;
  readonly cash: Money;
  readonly reserved: Money;
  /** Fees paid, in the quote currency. */
  readonly fees: Money;
  readonly realized: Money;
  readonly opening: Money;
  /** Number of journal entries and the chain value of the newest. */
  readonly entries: number;
  readonly chain: string;
}

export const emptyAccount = (accountId: AccountId, lane: Lane, currency: string): LaneAccount => ({
  accountId,
  lane,
  currency,
  cash: ZERO_MONEY,
  reserved: ZERO_MONEY,
  fees: ZERO_MONEY,
  realized: ZERO_MONEY,
  opening: ZERO_MONEY,
  entries: 0,
  chain: CHAIN_START,
});

/** The balances after an entry; rebuilding a projection is folding the journal through this. */
export function evolveAccount(before: LaneAccount, entry: JournalEntry): LaneAccount {
  const delta = (account: 'cash' | 'reserved' | 'fees' | 'realized' | 'opening'): bigint =>
    entry.postings
      .filter((one) => one.account === account && one.currency === before.currency)
      .reduce((total, one) => total + one.amount, 0n);
  return {
    ...before,
    cash: asMoney(before.cash + delta('cash')),
    reserved: asMoney(before.reserved + delta('reserved')),
    fees: asMoney(before.fees + delta('fees')),
    // Income and equity are credited: their balances show with the opposite sign.
    realized: asMoney(before.realized - delta('realized')),
    opening: asMoney(before.opening - delta('opening')),
    entries: entry.n,
    chain: entry.chain,
  };
}

/** Facts of the money an account starts with. */
export const depositFacts = (
  account: LaneAccount,
  amount: Money,
  windowTime: EntryFacts['windowTime'],
): EntryFacts => ({
  kind: 'deposit',
  accountId: account.accountId,
  lane: account.lane,
  windowTime,
  causeId: `deposit/${account.accountId}`,
  line: 0,
  postings: [
    { account: 'cash', currency: account.currency, amount },
    { account: 'opening', currency: account.currency, amount: asMoney(-amount) },
  ],
});
