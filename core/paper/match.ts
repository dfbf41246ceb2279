import type { Quantity } from '../amounts.ts';
import { asQuantity, min, ZERO_MONEY, ZERO_QUANTITY } from '../amounts.ts';
import type { Instrument } from '../market/instrument.ts';
import type { InstrumentWindow } from '../market/window.ts';
import { isClean, opposite } from '../market/window.ts';
import type { EpochMs } from '../time.ts';
import type { Consumption } from './consumption.ts';
import { takeLevels, takenAt, usedPrints, usePrints } from './consumption.ts';
import type { FeeSchedule, FillLine, LiquiditySide } from './fees.ts';
import { reservationFor } from './fees.ts';
import type { EndReason, Lane, LaneOrder, LaneStatus, ModeStop, Order } from './order.ts';
import { hasEnded, remaining } from './order.ts';
import type { MakerEvidence } from './queue.ts';
import { drainQueue, printsFor, shownAt, THROUGH } from './queue.ts';
import type { TakerEvidence } from './taker.ts';
import { isMarketable, walkBook } from './taker.ts';
import { venueRefusal } from './venue-rules.ts';

/** What one lane of one order meets in one window. */
export interface LaneContext {
  readonly closedAt: EpochMs;
  readonly market: InstrumentWindow | undefined;
  readonly instrument: Instrument;
  readonly fees: FeeSchedule;
  readonly consumption: Consumption;
  /** The wider lane after this window; null in the widest. */
  readonly wider: LaneOrder | null;
  /** Our own resting orders on the other side in this lane. */
  readonly ownOpposite: readonly Order[];
  /** Windows before this one were never seen (a hole): no print is credited and the queue is joined anew. */
  readonly afterHole: boolean;
  /** The trading mode ends the order here, before anything fills; null lets it live. */
  readonly stop: ModeStop | null;
}

export interface Execution {
  readonly liquidity: LiquiditySide;
  readonly lines: readonly FillLine[];
  readonly evidence: TakerEvidence | MakerEvidence;
}

export interface LaneStep {
  readonly order: LaneOrder;
  readonly execution: Execution | null;
  readonly consumption: Consumption;
}

/**
 * One lane of one working order against one window: pure, and null when the window changes nothing. A window that this
 * lane was already stepped with changes nothing either, so a repeat after a crash is harmless. A lane that has all that
 * the wider one got before it ended can never fill again and ends with it.
 */
export function matchLane(order: Order, lane: Lane, context: LaneContext): LaneStep | null {
  const before = order.lanes[lane];
  const { closedAt, consumption, wider } = context;
  if (hasEnded(before) || (before.steppedAt !== null && before.steppedAt >= closedAt)) return null;
  const step = stepToEnd(order, lane, context);
  const { order: after, ...rest } = step ?? { order: before, execution: null, consumption };
  if (!wider?.endReason || hasEnded(after) || after.filled < wider.filled) return step;
  return { ...rest, order: endLane(after, wider.status, wider.endReason, closedAt) };
}

function stepToEnd(order: Order, lane: Lane, context: LaneContext): LaneStep | null {
  const before = order.lanes[lane];
  const { closedAt, consumption } = context;
  if (context.stop) return ended(before, 'canceled', context.stop, context);
  const end = orderEnd(order);
  // Prints of the window in which an order ends may have come after its end: they are not credited.
  if (end && closedAt > end.at) return ended(before, end.status, end.reason, context);
  const step = stepAlive(order, lane, context);
  if (!end || closedAt < end.at) return step;
  const reached = step ?? { order: before, execution: null, consumption };
  return hasEnded(reached.order)
    ? step
    : { ...reached, order: endLane(reached.order, end.status, end.reason, closedAt) };
}

function stepAlive(order: Order, lane: Lane, context: LaneContext): LaneStep | null {
  const before = order.lanes[lane];
  const { closedAt, market } = context;
  if (closedAt < before.effectiveAt) return null;
  if (!market || !isClean(market))
    return before.waiting ? null : changed({ ...before, waiting: true }, context);
  if (before.status === 'accepted') return arrive(order, lane, market, context);
  if (before.waiting || context.afterHole)
    return changed(joinQueue(order, before, market, closedAt), context);
  return rest(order, lane, market, context);
}

/** The order reaches the venue: refused, executed against the shown book, and its rest joins the queue or is canceled. */
function arrive(order: Order, lane: Lane, market: InstrumentWindow, context: LaneContext): LaneStep {
  const before = order.lanes[lane];
  if (venueRefusal(context.instrument, order)) return ended(before, 'rejected', 'venue_rules', context);
  const levels = order.side === 'buy' ? market.asks : market.bids;
  const best = levels[0];
  const crosses = best !== undefined && isMarketable(order.side, order.limitPrice, best.price);
  if (order.postOnly && crosses) return ended(before, 'rejected', 'post_only_would_cross', context);
  // The account of record decides: a shadow lane must not refuse what the venue would have taken.
  if (lane === 'base' && meetsOwnOrder(order, lane, context.ownOpposite))
    return ended(before, 'rejected', 'self_trade', context);
  const evidence: TakerEvidence = {
    kind: 'taker',
    side: order.side,
    limitPrice: order.limitPrice,
    wanted: remaining(order, lane),
    cap: capOf(order, lane, context),
    levels: levels
      .filter((level) => isMarketable(order.side, order.limitPrice, level.price))
      .map((level) => ({
        price: level.price,
        shown: level.quantity,
        taken: takenAt(context.consumption, takenSide(order), level.price),
      })),
  };
  const lines = walkBook(evidence);
  const execution: Execution | null = lines.length > 0 ? { liquidity: 'taker', lines, evidence } : null;
  const filled = fillLane(order, before, lines, context);
  const consumption = execution
    ? takeLevels(context.consumption, takenSide(order), lines)
    : context.consumption;
  if (hasEnded(filled)) return { order: filled, execution, consumption };
  const rests = order.type === 'limit' && order.timeInForce === 'GTC';
  const after = rests
    ? joinQueue(order, filled, market, context.closedAt)
    : endLane(filled, 'canceled', 'unfilled_remainder', context.closedAt);
  return { order: after, execution, consumption };
}

/** A resting order meets the prints of a window. */
function rest(order: Order, lane: Lane, market: InstrumentWindow, context: LaneContext): LaneStep | null {
  const before = order.lanes[lane];
  const { closedAt } = context;
  const evidence: MakerEvidence = {
    kind: 'maker',
    lane,
    side: order.side,
    price: order.limitPrice,
    wanted: remaining(order, lane),
    cap: capOf(order, lane, context),
    queueAtJoin: before.queueAtJoin,
    queueBefore: before.queueAhead,
    prints: printsFor(market.prints, order.side, order.limitPrice),
    usedByOthers: usedPrints(
      context.consumption,
      closedAt,
      order.side,
      lane === 'pessimistic' ? THROUGH : order.limitPrice,
    ),
    touch: order.side === 'buy' ? market.lowestAsk : market.highestBid,
  };
  const drained = drainQueue(evidence);
  const lines = drained.filled > 0n ? [{ price: order.limitPrice, quantity: drained.filled }] : [];
  const shown = shownAt(market, order.side === 'buy' ? 'bid' : 'ask', order.limitPrice);
  // The stated cancellation model: others leave from behind us first, but never can more be ahead than is shown.
  const queueAhead =
    drained.queueAhead === null
      ? shown
      : shown === null
        ? drained.queueAhead
        : min(drained.queueAhead, shown);
  if (lines.length === 0 && queueAhead === before.queueAhead) return null;
  const joined =
    before.joinedAt === null && queueAhead !== null ? { joinedAt: closedAt, queueAtJoin: queueAhead } : {};
  const order1 = fillLane(order, { ...before, ...joined, queueAhead, steppedAt: closedAt }, lines, context);
  const { used } = drained;
  const consumption = used
    ? usePrints(context.consumption, closedAt, order.side, used.price, used.quantity)
    : context.consumption;
  return {
    order: order1,
    execution: lines.length > 0 ? { liquidity: 'maker', lines, evidence } : null,
    consumption,
  };
}

/** Joins behind what is shown at our price; unknown while the shown depth does not reach it. */
function joinQueue(order: Order, lane: LaneOrder, market: InstrumentWindow, closedAt: EpochMs): LaneOrder {
  const queue = shownAt(market, order.side === 'buy' ? 'bid' : 'ask', order.limitPrice);
  return {
    ...lane,
    status: 'working',
    waiting: false,
    queueAhead: queue,
    queueAtJoin: queue,
    joinedAt: queue === null ? null : closedAt,
    steppedAt: closedAt,
  };
}

function fillLane(
  order: Order,
  lane: LaneOrder,
  lines: readonly FillLine[],
  context: LaneContext,
): LaneOrder {
  const filled = lines.reduce((total, line) => asQuantity(total + line.quantity), lane.filled);
  const left = asQuantity(order.quantity - filled);
  const after: LaneOrder = {
    ...lane,
    status: 'working',
    waiting: false,
    filled,
    reserved: reservationFor(order.side, order.limitPrice, left, context.fees),
    steppedAt: context.closedAt,
  };
  return left === 0n ? endLane(after, 'filled', 'filled', context.closedAt) : after;
}

const endLane = (
  lane: LaneOrder,
  status: LaneStatus,
  endReason: EndReason,
  closedAt: EpochMs,
): LaneOrder => ({
  ...lane,
  status,
  endReason,
  endedAt: closedAt,
  steppedAt: closedAt,
  waiting: false,
  queueAhead: null,
  reserved: ZERO_MONEY,
});

const ended = (lane: LaneOrder, status: LaneStatus, reason: EndReason, context: LaneContext): LaneStep => ({
  order: endLane(lane, status, reason, context.closedAt),
  execution: null,
  consumption: context.consumption,
});

const changed = (lane: LaneOrder, context: LaneContext): LaneStep => ({
  order: { ...lane, steppedAt: context.closedAt },
  execution: null,
  consumption: context.consumption,
});

/** When and how the order ends if nothing fills it first: expiry or a requested cancel, whichever comes first. */
function orderEnd(order: Order): { at: EpochMs; status: LaneStatus; reason: EndReason } | null {
  const { expiresAt, cancelAt } = order;
  if (cancelAt !== null && (expiresAt === null || cancelAt <= expiresAt))
    return { at: cancelAt, status: 'canceled', reason: 'opposite_signal' };
  return expiresAt === null ? null : { at: expiresAt, status: 'expired', reason: 'expired' };
}

/** A venue refuses the order that would trade with one of the same account. */
const meetsOwnOrder = (order: Order, lane: Lane, others: readonly Order[]): boolean =>
  others.some(
    (other) =>
      other.instrumentId === order.instrumentId &&
      other.side === opposite(order.side) &&
      other.lanes[lane].status === 'working' &&
      isMarketable(order.side, order.limitPrice, other.limitPrice),
  );

function capOf(order: Order, lane: Lane, context: LaneContext): Quantity | null {
  if (context.wider === null) return null;
  const room = context.wider.filled - order.lanes[lane].filled;
  return room > 0n ? asQuantity(room) : ZERO_QUANTITY;
}

const takenSide = (order: Order): 'bid' | 'ask' => (order.side === 'buy' ? 'ask' : 'bid');
