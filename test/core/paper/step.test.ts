import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asPrice, asQuantity, formatUnits, price } from '../../../core/amounts.ts';
import { totals } from '../../../core/ledger/journal.ts';
import type { InstrumentWindow, Print } from '../../../core/market/window.ts';
import { reservationFor } from '../../../core/paper/fees.ts';
import { recomputeFill } from '../../../core/paper/fill.ts';
import type { Order, OrderId } from '../../../core/paper/order.ts';
import { acceptedLane, LANES } from '../../../core/paper/order.ts';
import { plusMs } from '../../../core/time.ts';
import { PaperAccount } from '../../support/paper-account.ts';
import { anOrder, at, COIN, FEES, market, QUOTE_FEES, T0 } from '../../support/values.ts';

/** Prices are ticks around 100 and quantities lots up to 2, so that orders, levels and prints meet. */
const MIDDLE = 10_000;
const ticks = (count: number) => asPrice(BigInt(MIDDLE + count) * COIN.tickSize);
const lots = (count: number) => asQuantity(BigInt(count) * COIN.lotSize);
const size = fc.integer({ min: 1, max: 2_000 }).map(lots);
const tick = fc.integer({ min: -6, max: 6 });

const anyPrint: fc.Arbitrary<Print> = fc
  .record({ at: tick, quantity: size, aggressor: fc.constantFrom('buy' as const, 'sell' as const) })
  .map(({ at: count, ...rest }) => ({
    ...rest,
    price: ticks(count),
    trades: 1,
    firstTradeId: '1',
    lastTradeId: '1',
  }));

const anyMarket: fc.Arbitrary<InstrumentWindow> = fc
  .record({
    bid: tick,
    spread: fc.integer({ min: 1, max: 3 }),
    bids: fc.array(size, { minLength: 1, maxLength: 4 }),
    asks: fc.array(size, { minLength: 1, maxLength: 4 }),
    prints: fc.uniqueArray(anyPrint, { selector: (one) => `${one.price}${one.aggressor}`, maxLength: 4 }),
    reach: fc.integer({ min: 0, max: 3 }),
    status: fc.constantFrom(
      'live' as const,
      'live' as const,
      'live' as const,
      'live' as const,
      'stale' as const,
    ),
    complete: fc.boolean(),
  })
  .map(({ bid, spread, bids, asks, prints, reach, status, complete }) => ({
    ...market({ status, complete }),
    bids: bids.map((quantity, i) => ({ price: ticks(bid - i), quantity })),
    asks: asks.map((quantity, i) => ({ price: ticks(bid + spread + i), quantity })),
    highestBid: ticks(bid + reach),
    lowestAsk: ticks(bid + spread - reach),
    prints,
  }));

interface Placed {
  readonly window: number;
  readonly side: 'buy' | 'sell';
  readonly limit: number;
  readonly size: Order['quantity'];
  readonly kind: 'limit' | 'ioc' | 'market';
  readonly postOnly: boolean;
  readonly latencyMs: number;
  readonly adverseMs: number;
  readonly expireAfterMs: number | null;
  readonly cancelAfterMs: number | null;
}
const ends = fc.option(fc.integer({ min: 500, max: 12_000 }), { nil: null });
const anyPlaced: fc.Arbitrary<Placed> = fc.record({
  window: fc.integer({ min: 0, max: 9 }),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  limit: tick,
  size,
  kind: fc.constantFrom('limit' as const, 'limit' as const, 'ioc' as const, 'market' as const),
  postOnly: fc.boolean(),
  latencyMs: fc.integer({ min: 0, max: 2_500 }),
  adverseMs: fc.integer({ min: 0, max: 2_500 }),
  expireAfterMs: ends,
  cancelAfterMs: ends,
});

function orderOf(placed: Placed, i: number, fees: typeof FEES): Order {
  const decidedAt = plusMs(T0, placed.window * 1_000);
  const after = (ms: number | null) => (ms === null ? null : plusMs(decidedAt, ms));
  const reserved = reservationFor(placed.side, ticks(placed.limit), placed.size, fees);
  const lane = (ms: number) => acceptedLane(plusMs(decidedAt, placed.latencyMs + ms), reserved);
  return {
    ...anOrder({ fees }),
    id: i.toString(16).padStart(16, '0') as OrderId,
    side: placed.side,
    type: placed.kind === 'market' ? 'market' : 'limit',
    timeInForce: placed.kind === 'limit' ? 'GTC' : 'IOC',
    postOnly: placed.postOnly && placed.kind === 'limit',
    limitPrice: ticks(placed.limit),
    quantity: placed.size,
    decidedAt,
    expiresAt: after(placed.expireAfterMs),
    cancelAt: after(placed.cancelAfterMs),
    lanes: { optimistic: lane(0), base: lane(0), pessimistic: lane(placed.adverseMs) },
  };
}

const anyRun = fc.record({
  fees: fc.constantFrom(FEES, QUOTE_FEES),
  markets: fc.array(anyMarket, { minLength: 10, maxLength: 16 }),
  orders: fc.array(anyPlaced, { minLength: 1, maxLength: 6 }),
  holeAt: fc.option(fc.integer({ min: 2, max: 15 }), { nil: null }),
});
type Run = typeof anyRun extends fc.Arbitrary<infer T> ? T : never;

/** Places each order after its window and steps the account through all; `see` looks at it after every window. */
function run(
  { fees, markets, orders, holeAt }: Run,
  see: (account: PaperAccount, n: number) => void,
): PaperAccount {
  const account = new PaperAccount(fees);
  const place = (n: number) =>
    orders.forEach((placed, i) => {
      if (placed.window === n) account.place(orderOf(placed, i + 1, fees));
    });
  place(0);
  markets.forEach((one, i) => {
    account.window(i + 1, one, { afterHole: holeAt === i + 1 });
    see(account, i + 1);
    place(i + 1);
  });
  return account;
}
const forAnyRun = (seed: number, law: (generated: Run) => void): void =>
  fc.assert(fc.property(anyRun, law), { seed, numRuns: 250 });

test('the postings of every entry balance in every currency', () => {
  forAnyRun(41, (generated) => {
    const { journal } = run(generated, () => {});
    for (const lane of LANES)
      for (const entry of journal[lane])
        expect([...totals(entry.postings).values()].every((total) => total === 0n)).toBe(true);
  });
});

test('a position is the sum of its fills, net of the fees taken from it', () => {
  forAnyRun(42, (generated) => {
    const { fills, holdings } = run(generated, () => {});
    for (const lane of LANES) {
      const net = fills[lane].reduce((total, fill) => {
        const fee = fill.fee.asset === 'base' ? fill.fee.amount : 0n;
        return total + (fill.side === 'buy' ? BigInt(fill.quantity) - fee : -BigInt(fill.quantity));
      }, 0n);
      expect(holdings[lane].position.quantity).toBe(net);
    }
  });
});

test('cash, fees, cost and realized gain account for every fill', () => {
  forAnyRun(43, (generated) => {
    const { accounts, holdings } = run(generated, () => {});
    for (const lane of LANES) {
      const { cash, reserved, fees, realized } = accounts[lane];
      // Nothing was deposited: what is there is what was gained less what was paid.
      expect(cash + reserved + fees + holdings[lane].position.cost).toBe(BigInt(realized));
      expect(realized).toBe(holdings[lane].position.realized);
    }
  });
});

test('the lanes nest after every window', () => {
  forAnyRun(44, (generated) => {
    run(generated, ({ orders }) => {
      for (const { lanes, quantity } of orders.values()) {
        expect(quantity >= lanes.optimistic.filled).toBe(true);
        expect(
          lanes.optimistic.filled >= lanes.base.filled && lanes.base.filled >= lanes.pessimistic.filled,
        ).toBe(true);
      }
    });
  });
});

test('what is set aside is what working orders need, and drains to zero when they have ended', () => {
  forAnyRun(45, (generated) => {
    const account = run(generated, ({ accounts, orders }) => {
      for (const lane of LANES) {
        const needed = [...orders.values()].reduce((total, order) => total + order.lanes[lane].reserved, 0n);
        expect(accounts[lane].reserved).toBe(needed);
      }
    });
    account.window(99, market(), { halted: true });
    expect(account.working()).toEqual([]);
    for (const lane of LANES) expect(account.accounts[lane].reserved).toBe(0n);
  });
});

test('every fill is recomputed from its evidence alone', () => {
  let seen = 0;
  forAnyRun(46, (generated) => {
    const { fills } = run(generated, () => {});
    for (const fill of LANES.flatMap((lane) => fills[lane])) {
      const { liquidity, side, lines, quantity, notional, fee } = fill;
      expect(recomputeFill(fill.evidence)).toEqual({ liquidity, side, lines, quantity, notional, fee });
      expect(fill.quantity).toBe(lines.reduce((total, line) => total + line.quantity, 0n));
      seen += 1;
    }
  });
  expect(seen).toBeGreaterThan(500);
});

test('stepping a window a second time changes nothing', () => {
  forAnyRun(47, (generated) => {
    run(generated, (account, n) => {
      const before = { ...account.accounts };
      expect(account.window(n, generated.markets[n - 1])).toEqual([]);
      expect(account.accounts).toEqual(before);
    });
  });
});

test('no execution is worse than the limit, and none happens before the order arrived or after it ended', () => {
  forAnyRun(48, (generated) => {
    const { fills, orders } = run(generated, () => {});
    for (const lane of LANES)
      for (const fill of fills[lane]) {
        const order = orders.get(fill.orderId);
        if (!order) throw new Error('a fill has its order');
        for (const line of fill.lines) {
          const isWorse = fill.side === 'buy' ? line.price > order.limitPrice : line.price < order.limitPrice;
          expect(isWorse, `${fill.side} at ${formatUnits(line.price)}`).toBe(false);
        }
        expect(fill.closedAt >= order.lanes[lane].effectiveAt).toBe(true);
        for (const end of [order.expiresAt, order.cancelAt])
          if (end !== null) expect(fill.closedAt <= end).toBe(true);
      }
  });
});

test('only live and clean books fill', () => {
  forAnyRun(49, (generated) => {
    const { fills } = run(generated, () => {});
    for (const fill of LANES.flatMap((lane) => fills[lane]))
      expect(generated.markets[(fill.closedAt - T0) / 1_000 - 1]?.status).toBe('live');
  });
});

test('what our takers took from a displayed level in one window is never more than it showed', () => {
  forAnyRun(50, (generated) => {
    const { fills } = run(generated, () => {});
    for (const lane of LANES)
      generated.markets.forEach((shown, i) => {
        const taken = new Map<string, bigint>();
        for (const fill of fills[lane])
          if (fill.closedAt === at(i + 1) && fill.liquidity === 'taker')
            for (const line of fill.lines) {
              const key = `${fill.side}${line.price}`;
              taken.set(key, (taken.get(key) ?? 0n) + line.quantity);
            }
        for (const side of ['buy', 'sell'] as const)
          for (const level of side === 'buy' ? shown.asks : shown.bids)
            expect((taken.get(`${side}${level.price}`) ?? 0n) <= level.quantity).toBe(true);
      });
  });
});

test('a level that shows no new size is taken once, however many windows it stays', () => {
  const account = new PaperAccount();
  const ioc = (n: number) =>
    anOrder({
      id: `00000000000000a${n}` as OrderId,
      timeInForce: 'IOC',
      effectiveAt: at(n),
      decidedAt: at(n - 1),
    });
  for (const n of [1, 2, 3]) {
    account.place(ioc(n));
    account.window(n, market({ asks: [['100', n === 3 ? '2.5' : '1.5']] }));
  }
  // 1 of 1.5; the other 0.5; then 1 more was shown
  expect(account.fills.base.map((one) => one.quantity)).toEqual([price('1'), price('0.5'), price('1')]);
});
