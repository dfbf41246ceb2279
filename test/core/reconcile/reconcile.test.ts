import { beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { loadBooks } from '../../../adapters/store/books.ts';
import { asMoney, asQuantity, money, price } from '../../../core/amounts.ts';
import type { JournalEntry } from '../../../core/ledger/journal.ts';
import { CHAIN_START, chainEntry } from '../../../core/ledger/journal.ts';
import type { AccountId, OrderId } from '../../../core/paper/order.ts';
import type { AccountBooks, DiscrepancyKind, LaneBooks } from '../../../core/reconcile/reconcile.ts';
import { reconcile } from '../../../core/reconcile/reconcile.ts';
import { eventsOf, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM } from '../../support/values.ts';

let books: AccountBooks;
beforeAll(async () => {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 40, [COIN, GEM])));
  const loaded = await loadBooks(desk.stored, 'alpha' as AccountId);
  if (!loaded) throw new Error('the account is open');
  books = loaded;
  expect(books.pointers.length).toBeGreaterThan(0);
  expect(books.lanes[1]?.fills.length).toBeGreaterThan(3);
});

const onBase =
  (change: (lane: LaneBooks) => LaneBooks) =>
  (given: AccountBooks): AccountBooks => ({
    ...given,
    lanes: given.lanes.map((lane) => (lane.lane === 'base' ? change(lane) : lane)),
  });
const onEntry = (n: number, change: (entry: JournalEntry) => JournalEntry) =>
  onBase((lane) => ({
    ...lane,
    journal: lane.journal.map((entry) => (entry.n === n ? change(entry) : entry)),
  }));
const onAccount = (change: (account: LaneBooks['account']) => Partial<LaneBooks['account']>) =>
  onBase((lane) => ({ ...lane, account: { ...lane.account, ...change(lane.account) } }));
const onFill = (change: (fill: LaneBooks['fills'][number]) => Partial<LaneBooks['fills'][number]>) =>
  onBase((lane) => ({
    ...lane,
    fills: lane.fills.map((fill, i) => (i === 0 ? { ...fill, ...change(fill) } : fill)),
  }));
const more = <T extends bigint>(amount: T, by = 1n): T => (BigInt(amount) + by) as T;
/** A journal whose chain was computed anew from the given entries. */
const rechained = (lane: LaneBooks): LaneBooks => {
  let chain = CHAIN_START;
  const journal = lane.journal.map((entry) => {
    const next = chainEntry(sha256, entry, entry.n, chain, entry.evidenceHash);
    ({ chain } = next);
    return next;
  });
  return { ...lane, journal };
};
const shift = (entry: JournalEntry): JournalEntry => ({
  ...entry,
  postings: entry.postings.map((one, i) => ({
    ...one,
    amount: asMoney(one.amount + (i === 0 ? 1n : i === 1 ? -1n : 0n)),
  })),
});

test('books as the desk wrote them have no discrepancies', () => {
  expect(reconcile(books, sha256)).toEqual([]);
});

const TAMPERED: readonly (readonly [string, DiscrepancyKind, (given: AccountBooks) => AccountBooks])[] = [
  [
    'a posting is off by one unit',
    'unbalanced_entry',
    onEntry(3, (entry) => ({
      ...entry,
      postings: entry.postings.map((one, i) => (i === 0 ? { ...one, amount: more(one.amount) } : one)),
    })),
  ],
  ['a unit moved from one account to another', 'broken_chain', onEntry(3, shift)],
  [
    'a unit moved and the chain was written anew',
    'broken_chain',
    (given) => onBase(rechained)(onEntry(3, shift)(given)),
  ],
  [
    'an entry is about another time',
    'broken_chain',
    onEntry(2, (entry) => ({ ...entry, windowTime: (entry.windowTime + 1) as typeof entry.windowTime })),
  ],
  [
    'an entry names another evidence',
    'broken_chain',
    onEntry(2, (entry) => ({ ...entry, evidenceHash: 'other' })),
  ],
  [
    'an entry is missing',
    'journal_hole',
    onBase((lane) => ({ ...lane, journal: lane.journal.filter((entry) => entry.n !== 3) })),
  ],
  [
    'the newest entry is missing',
    'balance',
    onBase((lane) => ({ ...lane, journal: lane.journal.slice(0, -1) })),
  ],
  ['cash is a unit more', 'balance', onAccount(({ cash }) => ({ cash: more(cash) }))],
  ['reserved cash is a unit more', 'balance', onAccount(({ reserved }) => ({ reserved: more(reserved) }))],
  ['fees are a unit less', 'balance', onAccount(({ fees }) => ({ fees: more(fees, -1n) }))],
  [
    'the realized gain is a unit more',
    'balance',
    onAccount(({ realized }) => ({ realized: more(realized) })),
  ],
  ['the opening equity is a unit more', 'balance', onAccount(({ opening }) => ({ opening: more(opening) }))],
  ['the account ends in another chain', 'broken_chain', onAccount(() => ({ chain: CHAIN_START }))],
  [
    'a position is a unit larger',
    'position',
    onBase((lane) => ({
      ...lane,
      holdings: lane.holdings.map((one) => ({
        ...one,
        position: { ...one.position, quantity: more(one.position.quantity) },
      })),
    })),
  ],
  [
    'a position cost a unit more',
    'position',
    onBase((lane) => ({
      ...lane,
      holdings: lane.holdings.map((one) => ({
        ...one,
        position: { ...one.position, cost: more(one.position.cost) },
      })),
    })),
  ],
  ['a position is missing', 'position', onBase((lane) => ({ ...lane, holdings: [] }))],
  ['a fill is missing', 'position_fills', onBase((lane) => ({ ...lane, fills: lane.fills.slice(1) }))],
  [
    'a fill is a unit larger',
    'position_fills',
    onFill(({ quantity }) => ({ quantity: asQuantity(quantity + 1n) })),
  ],
  [
    'a fill names an entry that books something else',
    'fill_entry',
    onFill(({ entry }) => ({ entry: entry - 1 })),
  ],
  ['a fill names an entry that is not there', 'fill_entry', onFill(() => ({ entry: 9_999 }))],
  ['a fill names another evidence', 'fill_entry', onFill(() => ({ evidenceHash: 'other' }))],
  [
    'an order has another filled quantity',
    'order_fills',
    (given) => ({
      ...given,
      orders: given.orders.map((order, i) =>
        i === 0
          ? {
              ...order,
              lanes: { ...order.lanes, base: { ...order.lanes.base, filled: more(order.lanes.base.filled) } },
            }
          : order,
      ),
    }),
  ],
  [
    'an order sets aside a unit more',
    'reserved',
    (given) => ({
      ...given,
      orders: given.orders.map((order, i) =>
        i === 0
          ? {
              ...order,
              lanes: {
                ...order.lanes,
                base: { ...order.lanes.base, reserved: more(order.lanes.base.reserved) },
              },
            }
          : order,
      ),
    }),
  ],
  [
    'a shadow lane got more than the lane above it',
    'lane_nesting',
    (given) => ({
      ...given,
      orders: given.orders.map((order, i) =>
        i === 0
          ? {
              ...order,
              lanes: {
                ...order.lanes,
                pessimistic: { ...order.lanes.pessimistic, filled: more(order.lanes.optimistic.filled) },
              },
            }
          : order,
      ),
    }),
  ],
  ['a pointer is missing', 'pointer', (given) => ({ ...given, pointers: [] })],
  [
    'a pointer names an order that cannot fill',
    'pointer',
    (given) => ({ ...given, pointers: [...given.pointers, 'ffffffffffffffff' as OrderId] }),
  ],
  [
    'the count of working orders is wrong',
    'working_count',
    (given) => ({ ...given, cursor: { ...given.cursor, working: given.cursor.working + 1 } }),
  ],
  [
    'the count of holdings that watch levels is wrong',
    'watching_count',
    (given) => ({ ...given, cursor: { ...given.cursor, watching: given.cursor.watching + 1 } }),
  ],
  [
    "a fill's price was changed",
    'fill_evidence',
    onFill((fill) => ({ lines: fill.lines.map((line) => ({ ...line, price: price('1') })) })),
  ],
  [
    "a fill's fee was changed",
    'fill_evidence',
    onFill((fill) => ({ fee: { ...fill.fee, inQuote: money('0') } })),
  ],
  [
    "a fill's evidence was changed",
    'fill_evidence',
    onFill((fill) => ({ evidence: { ...fill.evidence, latencyMs: fill.evidence.latencyMs + 1 } })),
  ],
];

test.each(TAMPERED)('finds that %s: %s', (_, kind, tamper) => {
  expect(reconcile(tamper(books), sha256).map((one) => one.kind)).toContain(kind);
});

test('every kind of discrepancy is seen to be found', () => {
  const kinds: Record<DiscrepancyKind, true> = {
    unbalanced_entry: true,
    journal_hole: true,
    broken_chain: true,
    balance: true,
    position: true,
    position_fills: true,
    reserved: true,
    order_fills: true,
    fill_entry: true,
    lane_nesting: true,
    pointer: true,
    working_count: true,
    watching_count: true,
    fill_evidence: true,
  };
  expect(new Set(TAMPERED.map((one) => one[1]))).toEqual(new Set(Object.keys(kinds)));
});
