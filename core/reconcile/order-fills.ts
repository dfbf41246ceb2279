import type { Fill } from '../paper/fill.ts';
import type { Lane, OrderId } from '../paper/order.ts';
import { LANES } from '../paper/order.ts';
import type { EpochMs } from '../time.ts';

/** What one order got, by lane. */
export type OrderFills = Readonly<Record<Lane, readonly Fill[]>>;

/** The fills of each order of an account. */
export function fillsByOrder(
  lanes: readonly { readonly lane: Lane; readonly fills: readonly Fill[] }[],
): (id: OrderId) => OrderFills {
  const [optimistic, base, pessimistic] = LANES.map((lane) =>
    Map.groupBy(lanes.find((one) => one.lane === lane)?.fills ?? [], (fill) => fill.orderId),
  );
  return (id) => ({
    optimistic: optimistic?.get(id) ?? [],
    base: base?.get(id) ?? [],
    pessimistic: pessimistic?.get(id) ?? [],
  });
}

/** Sum of the fills, of those of windows up to and including `through` where it is given. */
export const filledThrough = (fills: readonly Fill[], through?: EpochMs): bigint =>
  fills.reduce(
    (total, fill) => (through === undefined || fill.closedAt <= through ? total + fill.quantity : total),
    0n,
  );
