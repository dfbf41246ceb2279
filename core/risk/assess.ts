import type { Money, Quantity } from '../amounts.ts';
import { asMoney, asQuantity, max, min, notionalCeil, notionalFloor } from '../amounts.ts';
import type { EquityRecord, Mark } from '../ledger/equity.ts';
import { valuation } from '../ledger/equity.ts';
import type { LaneAccount } from '../ledger/lane-account.ts';
import type { Position } from '../ledger/position.ts';
import type { Instrument } from '../market/instrument.ts';
import { floorTo } from '../market/instrument.ts';
import type { InstrumentWindow } from '../market/window.ts';
import { isClean, opposite } from '../market/window.ts';
import type { FeeSchedule } from '../paper/fees.ts';
import { reservationFor } from '../paper/fees.ts';
import type { LatencyModel } from '../paper/latency.ts';
import { drawLatency } from '../paper/latency.ts';
import type { AccountId, Lane, LaneOrder, Order, OrderId, StrategyId } from '../paper/order.ts';
import { acceptedLane, hasEnded, LANES, orderId, perLane, remaining } from '../paper/order.ts';
import type { Sha256 } from '../ports.ts';
import type { Signal } from '../strategy/strategy.ts';
import type { EpochMs } from '../time.ts';
import { dayStart, plusMs } from '../time.ts';
import type { OrderTerms } from './execution.ts';
import { orderTerms } from './execution.ts';
import type { GuardResult, GuardView, RiskRule } from './guards.ts';
import { firstDenial, runGuards } from './guards.ts';
import type { ExecutionStyle, Limits, Sizing } from './limits.ts';
import { entryQuantity } from './sizing.ts';
import type { ModeState } from './trading-mode.ts';
import { modeAt } from './trading-mode.ts';

/** An order as it would be placed: what the guards judge. */
export interface Candidate {
  readonly terms: OrderTerms;
  readonly quantity: Quantity;
  /** Cash it would set aside. */
  readonly reserve: Money;
}

/** Everything a decision on one signal rests on: the account as its cursor left it and the market of the signal's window. */
export interface DecisionInput {
  readonly signal: Signal;
  readonly accountId: AccountId;
  readonly execution: ExecutionStyle;
  readonly sizing: Sizing;
  readonly limits: Limits;
  readonly instrument: Instrument;
  readonly fees: FeeSchedule;
  readonly latency: LatencyModel;
  readonly feedId: Order['feedId'];
  readonly market: InstrumentWindow | undefined;
  /** Prices of the signal's window: mids of clean books, last trades of the others. */
  readonly marks: readonly Mark[];
  readonly mode: ModeState;
  readonly account: LaneAccount;
  readonly positions: readonly Position[];
  readonly working: readonly Order[];
  readonly equity: EquityRecord;
  /** The newest window applied to the account. */
  readonly seenThrough: EpochMs;
  /** Version of the account's cursor that it rests on. */
  readonly made: number;
  /** True when the decision did not see the account exactly at the signal's window. */
  readonly late: boolean;
}

/** A cancel that a decision asks for; it reaches the venue at `cancelAt`. */
export interface CancelRequest {
  readonly orderId: OrderId;
  readonly cancelAt: EpochMs;
}

/** What risk decided on one signal; stored, so that a repeat is answered and a session can be replayed. */
export interface Decision {
  readonly signal: Signal;
  readonly accountId: AccountId;
  readonly outcome: 'accepted' | 'denied';
  /** The rule that denied; null when accepted. */
  readonly rule: RiskRule | null;
  readonly detail: string;
  readonly guards: readonly GuardResult[];
  readonly orderId: OrderId | null;
  readonly cancels: readonly CancelRequest[];
  readonly modeVersion: number;
  readonly seenThrough: EpochMs;
  /** Version of the account's cursor it rested on: the order in which an account's decisions were made. */
  readonly made: number;
  readonly late: boolean;
}

export interface Assessment {
  readonly decision: Decision;
  readonly order: Order | null;
}

/** Decides on one signal: sizes it, turns it into an order, asks every guard. Pure: the same input gives the same order. */
export function assess(input: DecisionInput, sha256: Sha256): Assessment {
  const { signal, market, instrument } = input;
  const worth = valuation(input.account, input.positions, input.marks, signal.closedAt);
  const candidate = candidateFor(input, worth.equity);
  const guards = runGuards(guardView(input, worth.equity, candidate));
  const denial = firstDenial(guards);
  const from = max2(signal.closedAt, input.seenThrough);
  const decided = {
    signal,
    accountId: input.accountId,
    guards,
    cancels: cancelRequests(input, from, sha256),
    modeVersion: input.mode.version,
    seenThrough: input.seenThrough,
    made: input.made,
    late: input.late,
  };
  if (denial || !candidate || !market) {
    const rule = denial?.rule ?? 'data_quality';
    const detail = denial?.detail ?? `no usable book of ${instrument.id}`;
    return { decision: { ...decided, outcome: 'denied', rule, detail, orderId: null }, order: null };
  }
  const order = newOrder(input, candidate, from, sha256);
  const detail = `${order.side} ${order.type}`;
  return { decision: { ...decided, outcome: 'accepted', rule: null, detail, orderId: order.id }, order };
}

/** The order this signal would become; null without a clean book to price it. */
function candidateFor(input: DecisionInput, equity: Money): Candidate | null {
  const { market, signal, instrument } = input;
  const bid = market?.bids[0];
  const ask = market?.asks[0];
  if (!market || !isClean(market) || !bid || !ask) return null;
  const terms = orderTerms(input.execution, signal.side, bid, ask, instrument);
  const quantity =
    signal.side === 'buy'
      ? entryQuantity(input.sizing, equity, signal.confidence, terms.limitPrice, instrument)
      : floorTo(min(freeToSell(input), instrument.quantityMax), instrument.lotSize);
  return { terms, quantity, reserve: reservationFor(signal.side, terms.limitPrice, quantity, input.fees) };
}

/** What is held in the base lane and not already offered by a working sell. */
function freeToSell(input: DecisionInput): Quantity {
  const id = input.instrument.id;
  const held = input.positions.find((one) => one.instrumentId === id)?.quantity ?? 0n;
  const offered = input.working
    .filter((order) => order.instrumentId === id && order.side === 'sell' && !hasEnded(order.lanes.base))
    .reduce((total, order) => total + remaining(order, 'base'), 0n);
  return asQuantity(held > offered ? held - offered : 0n);
}

function guardView(input: DecisionInput, equity: Money, candidate: Candidate | null): GuardView {
  const { signal, instrument } = input;
  const open = input.working.filter((order) => !hasEnded(order.lanes.base));
  return {
    mode: modeAt(input.mode, signal.closedAt),
    at: signal.closedAt,
    side: signal.side,
    instrument,
    currency: input.account.currency,
    market: input.market,
    limits: input.limits,
    equity,
    peak: max(input.equity.beatPeak, equity),
    // With no mark of this day yet nothing has happened in it: the day begins with what is there now.
    dayOpen: input.equity.day === dayStart(signal.closedAt) ? input.equity.dayOpen : equity,
    cash: input.account.cash,
    exposureInstrument: exposureOf(input, open, (id) => id === instrument.id),
    exposureTotal: exposureOf(input, open, () => true),
    openOrders: open.length,
    candidate,
  };
}

/** Value at the marks of what is held plus notional of working buys; at cost where there is no mark. */
function exposureOf(input: DecisionInput, open: readonly Order[], counts: (id: string) => boolean): Money {
  let total = 0n;
  for (const position of input.positions) {
    if (!counts(position.instrumentId)) continue;
    const mark = input.marks.find((one) => one.instrumentId === position.instrumentId);
    total += mark ? notionalFloor(mark.price, position.quantity) : position.cost;
  }
  for (const order of open)
    if (order.side === 'buy' && counts(order.instrumentId))
      total += notionalCeil(order.limitPrice, remaining(order, 'base'));
  return asMoney(total);
}

function newOrder(input: DecisionInput, candidate: Candidate, from: EpochMs, sha256: Sha256): Order {
  const { signal, execution } = input;
  const id = orderId(sha256, signal.id, 1, signal.side === 'buy' ? 'entry' : 'exit', 1);
  const latencyMs = drawLatency(input.latency, sha256, id, 'new');
  const lane = (of: Lane): LaneOrder => acceptedLane(plusMs(from, latencyMs[of]), candidate.reserve);
  return {
    id,
    accountId: input.accountId,
    strategyId: signal.strategyId as StrategyId,
    signalId: signal.id,
    feedId: input.feedId,
    instrumentId: signal.instrumentId,
    side: signal.side,
    ...candidate.terms,
    quantity: candidate.quantity,
    decidedAt: signal.closedAt,
    seenThrough: input.seenThrough,
    latencyMs,
    expiresAt: execution.expireAfterMs === null ? null : plusMs(from, execution.expireAfterMs),
    cancelAt: null,
    lanes: perLane(lane),
  };
}

/** Working orders of the same strategy on the other side, where its execution says that an opposite signal cancels them. */
function cancelRequests(input: DecisionInput, from: EpochMs, sha256: Sha256): readonly CancelRequest[] {
  const { signal, execution } = input;
  if (execution.onOppositeSignal === 'keep') return [];
  return input.working
    .filter(
      (order) =>
        order.strategyId === signal.strategyId &&
        order.instrumentId === signal.instrumentId &&
        order.side === opposite(signal.side) &&
        order.cancelAt === null &&
        LANES.some((lane) => !hasEnded(order.lanes[lane])),
    )
    .map((order) => ({
      orderId: order.id,
      cancelAt: plusMs(from, drawLatency(input.latency, sha256, order.id, 'cancel').base),
    }));
}

const max2 = (a: EpochMs, b: EpochMs): EpochMs => (a > b ? a : b);
