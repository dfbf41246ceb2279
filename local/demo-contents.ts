import type { Fill } from '../core/paper/fill.ts';
import type { AccountId, Order } from '../core/paper/order.ts';
import type { Ledger } from '../core/ports.ts';

/** One thing that the demo must have shown, and whether it did. */
export interface DemoExpectation {
  readonly what: string;
  readonly met: boolean;
}

const MAKER_SHARE_MIN = 0.3;
const QUEUE_WINDOWS_MIN = 2;
const DENYING_GUARDS_MIN = 3;

/** What a whole run of the demo shows, so that nobody takes a run without makers, walks or denials for the product. */
export async function demoContents(
  ledger: Ledger,
  accounts: readonly AccountId[],
  windowMs: number,
): Promise<readonly DemoExpectation[]> {
  const fills: Fill[] = [];
  const orders: Order[] = [];
  const rules = new Set<string>();
  for (const account of accounts) {
    for await (const fill of ledger.fills(account, 'base')) fills.push(fill);
    for await (const order of ledger.orders(account)) orders.push(order);
    for await (const decision of ledger.decisions(account)) if (decision.rule) rules.add(decision.rule);
  }
  const makers = fills.filter((one) => one.liquidity === 'maker');
  const perOrder = Map.groupBy(fills, (one) => one.orderId);
  return [
    {
      what: 'a maker fill that waited behind a queue for at least two windows',
      met: makers.some(({ evidence, closedAt }) => {
        const { market, joinedAt } = evidence;
        if (market.kind !== 'maker' || joinedAt === null || market.queueAtJoin === null) return false;
        return market.queueAtJoin > 0n && closedAt - joinedAt >= QUEUE_WINDOWS_MIN * windowMs;
      }),
    },
    {
      what: 'a taker walk over two levels',
      met: fills.some((one) => one.liquidity === 'taker' && one.lines.length >= 2),
    },
    {
      what: 'a partial fill',
      met: orders.some((one) => {
        const { filled } = one.lanes.base;
        const parts = perOrder.get(one.id)?.length ?? 0;
        return filled > 0n && (filled < one.quantity || parts >= 2);
      }),
    },
    {
      what: 'a post-only rejection',
      met: orders.some((one) => one.lanes.base.endReason === 'post_only_would_cross'),
    },
    {
      what: 'a cancel on an opposite signal',
      met: orders.some((one) => one.lanes.base.endReason === 'opposite_signal'),
    },
    { what: 'denials by three different guards', met: rules.size >= DENYING_GUARDS_MIN },
    {
      what: 'maker fills at least 30 % of fills',
      met: fills.length > 0 && makers.length / fills.length >= MAKER_SHARE_MIN,
    },
  ];
}
