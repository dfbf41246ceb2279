import type { Key, Query } from '../../adapters/store/item-store.ts';

/** What a read or a write of the table is for, in the words of the bill. */
export type Purpose =
  | 'cursors'
  | 'marks and equity'
  | 'fence and sign of life'
  | 'strategy memory'
  | 'orders, fills and journal'
  | 'trading mode'
  | 'alerts and reports'
  | 'candles'
  | 'universe'
  | 'games'
  | 'configuration and rules'
  | 'reconcile from its checkpoint'
  | 'the whole history';

/** Sort keys of an account's partition that only ever grow in number. */
const HISTORY = ['JOURNAL#', 'FILL#', 'ORDER#', 'DECISION#'] as const;

/**
 * The purpose of an item; undefined for what only the embedded runtime keeps, and for what is written a few times in the
 * life of a desk.
 */
export function purposeOf({ pk, sk }: Key): Purpose | undefined {
  if (pk.startsWith('ACCOUNT#')) return accountPurpose(sk);
  if (pk.startsWith('CANDLES#')) return 'candles';
  if (pk.startsWith('STRATEGY#') || sk.startsWith('RAISED#')) return 'strategy memory';
  if (pk.startsWith('FEED#')) return feedPurpose(sk);
  if (pk.startsWith('CATALOGUE#')) return 'universe';
  if (pk.startsWith('GAMES#')) return 'games';
  if (pk.startsWith('ALERT#') || pk.startsWith('AUDIT#')) return 'alerts and reports';
  if (sk === 'MODE') return 'trading mode';
  if (sk.startsWith('CONFIG')) return 'configuration and rules';
  return sk.startsWith('LEASE#') ? 'fence and sign of life' : undefined;
}

function feedPurpose(sk: string): Purpose | undefined {
  if (sk === 'MARKS') return 'marks and equity';
  if (sk === 'RULES') return 'configuration and rules';
  return sk.startsWith('UNIVERSE') ? 'universe' : undefined;
}

function accountPurpose(sk: string): Purpose {
  if (sk === 'CURSOR') return 'cursors';
  if (sk === 'EQUITY') return 'marks and equity';
  if (sk === 'RECONCILED') return 'reconcile from its checkpoint';
  if (sk === 'RECONCILIATION' || sk.startsWith('REPORT#')) return 'alerts and reports';
  return 'orders, fills and journal';
}

/** True for items that the first reconciliation of a day and the report read from the first to the last. */
export const isHistory = ({ pk, sk }: Key): boolean =>
  pk.startsWith('ACCOUNT#') && HISTORY.some((prefix) => sk.startsWith(prefix));

/**
 * The purpose of a query. One of a whole history prefix is one of those that read everything; from some key on, or of one
 * order, it looks for what was written since a checkpoint.
 */
export function queryPurpose({ pk, prefix, from }: Query): Purpose | undefined {
  const sk = prefix ?? from ?? '';
  if (!isHistory({ pk, sk })) return purposeOf({ pk, sk });
  return HISTORY.some((one) => one === prefix) ? 'the whole history' : 'reconcile from its checkpoint';
}
