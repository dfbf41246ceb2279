import { formatUnits } from '../amounts.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import { canonicalEntry, chainEntry, totals } from '../ledger/journal.ts';
import type { LaneAccount } from '../ledger/lane-account.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { Fill } from '../paper/fill.ts';
import { hashEvidence, recomputeFill } from '../paper/fill.ts';
import type { Lane, Order, OrderId } from '../paper/order.ts';
import { isWorking } from '../paper/order.ts';
import type { Holding } from '../paper/step.ts';
import type { Cursor, Sha256 } from '../ports.ts';
import type { Decision } from '../risk/assess.ts';
import { foldBefore } from './checkpoint.ts';
import { entryFaults } from './entry-faults.ts';
import { fillFaults } from './fill-faults.ts';
import type { LaneFold } from './folded-lane.ts';
import { FoldedLane } from './folded-lane.ts';
import { decisionFaults, decisionsBySignal, orderFaults } from './order-faults.ts';
import type { OrderFills } from './order-fills.ts';
import { fillsByOrder } from './order-fills.ts';

/**
 * One lane of an account as stored: the journal and everything that claims to follow from it. With `from` they are only
 * what was written since: the entries after those it folded, and whole orders and fills of orders that may have moved.
 */
export interface LaneBooks {
  readonly lane: Lane;
  readonly from?: LaneFold | undefined;
  readonly account: LaneAccount;
  readonly holdings: readonly Holding[];
  /** In journal order. */
  readonly journal: readonly JournalEntry[];
  readonly fills: readonly Fill[];
}

export interface AccountBooks {
  readonly lanes: readonly LaneBooks[];
  readonly cursor: Cursor;
  readonly orders: readonly Order[];
  readonly pointers: readonly OrderId[];
  /** What risk decided, accepted or denied. */
  readonly decisions: readonly Decision[];
}

export type DiscrepancyKind =
  | 'unbalanced_entry'
  | 'journal_hole'
  | 'broken_chain'
  | 'balance'
  | 'position'
  | 'position_fills'
  | 'reserved'
  | 'order_fills'
  | 'order_origin'
  | 'fill_order'
  | 'fill_entry'
  | 'fill_evidence'
  | 'lane_nesting'
  | 'pointer'
  | 'working_count'
  | 'watching_count';

/** Two accounts of the same fact that do not agree. */
export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  readonly lane: Lane | null;
  /** For people: what was expected, what is stored. */
  readonly detail: string;
}

/** Recomputes balances, positions and reservations from the journal and the fills, and compares them with what is stored. */
export function reconcile(books: AccountBooks, sha256: Sha256): readonly Discrepancy[] {
  const fillsOf = fillsByOrder(books.lanes);
  const orders = new Map(books.orders.map((order) => [order.id, order]));
  const decisions = decisionsBySignal(books.decisions);
  const lost = books.decisions.filter((one) => one.orderId !== null && !orders.has(one.orderId));
  return [
    ...books.lanes.flatMap((lane) => reconcileLane(lane, orders, fillsOf, sha256)),
    ...books.orders.flatMap((order) => [
      ...orderFaults(order, fillsOf(order.id), sha256),
      ...decisionFaults(order, decisions.get(order.signalId)),
    ]),
    ...lost.map(({ signal, orderId }): Discrepancy => {
      const detail = `the decision on signal ${signal.id} accepted order ${orderId}, which is not there`;
      return { kind: 'order_origin', lane: null, detail };
    }),
    ...orderDiscrepancies(books),
  ];
}

function reconcileLane(
  books: LaneBooks,
  orders: ReadonlyMap<OrderId, Order>,
  fillsOf: (id: OrderId) => OrderFills,
  sha256: Sha256,
): Discrepancy[] {
  const { lane, account } = books;
  const found: Discrepancy[] = [];
  const add = (kind: DiscrepancyKind, detail: string): void => void found.push({ kind, lane, detail });
  const expect = (kind: DiscrepancyKind, what: string, expected: bigint, stored: bigint): void => {
    if (expected !== stored)
      add(kind, `${what}: ${formatUnits(expected)} expected, ${formatUnits(stored)} stored`);
  };

  const folded = new FoldedLane(foldBefore(books));
  const { entries: entriesBefore } = folded.account;
  const bought = new Map(folded.instruments.map((id) => [id, BigInt(folded.position(id).quantity)]));
  let { chain } = folded.account;
  books.journal.forEach((entry, i) => {
    const n = entriesBefore + i + 1;
    if (entry.n !== n) add('journal_hole', `entry ${n} expected, ${entry.n} found`);
    for (const [currency, total] of totals(entry.postings))
      if (total !== 0n)
        add('unbalanced_entry', `entry ${entry.n} is off by ${formatUnits(total)} ${currency}`);
    chain = chainEntry(sha256, entry, entry.n, chain, entry.evidenceHash).chain;
    if (entry.chain !== chain)
      add('broken_chain', `entry ${entry.n} was changed after it was booked: ${canonicalEntry(entry)}`);
    chain = entry.chain;
    folded.add(entry);
  });
  const rebuilt = folded.account;
  if (rebuilt.currency !== account.currency)
    add('balance', `currency: ${rebuilt.currency} expected, ${account.currency} stored`);
  expect('balance', 'cash', rebuilt.cash, account.cash);
  expect('balance', 'reserved cash', rebuilt.reserved, account.reserved);
  expect('balance', 'fees', rebuilt.fees, account.fees);
  expect('balance', 'realized PnL', rebuilt.realized, account.realized);
  expect('balance', 'opening equity', rebuilt.opening, account.opening);
  if (rebuilt.entries !== account.entries)
    add('balance', `entries: ${rebuilt.entries} in the journal, ${account.entries} counted`);
  // The chain's end is kept beside the journal: a journal that was written anew, chain and all, does not lead to it.
  else if (chain !== account.chain)
    add('broken_chain', `the chain ends in ${chain}, the account says ${account.chain}`);

  for (const fill of books.fills) {
    // What earlier entries booked is part of the fold.
    if (fill.entry <= entriesBefore) continue;
    const net = fill.quantity - (fill.fee.asset === 'base' ? fill.fee.amount : 0n);
    const sum = bought.get(fill.instrumentId) ?? 0n;
    bought.set(fill.instrumentId, sum + (fill.side === 'buy' ? net : -fill.quantity));
  }
  for (const [fill, faults] of entryFaults(books, orders, fillsOf))
    if (faults.length > 0)
      add('fill_entry', `fill ${fill.id} is not what its entry books: ${faults.join('; ')}`);
  for (const fill of books.fills) {
    const wrong = disagreement(fill, sha256);
    if (wrong) add('fill_evidence', `fill ${fill.id} does not follow from its evidence: ${wrong}`);
    const faults = fillFaults(fill, orders.get(fill.orderId), fillsOf(fill.orderId));
    if (faults.length > 0)
      add('fill_order', `fill ${fill.id} does not follow from order ${fill.orderId}: ${faults.join('; ')}`);
  }
  const ids = new Set([...folded.instruments, ...bought.keys(), ...books.holdings.map(idOf)]);
  for (const id of [...ids].sort()) {
    const expected = folded.position(id);
    const position = books.holdings.find((one) => idOf(one) === id)?.position;
    expect('position', `${id} quantity`, expected.quantity, position?.quantity ?? 0n);
    expect('position', `${id} cost`, expected.cost, position?.cost ?? 0n);
    expect('position_fills', `${id} sum of fills`, bought.get(id) ?? 0n, position?.quantity ?? 0n);
  }
  const reserved = [...orders.values()].reduce((total, order) => total + order.lanes[lane].reserved, 0n);
  expect('reserved', 'reserved by orders', reserved, account.reserved);
  return found;
}

function orderDiscrepancies({ orders, pointers, cursor, lanes }: AccountBooks): Discrepancy[] {
  const found: Discrepancy[] = [];
  const working = orders.filter(isWorking).map((order) => order.id);
  for (const order of orders) {
    const { optimistic, base, pessimistic } = order.lanes;
    if (optimistic.filled < base.filled || base.filled < pessimistic.filled)
      found.push({
        kind: 'lane_nesting',
        lane: null,
        detail: `order ${order.id}: ${[optimistic, base, pessimistic].map((one) => formatUnits(one.filled)).join(' / ')} filled`,
      });
  }
  for (const id of working)
    if (!pointers.includes(id))
      found.push({ kind: 'pointer', lane: null, detail: `order ${id} can fill but has no pointer` });
  for (const id of pointers)
    if (!working.includes(id))
      found.push({ kind: 'pointer', lane: null, detail: `a pointer names ${id}, which cannot fill` });
  if (cursor.working !== pointers.length)
    found.push({
      kind: 'working_count',
      lane: null,
      detail: `${pointers.length} pointers, ${cursor.working} counted`,
    });
  const watching = lanes
    .flatMap((one) => one.holdings)
    .filter((one) => one.consumption.levels.length > 0).length;
  if (cursor.watching !== watching)
    found.push({
      kind: 'watching_count',
      lane: null,
      detail: `${watching} holdings watch levels, ${cursor.watching} counted`,
    });
  return found;
}

/** What of a fill its evidence contradicts, or null when it follows from it. */
function disagreement(fill: Fill, sha256: Sha256): string | null {
  if (hashEvidence(sha256, fill.evidence) !== fill.evidenceHash) return 'the evidence was changed';
  const again = recomputeFill(fill.evidence);
  const same =
    again.liquidity === fill.liquidity &&
    again.side === fill.side &&
    again.fee.asset === fill.fee.asset &&
    again.fee.amount === fill.fee.amount &&
    again.fee.inQuote === fill.fee.inQuote &&
    again.lines.length === fill.lines.length &&
    again.lines.every(
      (line, i) => line.price === fill.lines[i]?.price && line.quantity === fill.lines[i]?.quantity,
    ) &&
    again.quantity === fill.quantity &&
    again.notional === fill.notional;
  return same ? null : 'recomputed executions or fee differ';
}

const idOf = (holding: Holding): InstrumentId => holding.position.instrumentId;
