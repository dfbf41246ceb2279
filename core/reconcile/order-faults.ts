import { formatUnits } from '../amounts.ts';
import type { Lane, Order, SignalId } from '../paper/order.ts';
import { hasEnded, LANES, orderId } from '../paper/order.ts';
import type { Sha256 } from '../ports.ts';
import type { Decision } from '../risk/assess.ts';
import type { OrderFills } from './order-fills.ts';
import { filledThrough } from './order-fills.ts';
import type { Discrepancy, DiscrepancyKind } from './reconcile.ts';

/** What of an order its own id, its times or its fills contradict. */
export function orderFaults(order: Order, fills: OrderFills, sha256: Sha256): readonly Discrepancy[] {
  const found: Discrepancy[] = [];
  const add = (kind: DiscrepancyKind, lane: Lane | null, detail: string): void =>
    void found.push({ kind, lane, detail: `order ${order.id}${detail}` });
  // Risk gives each signal one leg and one attempt.
  const derived = orderId(sha256, order.signalId, 1, order.side === 'buy' ? 'entry' : 'exit', 1);
  if (derived !== order.id) add('order_origin', null, `: signal ${order.signalId} gives the id ${derived}`);
  if (!order.signalId.startsWith(`${order.strategyId}/${order.instrumentId}/${order.decidedAt}/`))
    add('order_origin', null, ` is not of the strategy, instrument or window of signal ${order.signalId}`);
  const from = Math.max(order.decidedAt, order.seenThrough);
  for (const lane of LANES) {
    const own = order.lanes[lane];
    const effectiveAt = from + order.latencyMs[lane];
    if (own.effectiveAt !== effectiveAt)
      add('order_origin', lane, ` reaches the venue at ${own.effectiveAt}, by its latency at ${effectiveAt}`);
    const filled = filledThrough(fills[lane]);
    if (filled !== own.filled)
      add('order_fills', lane, ` filled: ${formatUnits(filled)} expected, ${formatUnits(own.filled)} stored`);
    if (filled > order.quantity)
      add(
        'order_fills',
        lane,
        ` got ${formatUnits(filled)}, more than the ${formatUnits(order.quantity)} ordered`,
      );
    if ((own.status === 'filled') !== (filled === order.quantity))
      add(
        'order_fills',
        lane,
        ` is ${own.status} with ${formatUnits(filled)} of ${formatUnits(order.quantity)}`,
      );
    if (hasEnded(own) && own.reserved !== 0n)
      add('reserved', lane, ` has ended and still sets aside ${formatUnits(own.reserved)}`);
  }
  return found;
}

/** What of an order the decision on its signal contradicts. */
export function decisionFaults(order: Order, decision: Decision | undefined): readonly Discrepancy[] {
  const of = (detail: string): Discrepancy[] => [
    { kind: 'order_origin', lane: null, detail: `order ${order.id}: ${detail}` },
  ];
  if (!decision) return of(`there is no decision on signal ${order.signalId}`);
  const { signal } = decision;
  if (decision.outcome !== 'accepted' || decision.orderId !== order.id)
    return of(
      `the decision on signal ${order.signalId} ${decision.outcome} ${decision.orderId ?? 'no order'}`,
    );
  const same =
    decision.accountId === order.accountId &&
    decision.seenThrough === order.seenThrough &&
    signal.strategyId === order.strategyId &&
    signal.instrumentId === order.instrumentId &&
    signal.closedAt === order.decidedAt &&
    signal.side === order.side;
  return same ? [] : of(`the decision on signal ${order.signalId} was about something else`);
}

export const decisionsBySignal = (decisions: readonly Decision[]): ReadonlyMap<SignalId, Decision> =>
  new Map(decisions.map((one) => [one.signal.id, one]));
