import type { Money } from '../amounts.ts';
import { formatUnits } from '../amounts.ts';
import { invariant } from '../invariant.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { AccountId, Lane } from '../paper/order.ts';
import type { Sha256 } from '../ports.ts';
import type { EpochMs } from '../time.ts';

/**
 * Ledger accounts. `cash` and `reserved` are what the account may spend and has set aside; `position:<instrument>` is a
 * holding at cost in the quote asset, `holding:<instrument>` the same holding counted in its base asset, and
 * `venue:<instrument>` the other side of that exchange; `fees` are paid, `realized` and `opening` are credited (negative).
 */
export type LedgerAccount =
  | 'cash'
  | 'reserved'
  | 'fees'
  | 'realized'
  | 'opening'
  | `position:${InstrumentId}`
  | `holding:${InstrumentId}`
  | `venue:${InstrumentId}`;

/** One signed amount on one ledger account; assets and expenses are positive. */
export interface Posting {
  readonly account: LedgerAccount;
  readonly currency: string;
  readonly amount: Money;
}

export type EntryKind = 'deposit' | 'reserve' | 'fill' | 'release';

/** One balanced fact about one account and lane. Its identity is (account, lane, windowTime, causeId, line). */
export interface EntryFacts {
  readonly kind: EntryKind;
  readonly accountId: AccountId;
  readonly lane: Lane;
  /** Event time of the window it belongs to. */
  readonly windowTime: EpochMs;
  /** The order or deposit it comes from. */
  readonly causeId: string;
  readonly line: number;
  /** Sorted by account, then currency; no zero amounts. */
  readonly postings: readonly Posting[];
}

/** A fact in its place in the journal: `n` counts from 1, `chain` proves all entries before it. */
export interface JournalEntry extends EntryFacts {
  readonly n: number;
  /** SHA-256 of the evidence of the fill this entry books; null for others. */
  readonly evidenceHash: string | null;
  readonly chain: string;
}

export const CHAIN_START = '0'.repeat(64);

/** Drops zero amounts, merges and sorts the postings, and refuses facts that do not balance per currency. */
export function entryFacts(facts: EntryFacts): EntryFacts {
  const merged = new Map<string, Posting>();
  for (const posting of facts.postings) {
    const key = `${posting.account}|${posting.currency}`;
    const before = merged.get(key);
    merged.set(key, before ? { ...posting, amount: (before.amount + posting.amount) as Money } : posting);
  }
  const postings = [...merged.values()].filter((one) => one.amount !== 0n).sort(comparePostings);
  for (const [currency, total] of totals(postings))
    invariant(
      total === 0n,
      `entry ${facts.causeId} at ${facts.windowTime} is off by ${formatUnits(total)} ${currency}`,
    );
  return { ...facts, postings };
}

/** Sum of the postings per currency; every value is zero in a balanced entry. */
export function totals(postings: readonly Posting[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of postings) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return sums;
}

/** The bytes that `ledgerHash` covers: what happened, and nothing about when or by whom it was written down. */
export const canonicalEntry = (entry: EntryFacts): string =>
  JSON.stringify([
    entry.kind,
    entry.accountId,
    entry.lane,
    entry.windowTime,
    entry.causeId,
    entry.line,
    [...entry.postings]
      .sort(comparePostings)
      .map((one) => [one.account, one.currency, formatUnits(one.amount)]),
  ]);

/** Puts facts in their place after an entry whose chain is `chainBefore`. */
export function chainEntry(
  sha256: Sha256,
  facts: EntryFacts,
  n: number,
  chainBefore: string,
  evidenceHash: string | null,
): JournalEntry {
  return {
    ...facts,
    n,
    evidenceHash,
    chain: sha256(`${chainBefore}\n${canonicalEntry(facts)}\n${evidenceHash ?? ''}`),
  };
}

/** SHA-256 over all entries of all accounts and lanes, in an order that does not depend on when they were committed. */
export function ledgerHash(sha256: Sha256, entries: readonly EntryFacts[]): string {
  return sha256([...entries].sort(compareEntries).map(canonicalEntry).join('\n'));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const comparePostings = (a: Posting, b: Posting): number =>
  compareText(a.account, b.account) || compareText(a.currency, b.currency);
const compareEntries = (a: EntryFacts, b: EntryFacts): number =>
  compareText(a.accountId, b.accountId) ||
  compareText(a.lane, b.lane) ||
  a.windowTime - b.windowTime ||
  compareText(a.causeId, b.causeId) ||
  a.line - b.line ||
  compareText(a.kind, b.kind);
