import type { Money, Quantity } from '../amounts.ts';
import { asMoney } from '../amounts.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Fee, FeeSchedule } from '../paper/fees.ts';
import { feeFor, lineTotals } from '../paper/fees.ts';
import type { Execution } from '../paper/match.ts';
import type { Lane, Order } from '../paper/order.ts';
import type { EpochMs } from '../time.ts';
import type { EntryFacts, Posting } from './journal.ts';
import { entryFacts } from './journal.ts';
import type { Position } from './position.ts';
import { bookBaseFee, bookExecution } from './position.ts';

/** What one fill means for the ledger of one lane. */
export interface FillBooking {
  readonly facts: EntryFacts;
  readonly position: Position;
  readonly quantity: Quantity;
  readonly notional: Money;
  readonly fee: Fee;
  readonly realized: Money;
}

/** Cash set aside when an order is accepted; null when nothing is (sells). */
export function reserveFacts(order: Order, lane: Lane, instrument: Instrument): EntryFacts | null {
  const amount = order.lanes[lane].reserved;
  if (amount === 0n) return null;
  return facts('reserve', order, lane, order.decidedAt, moveReserved(instrument.quoteAsset, amount));
}

/** Cash given back when an order ends unfilled or shrinks its need; null when there is nothing to give back. */
export function releaseFacts(
  before: Order,
  after: Order,
  lane: Lane,
  instrument: Instrument,
  windowTime: EpochMs,
): EntryFacts | null {
  const released = before.lanes[lane].reserved - after.lanes[lane].reserved;
  if (released === 0n) return null;
  return facts('release', before, lane, windowTime, moveReserved(instrument.quoteAsset, asMoney(-released)));
}

/** One entry for all executions of an order in a window: the exchange, its fee, and the reservation it no longer needs. */
export function fillBooking(
  before: Order,
  after: Order,
  lane: Lane,
  execution: Pick<Execution, 'lines' | 'liquidity'>,
  held: Position,
  instrument: Pick<Instrument, 'id' | 'baseAsset' | 'quoteAsset'>,
  schedule: FeeSchedule,
  windowTime: EpochMs,
): FillBooking {
  const { quoteAsset, baseAsset, id } = instrument;
  const fee = feeFor(before.side, execution.lines, execution.liquidity, schedule);
  const { quantity, notional } = lineTotals(before.side, execution.lines);
  const booked = bookExecution(held, before.side, quantity, notional);
  const inBase = fee.asset === 'base';
  const position = inBase ? bookBaseFee(booked.position, fee.amount, fee.inQuote) : booked.position;
  const received = before.side === 'buy' ? quantity : -quantity;
  const released = asMoney(before.lanes[lane].reserved - after.lanes[lane].reserved);
  const postings: Posting[] = [
    ...moveReserved(quoteAsset, asMoney(-released)),
    { account: 'cash', currency: quoteAsset, amount: asMoney(booked.cashDelta - (inBase ? 0n : fee.amount)) },
    {
      account: `position:${id}`,
      currency: quoteAsset,
      amount: asMoney(booked.costDelta - (inBase ? fee.inQuote : 0n)),
    },
    { account: 'fees', currency: quoteAsset, amount: fee.inQuote },
    { account: 'realized', currency: quoteAsset, amount: asMoney(-booked.realized) },
    { account: `holding:${id}`, currency: baseAsset, amount: asMoney(received - (inBase ? fee.amount : 0n)) },
    { account: `venue:${id}`, currency: baseAsset, amount: asMoney(-received) },
  ];
  if (inBase) postings.push({ account: 'fees', currency: baseAsset, amount: fee.amount });
  return {
    facts: facts('fill', before, lane, windowTime, postings),
    position,
    quantity,
    notional,
    fee,
    realized: booked.realized,
  };
}

const moveReserved = (currency: string, amount: Money): Posting[] => [
  { account: 'reserved', currency, amount },
  { account: 'cash', currency, amount: asMoney(-amount) },
];

const facts = (
  kind: EntryFacts['kind'],
  order: Order,
  lane: Lane,
  windowTime: EpochMs,
  postings: readonly Posting[],
): EntryFacts =>
  entryFacts({ kind, accountId: order.accountId, lane, windowTime, causeId: order.id, line: 0, postings });
