import { expect, test } from 'vitest';
import { keys } from '../../adapters/store/table.ts';
import { quantity } from '../../core/amounts.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { AccountId, Order, OrderId, StrategyId } from '../../core/paper/order.ts';
import { signalId } from '../../core/strategy/strategy.ts';
import { plusMs } from '../../core/time.ts';
import type { Desk } from '../support/desk.ts';
import { ACTIVE, eventOf, eventsOf, openDesk } from '../support/desk.ts';
import type { MarketText } from '../support/values.ts';
import { anOrder, at, COIN, FEES, market, windowOf } from '../support/values.ts';

const ALPHA = 'alpha' as AccountId;
const ORDER_ID = '00000000000000aa' as OrderId;

/** Puts an order into the account as a decision at window n would. */
async function place(
  desk: Desk,
  n: number,
  text: Partial<Order> & { limit?: string; size?: string } = {},
): Promise<Order> {
  const strategy = 'take' as StrategyId;
  const id = signalId(strategy, COIN.id, at(n), 1);
  const order = anOrder({
    id: ORDER_ID,
    accountId: ALPHA,
    strategyId: strategy,
    signalId: id,
    decidedAt: at(n),
    effectiveAt: plusMs(at(n), 500),
    fees: FEES,
    ...text,
  });
  const view = await desk.stored.load(ALPHA);
  if (!view) throw new Error('the account is open');
  const result = await desk.stored.commitDecision(
    view,
    {
      order,
      decision: {
        signal: {
          id,
          strategyId: strategy,
          closedAt: at(n),
          n: 1,
          instrumentId: COIN.id,
          side: order.side,
          confidence: 1,
          edgeBps: null,
          reason: '',
        },
        accountId: ALPHA,
        outcome: 'accepted',
        rule: null,
        detail: '',
        guards: [],
        orderId: order.id,
        cancels: [],
        modeVersion: 1,
        seenThrough: at(n),
        made: view.cursor.version,
        late: false,
      },
    },
    await desk.modes.mode(),
  );
  expect(result.kind).toBe('committed');
  return order;
}
const windows = (...texts: readonly MarketText[]): MarketWindow[] =>
  texts.map((text, i) => windowOf(i + 1, [market(text)]));
const base = async (desk: Desk) => (await desk.stored.order(ALPHA, ORDER_ID))?.lanes.base;
const cursor = async (desk: Desk) => desk.stored.cursor(ALPHA);
const RESTING: MarketText = { bids: [['100', '2']] };
const PRINTED: MarketText = { bids: [['100', '2']], prints: [['100', '9', 'sell']] };
/** Fills every lane: a quantity of 9 went through the price. */
const THROUGH: MarketText = { bids: [['100', '2']], prints: [['99.99', '9', 'sell']] };

test('with nothing working a window writes no cursor', async () => {
  const desk = await openDesk();
  for (const event of eventsOf(windows({}, {}, {}))) await desk.fills(event);
  expect(await cursor(desk)).toMatchObject({ appliedThrough: 0, version: 1 });
});

test('a resting order moves the cursor with each window, and its end moves it for the last time', async () => {
  const desk = await openDesk();
  const all = eventsOf(windows({}, RESTING, RESTING, THROUGH, {}, {}));
  await place(desk, 1);
  for (const event of all.slice(0, 3)) await desk.fills(event);
  expect(await cursor(desk)).toMatchObject({ appliedThrough: at(3), applying: null, working: 1 });
  for (const event of all.slice(3)) await desk.fills(event);
  expect(await base(desk)).toMatchObject({ status: 'filled', endedAt: at(4) });
  expect(await cursor(desk)).toMatchObject({ appliedThrough: at(4), applying: null, working: 0 });
});

test('windows are applied in order from whichever event brings them, once', async () => {
  const desk = await openDesk();
  const [, , third, fourth] = eventsOf(windows({}, RESTING, RESTING, PRINTED));
  if (!third || !fourth) throw new Error('four events');
  await place(desk, 1);
  await desk.fills(fourth); // brings 2, 3 and 4
  await desk.fills(third);
  expect(await Array.fromAsync(desk.stored.fills(ALPHA, 'base'))).toMatchObject([
    { closedAt: at(4), quantity: quantity('1') },
  ]);
  expect(await Array.fromAsync(desk.stored.holes(ALPHA))).toEqual([]);
});

test('windows that no event brought are a hole: counted, recorded, and the queue is joined anew', async () => {
  const desk = await openDesk();
  const [, second, , , , sixth] = windows({}, RESTING, PRINTED, PRINTED, PRINTED, {
    bids: [['100', '7']],
    prints: [['99', '9', 'sell']],
  });
  if (!second || !sixth) throw new Error('six windows');
  await place(desk, 1);
  await desk.fills(eventOf([second]));
  await desk.fills(eventOf([sixth]));
  expect(await Array.fromAsync(desk.stored.holes(ALPHA))).toEqual([{ after: at(2), through: at(5) }]);
  expect(desk.metrics.total('fills_holes_total')).toBe(1);
  expect(await base(desk)).toMatchObject({ filled: 0n, queueAhead: quantity('7'), joinedAt: at(6) });
  expect(await cursor(desk)).toMatchObject({ appliedThrough: at(6), afterHole: false });
});

test('a hole is recorded also when the window behind it ends the last order', async () => {
  const desk = await openDesk();
  const [, second, , , , sixth] = windows({}, RESTING, {}, {}, {}, {});
  if (!second || !sixth) throw new Error('six windows');
  await place(desk, 1, { expiresAt: at(4) });
  await desk.fills(eventOf([second]));
  await desk.fills(eventOf([sixth]));
  expect(await base(desk)).toMatchObject({ status: 'expired', endedAt: at(6) });
  expect(await Array.fromAsync(desk.stored.holes(ALPHA))).toEqual([{ after: at(2), through: at(5) }]);
});

test('a new life of the feed is a hole for who has orders working, once', async () => {
  const desk = await openDesk();
  const [, second, third] = windows({}, RESTING, PRINTED);
  if (!second || !third) throw new Error('three windows');
  await place(desk, 1);
  await desk.fills(eventOf([second]));
  const reborn = eventOf([{ ...third, previousClosedAt: null }]);
  await desk.fills(reborn);
  await desk.fills(reborn);
  expect(await Array.fromAsync(desk.stored.holes(ALPHA))).toEqual([
    { after: at(2), through: plusMs(at(3), -1) },
  ]);
  expect(await base(desk)).toMatchObject({ filled: 0n, joinedAt: at(3) });
});

test('while halted open orders are canceled and nothing fills', async () => {
  const desk = await openDesk();
  await place(desk, 1);
  await desk.modes.setMode(await desk.modes.mode(), { ...ACTIVE, mode: 'halted', cause: 'person' });
  await desk.fills(eventOf(windows({}, { asks: [['100', '5']] })));
  expect(await base(desk)).toMatchObject({ status: 'canceled', endReason: 'halted', filled: 0n });
  expect((await desk.stored.load(ALPHA))?.lanes.base.reserved).toBe(0n);
});

test.each([
  { side: 'buy', end: { status: 'canceled', endReason: 'reducing', filled: 0n } },
  { side: 'sell', end: { status: 'filled', endReason: 'filled' } },
] as const)('while reducing a $side ends as $end.status', async ({ side, end }) => {
  const desk = await openDesk();
  await place(desk, 1, { side });
  await desk.modes.setMode(await desk.modes.mode(), { ...ACTIVE, mode: 'reducing', cause: 'daily_loss' });
  await desk.fills(eventOf(windows({}, { asks: [['100', '5']], bids: [['100', '5']] })));
  expect(await base(desk)).toMatchObject(end);
});

test('reducing that has ended by itself cancels nothing', async () => {
  const desk = await openDesk();
  await place(desk, 1);
  const ended = { ...ACTIVE, mode: 'reducing', cause: 'daily_loss', until: at(2) } as const;
  await desk.modes.setMode(await desk.modes.mode(), ended);
  await desk.fills(eventOf(windows({}, { asks: [['100', '5']] })));
  expect(await base(desk)).toMatchObject({ status: 'filled' });
});

test('a mode that cannot be read is halted', async () => {
  const desk = await openDesk();
  await place(desk, 1);
  const mode = await desk.store.get(keys.mode);
  if (!mode) throw new Error('the mode is stored');
  await desk.store.transact([
    { kind: 'put', item: { ...mode, mode: 'perhaps' }, condition: { kind: 'version', version: 1 } },
  ]);
  await desk.fills(eventOf(windows({}, { asks: [['100', '5']] })));
  expect(await base(desk)).toMatchObject({ endReason: 'halted' });
});

test('a feed of an older epoch is not heard, and counted', async () => {
  const desk = await openDesk();
  await place(desk, 1);
  const lease = { ...keys.lease(desk.config.feed.id), epoch: 2, version: 1 };
  await desk.store.transact([{ kind: 'put', item: lease, condition: { kind: 'absent' } }]);
  await desk.fills(eventOf(windows({}, { asks: [['100', '5']] })));
  expect(desk.metrics.total('bus_windows_fenced_total')).toBe(1);
  expect(await base(desk)).toMatchObject({ status: 'accepted' });
});

test('marks are written on the beats and at once on a move of 25 bps', async () => {
  const desk = await openDesk();
  const marked = async () => (await desk.feeds.marks(desk.config.feed.id))?.value;
  const calm = eventsOf(windows({}, {}, {}));
  for (const event of calm) await desk.fills(event);
  expect(await marked()).toMatchObject({ at: at(1) });
  await desk.fills(eventOf([windowOf(4, [market({ bids: [['100.24', '1']], asks: [['100.26', '1']] })])]));
  expect(await marked()).toMatchObject({ at: at(4), marks: [{ instrumentId: COIN.id, at: at(4) }] });
  await desk.fills(eventOf([windowOf(10, [market({ status: 'stale' })])]));
  // The beat is marked although no book is live: the mark itself stays as old as it is.
  expect(await marked()).toMatchObject({ at: at(10), marks: [{ at: at(4) }] });
  expect((await desk.stored.equity(ALPHA, 'base'))?.value).toMatchObject({ at: at(10), beatAt: at(10) });
});
