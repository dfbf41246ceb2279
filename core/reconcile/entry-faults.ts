import type { Money } from '../amounts.ts';
import { asQuantity, formatUnits, ZERO_MONEY } from '../amounts.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import { CHAIN_START, canonicalEntry, chainEntry } from '../ledger/journal.ts';
import type { FillBooking } from '../ledger/order-facts.ts';
import { fillBooking } from '../ledger/order-facts.ts';
import { reservationFor } from '../paper/fees.ts';
import type { Fill } from '../paper/fill.ts';
import { recomputeFill } from '../paper/fill.ts';
import type { Order, OrderId } from '../paper/order.ts';
import type { Sha256 } from '../ports.ts';
import { foldBefore } from './checkpoint.ts';
import { FoldedLane } from './folded-lane.ts';
import type { OrderFills } from './order-fills.ts';
import { filledThrough } from './order-fills.ts';
import type { LaneBooks } from './reconcile.ts';

/**
 * Books every fill of a lane again, from its evidence, its order and the journal before its entry, and compares: what of
 * the stored entries differs, in words, by fill. Fills of entries before those of the books are left out.
 */
export function entryFaults(
  books: LaneBooks,
  orders: ReadonlyMap<OrderId, Order>,
  fillsOf: (id: OrderId) => OrderFills,
): ReadonlyMap<Fill, readonly string[]> {
  const before = new FoldedLane(foldBefore(books));
  const fills = books.fills.filter((fill) => fill.entry > before.account.entries);
  const booked = Map.groupBy(fills, (fill) => fill.entry);
  const found = new Map<Fill, readonly string[]>();
  for (const fill of fills) found.set(fill, [`there is no entry ${fill.entry}`]);
  for (const entry of books.journal) {
    for (const fill of booked.get(entry.n) ?? []) {
      const order = orders.get(fill.orderId);
      found.set(
        fill,
        order ? differences(fill, entry, bookedFrom(before, fill, order, fillsOf(order.id), entry)) : [],
      );
    }
    before.add(entry);
  }
  return found;
}

/** What is wrong with the links of an entry to the one before it and to the one, or the account's end, after it. */
export function linkFaults({ account, journal }: LaneBooks, n: number, sha256: Sha256): readonly string[] {
  const entry = journal[n - 1];
  if (!entry) return [`there is no entry ${n}`];
  const follows = (one: JournalEntry, chainBefore: string): boolean =>
    chainEntry(sha256, one, one.n, chainBefore, one.evidenceHash).chain === one.chain;
  const faults: string[] = [];
  if (!follows(entry, journal[n - 2]?.chain ?? CHAIN_START))
    faults.push(`entry ${n} does not follow from the one before it`);
  const next = journal[n];
  if (next ? !follows(next, entry.chain) : account.chain !== entry.chain)
    faults.push(`what follows does not follow from entry ${n}`);
  return faults;
}

function differences(fill: Fill, entry: JournalEntry, booking: FillBooking): readonly string[] {
  const faults: string[] = [];
  const [expected, stored] = [canonicalEntry(booking.facts), canonicalEntry(entry)];
  if (expected !== stored) faults.push(`entry ${entry.n} is ${stored}, the evidence gives ${expected}`);
  if (entry.evidenceHash !== fill.evidenceHash) faults.push(`entry ${entry.n} books another evidence`);
  if (fill.realized !== booking.realized)
    faults.push(
      `the evidence realizes ${formatUnits(booking.realized)}, the fill says ${formatUnits(fill.realized)}`,
    );
  return faults;
}

/** The booking of a fill: its order had set aside what the journal says, and keeps what its rest may still cost. */
function bookedFrom(
  before: FoldedLane,
  fill: Fill,
  order: Order,
  fills: OrderFills,
  entry: JournalEntry,
): FillBooking {
  const { evidence, lane, closedAt } = fill;
  const id = evidence.instrumentId;
  const own = order.lanes[lane];
  const left = asQuantity(order.quantity - filledThrough(fills[lane], closedAt));
  const kept =
    own.endedAt === closedAt ? ZERO_MONEY : reservationFor(order.side, order.limitPrice, left, evidence.fees);
  const keeping = (reserved: Money): Order => ({
    ...order,
    lanes: { ...order.lanes, [lane]: { ...own, reserved } },
  });
  const named = entry.postings.find((one) => one.account === `holding:${id}`)?.currency;
  return fillBooking(
    keeping(before.reserved(order.id)),
    keeping(kept),
    lane,
    recomputeFill(evidence),
    before.position(id),
    { id, quoteAsset: before.account.currency, baseAsset: before.baseAsset(id) ?? named ?? '' },
    evidence.fees,
    closedAt,
  );
}
