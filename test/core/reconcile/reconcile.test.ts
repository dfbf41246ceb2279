import { beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { loadBooks } from '../../../adapters/store/books.ts';
import { asMoney, asQuantity, money, price } from '../../../core/amounts.ts';
import type { JournalEntry } from '../../../core/ledger/journal.ts';
import { CHAIN_START, chainEntry } from '../../../core/ledger/journal.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { feedId, opposite } from '../../../core/market/window.ts';
import type { FillEvidence } from '../../../core/paper/fill.ts';
import { hashEvidence } from '../../../core/paper/fill.ts';
import type {
  AccountId,
  FillId,
  LaneOrder,
  Order,
  OrderId,
  SignalId,
  StrategyId,
} from '../../../core/paper/order.ts';
import { FoldedLane, nothingFolded } from '../../../core/reconcile/folded-lane.ts';
import type { AccountBooks, DiscrepancyKind, LaneBooks } from '../../../core/reconcile/reconcile.ts';
import { reconcile } from '../../../core/reconcile/reconcile.ts';
import type { Decision } from '../../../core/risk/assess.ts';
import type { EpochMs } from '../../../core/time.ts';
import { plusMs } from '../../../core/time.ts';
import { eventsOf, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM } from '../../support/values.ts';

let books: AccountBooks;
beforeAll(async () => {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 40, [COIN, GEM])));
  const loaded = await loadBooks(desk.stored, 'alpha' as AccountId);
  if (!loaded) throw new Error('the account is open');
  books = { ...loaded, decisions: await Array.fromAsync(desk.stored.decisions('alpha' as AccountId)) };
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
/** Changes the order of the first fill of the base lane. */
const onOrder =
  (change: (order: Order) => Partial<Order>) =>
  (given: AccountBooks): AccountBooks => {
    const id = given.lanes.find((one) => one.lane === 'base')?.fills[0]?.orderId;
    return {
      ...given,
      orders: given.orders.map((order) => (order.id === id ? { ...order, ...change(order) } : order)),
    };
  };
const withoutOrder = (given: AccountBooks): AccountBooks => {
  const id = given.lanes.find((one) => one.lane === 'base')?.fills[0]?.orderId;
  return { ...given, orders: given.orders.filter((order) => order.id !== id) };
};
const onBaseOf = (change: (lane: LaneOrder) => Partial<LaneOrder>) =>
  onOrder(({ lanes }) => ({ lanes: { ...lanes, base: { ...lanes.base, ...change(lanes.base) } } }));
const onDecisions =
  (change: (decision: Decision) => readonly Decision[]) =>
  (given: AccountBooks): AccountBooks => ({ ...given, decisions: (given.decisions ?? []).flatMap(change) });
const later = (time: EpochMs): EpochMs => plusMs(time, 1);
/** A fill whose evidence was changed and hashed anew. */
const onEvidence = (change: (evidence: FillEvidence) => Partial<FillEvidence>) =>
  onFill((fill) => {
    const evidence = { ...fill.evidence, ...change(fill.evidence) };
    return { evidence, evidenceHash: hashEvidence(sha256, evidence) };
  });
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
  ["an order's limit is another one", 'fill_order', onOrder(() => ({ limitPrice: price('1') }))],
  [
    'an order wanted more than its evidence says',
    'fill_order',
    onOrder((order) => ({ quantity: more(order.quantity) })),
  ],
  [
    "an order's latency is another one",
    'fill_order',
    onOrder(({ latencyMs }) => ({ latencyMs: { ...latencyMs, base: latencyMs.base + 1 } })),
  ],
  [
    'an order reached the venue at another time',
    'fill_order',
    onBaseOf(({ effectiveAt }) => ({ effectiveAt: later(effectiveAt) })),
  ],
  ['an order is of another side', 'fill_order', onOrder(({ side }) => ({ side: opposite(side) }))],
  ['an order is of another feed', 'fill_order', onOrder(() => ({ feedId: feedId('other') }))],
  ['an order had expired', 'fill_order', onOrder(({ decidedAt }) => ({ expiresAt: decidedAt }))],
  ['an order of a fill is missing', 'fill_order', withoutOrder],
  ['the order that a decision accepted is missing', 'order_origin', withoutOrder],
  ['a fill is of another strategy', 'fill_order', onFill(() => ({ strategyId: 'other' as StrategyId }))],
  ['a fill is of another account', 'fill_order', onFill(() => ({ accountId: 'other' as AccountId }))],
  [
    'a fill is of another instrument',
    'fill_order',
    onFill(() => ({ instrumentId: instrumentId('binance', 'OTHER') })),
  ],
  ['a fill has another id', 'fill_order', onFill(() => ({ id: '0123456789abcdef.base.1' as FillId }))],
  [
    'the evidence tells another latency',
    'fill_order',
    onEvidence(({ latencyMs }) => ({ latencyMs: latencyMs + 1 })),
  ],
  [
    'the evidence tells another window',
    'fill_order',
    onEvidence(({ closedAt }) => ({ closedAt: later(closedAt) })),
  ],
  [
    'the evidence wanted more than was left',
    'fill_order',
    onEvidence(({ market }) => ({ market: { ...market, wanted: more(market.wanted) } })),
  ],
  [
    'the evidence was left more by the wider lane',
    'fill_order',
    onEvidence(({ market }) => ({ market: { ...market, cap: asQuantity((market.cap ?? 0n) + 1n) } })),
  ],
  [
    'an order does not follow from its signal',
    'order_origin',
    onOrder(({ signalId }) => ({ signalId: `${signalId}1` as SignalId })),
  ],
  [
    'an order reaches the venue at a time that its latency does not give',
    'order_origin',
    onBaseOf(({ effectiveAt }) => ({ effectiveAt: later(effectiveAt) })),
  ],
  [
    'an order was decided on having seen more',
    'order_origin',
    onOrder(({ seenThrough }) => ({ seenThrough: later(seenThrough) })),
  ],
  ['the decision on an order is missing', 'order_origin', onDecisions(() => [])],
  [
    'the decision on an order denied it',
    'order_origin',
    onDecisions((one) => [{ ...one, outcome: 'denied' }]),
  ],
  [
    'the decision on an order accepted another one',
    'order_origin',
    onDecisions((one) => [{ ...one, orderId: 'ffffffffffffffff' as OrderId }]),
  ],
  [
    'the decision on an order was about the other side',
    'order_origin',
    onDecisions((one) => [{ ...one, signal: { ...one.signal, side: opposite(one.signal.side) } }]),
  ],
  [
    'an order that has ended sets cash aside',
    'reserved',
    onBaseOf(({ reserved }) => ({ reserved: more(reserved) })),
  ],
  [
    'an order that is filled says it was canceled',
    'order_fills',
    (given) => ({
      ...given,
      orders: given.orders.map((order) =>
        order.lanes.base.status === 'filled'
          ? { ...order, lanes: { ...order.lanes, base: { ...order.lanes.base, status: 'canceled' } } }
          : order,
      ),
    }),
  ],
  [
    'a fill says it realized a unit more',
    'fill_entry',
    onFill(({ realized }) => ({ realized: more(realized) })),
  ],
  [
    'money was moved in the entry of a fill, its chain was written anew and the account ends in it',
    'fill_entry',
    (given) => {
      const n = given.lanes.find((one) => one.lane === 'base')?.fills[0]?.entry ?? 0;
      const forged = onBase(rechained)(onEntry(n, shift)(given));
      return onBase((lane) => ({
        ...lane,
        account: { ...lane.account, chain: lane.journal.at(-1)?.chain ?? '' },
      }))(forged);
    },
  ],
  [
    "a fill's notional was changed",
    'fill_evidence',
    onFill(({ notional }) => ({ notional: more(notional) })),
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

/** Only what was written after the deposit, with what the whole journal gave up to it. */
const sinceDeposit = (tampered: AccountBooks): AccountBooks => ({
  ...tampered,
  lanes: tampered.lanes.map((lane) => {
    const whole = books.lanes.find((one) => one.lane === lane.lane) ?? lane;
    const folded = new FoldedLane(nothingFolded(whole.account));
    for (const entry of whole.journal.slice(0, 1)) folded.add(entry);
    return { ...lane, from: folded.fold, journal: lane.journal.filter((entry) => entry.n > 1) };
  }),
});

test('what was written since the deposit has no discrepancies', () => {
  expect(reconcile(sinceDeposit(books), sha256)).toEqual([]);
});

test.each(TAMPERED)('finds from what was written since the deposit that %s: %s', (_, kind, tamper) => {
  expect(reconcile(sinceDeposit(tamper(books)), sha256).map((one) => one.kind)).toContain(kind);
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
    order_origin: true,
    fill_order: true,
    fill_entry: true,
    lane_nesting: true,
    pointer: true,
    working_count: true,
    watching_count: true,
    fill_evidence: true,
  };
  expect(new Set(TAMPERED.map((one) => one[1]))).toEqual(new Set(Object.keys(kinds)));
});
