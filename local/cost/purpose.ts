import type { Key } from '../../adapters/store/item-store.ts';

/** What a read or a write of the table is for, in the words of the bill. */
export type Purpose =
  | 'cursors'
  | 'marks and equity'
  | 'fence and sign of life'
  | 'strategy memory'
  | 'orders, fills and journal'
  | 'trading mode'
  | 'alerts and reports'
  | 'the whole history';

/** Sort keys of an account's partition that only ever grow in number. */
const HISTORY = ['JOURNAL#', 'FILL#', 'ORDER#', 'DECISION#'] as const;

/**
 * The purpose of an item; undefined for what only the embedded runtime keeps, and for what is written a few times in the
 * life of a desk.
 */
export function purposeOf({ pk, sk }: Key): Purpose | undefined {
  if (pk.startsWith('ACCOUNT#')) return accountPurpose(sk);
  if (pk.startsWith('STRATEGY#') || sk.startsWith('RAISED#')) return 'strategy memory';
  if (pk.startsWith('FEED#')) return sk === 'MARKS' ? 'marks and equity' : undefined;
  if (pk.startsWith('ALERT#') || pk.startsWith('AUDIT#')) return 'alerts and reports';
  if (sk === 'MODE') return 'trading mode';
  return sk.startsWith('LEASE#') ? 'fence and sign of life' : undefined;
}

function accountPurpose(sk: string): Purpose {
  if (sk === 'CURSOR') return 'cursors';
  if (sk === 'EQUITY') return 'marks and equity';
  if (sk === 'RECONCILIATION' || sk.startsWith('REPORT#')) return 'alerts and reports';
  return 'orders, fills and journal';
}

/** True for items that the reconciliation and the report read from the first to the last. */
export const isHistory = ({ pk, sk }: Key): boolean =>
  pk.startsWith('ACCOUNT#') && HISTORY.some((prefix) => sk.startsWith(prefix));

/** The purpose of a query; a query of a history prefix is one of those that read everything. */
export function queryPurpose(pk: string, prefix: string): Purpose | undefined {
  return isHistory({ pk, sk: prefix }) ? 'the whole history' : purposeOf({ pk, sk: prefix });
}
