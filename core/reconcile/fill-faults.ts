import { formatUnits } from '../amounts.ts';
import type { Fill } from '../paper/fill.ts';
import type { Order } from '../paper/order.ts';
import { fillId, LANES } from '../paper/order.ts';
import type { OrderFills } from './order-fills.ts';
import { filledThrough } from './order-fills.ts';

/** What of a fill and its evidence its order contradicts, in words; empty when it is a fill of that order. */
export function fillFaults(fill: Fill, order: Order | undefined, fills: OrderFills): readonly string[] {
  if (!order) return [`there is no order ${fill.orderId}`];
  const { evidence, lane } = fill;
  const { market } = evidence;
  const own = order.lanes[lane];
  const before = filledThrough(fills[lane], fill.closedAt) - fill.quantity;
  const facts: Fact[] = [
    ['id', fill.id, fillId(order.id, lane, fill.closedAt)],
    ['account', fill.accountId, order.accountId],
    ['strategy', fill.strategyId, order.strategyId],
    ['instrument', fill.instrumentId, order.instrumentId],
    ['instrument of the evidence', evidence.instrumentId, order.instrumentId],
    ['side', fill.side, order.side],
    ['side of the evidence', market.side, order.side],
    ['feed', evidence.feedId, order.feedId],
    ['window of the evidence', evidence.closedAt, fill.closedAt],
    ['decision time', evidence.decidedAt, order.decidedAt],
    ['latency', evidence.latencyMs, order.latencyMs[lane]],
    ['time at the venue', evidence.effectiveAt, own.effectiveAt],
    ['limit price', market.kind === 'taker' ? market.limitPrice : market.price, order.limitPrice],
    ['quantity wanted', market.wanted, order.quantity - before],
    ['quantity left by the wider lane', market.cap, leftByWider(fill, fills, before)],
  ];
  if (market.kind === 'maker') facts.push(['lane of the evidence', market.lane, lane]);
  const faults = facts.flatMap(([what, stored, expected]) =>
    stored === expected ? [] : [`${what} ${words(stored)}, by the order ${words(expected)}`],
  );
  if (fill.closedAt < own.effectiveAt) faults.push('it is of a window before the order reached the venue');
  if (order.expiresAt !== null && fill.closedAt > order.expiresAt) faults.push('the order had expired');
  if (order.postOnly && market.kind === 'taker') faults.push('the order is post-only and never takes');
  if (order.timeInForce === 'IOC' && market.kind === 'maker') faults.push('the order is IOC and never rests');
  return faults;
}

type Fact = readonly [what: string, stored: Value, expected: Value];
type Value = string | number | bigint | null;

/** The wider lane meets a window first, so its fill of the same window counts. */
function leftByWider({ lane, closedAt }: Fill, fills: OrderFills, before: bigint): bigint | null {
  const wider = LANES[LANES.indexOf(lane) - 1];
  if (!wider) return null;
  const room = filledThrough(fills[wider], closedAt) - before;
  return room > 0n ? room : 0n;
}

const words = (value: Value): string =>
  typeof value === 'bigint' ? formatUnits(value) : value === null ? 'none' : String(value);
