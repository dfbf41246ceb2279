import { expect, test } from 'vitest';
import { price } from '../../core/amounts.ts';
import type { SignalsRaisedEvent } from '../../core/events.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { AccountId, StrategyId } from '../../core/paper/order.ts';
import type { Clock } from '../../core/ports.ts';
import { signalId } from '../../core/strategy/strategy.ts';
import type { Desk } from '../support/desk.ts';
import { ACTIVE, eventOf, openDesk } from '../support/desk.ts';
import { at, COIN, market, T0, windowOf } from '../support/values.ts';

const ALPHA = 'alpha' as AccountId;
const WINDOW = (n: number): MarketWindow => windowOf(n, [market({ receivedAt: at(n) })]);

function raised(n: number, side: 'buy' | 'sell', strategy = 'join'): SignalsRaisedEvent {
  const strategyId = strategy as StrategyId;
  const id = signalId(strategyId, COIN.id, at(n), 1);
  const signal = {
    id,
    strategyId,
    closedAt: at(n),
    n: 1,
    instrumentId: COIN.id,
    side,
    confidence: 1,
    edgeBps: null,
    reason: 'test',
  };
  return {
    type: 'signals.raised',
    version: 1,
    id: `signals/main/${at(n)}`,
    at: at(n),
    feedId: 'main',
    epoch: 1,
    signals: [signal],
    window: WINDOW(n),
  };
}
const decisionOf = async (desk: Desk, event: SignalsRaisedEvent) => {
  const decision = event.signals[0] && (await desk.stored.decision(ALPHA, event.signals[0].id));
  if (!decision) throw new Error('the signal was decided');
  return decision;
};
/** A clock that counts what was waited for and does something on the way. */
const waiting = (
  onWait: (waitedMs: number) => Promise<void> = async () => {},
): Clock & { waited: number } => ({
  waited: 0,
  now: () => T0,
  async wait(ms) {
    this.waited += ms;
    await onWait(this.waited);
  },
});

test('decides without waiting when the account has nothing working and its beat is marked', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy'));
  const decision = await decisionOf(desk, raised(1, 'buy'));
  expect(decision).toMatchObject({ outcome: 'accepted', seenThrough: at(1), late: false, rule: null });
  const order = decision.orderId && (await desk.stored.order(ALPHA, decision.orderId));
  // 10 % of 5000 at the bid of 99.99: 5.0005 rounded down to the lot
  expect(order).toMatchObject({
    side: 'buy',
    postOnly: true,
    limitPrice: price('99.99'),
    quantity: price('5'),
  });
});

test('waits for the account to see the window, and is not late then', async () => {
  const clock = waiting(async (ms) => {
    if (ms === 200) await desk.fills(eventOf([WINDOW(2)]));
  });
  const desk = await openDesk({ clock });
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy'));
  await desk.risk(raised(2, 'buy', 'take'));
  expect(clock.waited).toBe(200);
  expect(await decisionOf(desk, raised(2, 'buy', 'take'))).toMatchObject({ seenThrough: at(2), late: false });
});

test('decides late after two seconds, and its order arrives no earlier for that', async () => {
  const clock = waiting();
  const desk = await openDesk({ clock });
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy'));
  await desk.risk(raised(4, 'buy', 'take'));
  expect(clock.waited).toBe(2_000);
  const decision = await decisionOf(desk, raised(4, 'buy', 'take'));
  expect(decision).toMatchObject({ seenThrough: at(1), late: true });
  expect(desk.metrics.total('risk_late_total')).toBe(1);
  const order = decision.orderId && (await desk.stored.order(ALPHA, decision.orderId));
  if (!order) throw new Error('it was accepted');
  expect(order.lanes.base.effectiveAt).toBe(at(4) + order.latencyMs.base);
});

test('an account that is ahead of the window makes the decision late, and the order arrives after what it saw', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy'));
  await desk.fills(eventOf([WINDOW(2), WINDOW(3)]));
  await desk.risk(raised(2, 'buy', 'take'));
  const decision = await decisionOf(desk, raised(2, 'buy', 'take'));
  expect(decision).toMatchObject({ seenThrough: at(3), late: true });
  const order = decision.orderId && (await desk.stored.order(ALPHA, decision.orderId));
  if (!order) throw new Error('it was accepted');
  expect(order.lanes.base.effectiveAt).toBe(at(3) + order.latencyMs.base);
});

test('an account whose last order ended in a later window makes the decision late too', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy', 'take'));
  const windows = [WINDOW(2), WINDOW(3), WINDOW(4)];
  await desk.fills(eventOf(windows)); // the market order arrives, fills and ends in one of them
  expect((await desk.stored.cursor(ALPHA))?.working).toBe(0);
  await desk.risk({ ...raised(1, 'buy') });
  expect(await decisionOf(desk, raised(1, 'buy'))).toMatchObject({ late: true });
});

test('a denial says by which rule and records every guard', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'sell'));
  const decision = await decisionOf(desk, raised(1, 'sell'));
  expect(decision).toMatchObject({ outcome: 'denied', rule: 'nothing_to_sell', orderId: null });
  expect(decision.guards).toHaveLength(11);
  expect((await desk.stored.load(ALPHA))?.working).toEqual([]);
});

test('an opposite signal cancels what the strategy has working, also when it is denied itself', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy'));
  await desk.fills(eventOf([WINDOW(2)]));
  await desk.risk(raised(2, 'sell'));
  const decision = await decisionOf(desk, raised(2, 'sell'));
  const bought = await decisionOf(desk, raised(1, 'buy'));
  expect(decision).toMatchObject({ outcome: 'denied', cancels: [{ orderId: bought.orderId }] });
  const order = bought.orderId && (await desk.stored.order(ALPHA, bought.orderId));
  expect(order).toMatchObject({ cancelAt: decision.cancels[0]?.cancelAt });
});

test('while halted everything is denied', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.modes.setMode(await desk.modes.mode(), { ...ACTIVE, mode: 'halted', cause: 'person' });
  await desk.risk(raised(1, 'buy'));
  expect(await decisionOf(desk, raised(1, 'buy'))).toMatchObject({ outcome: 'denied', rule: 'trading_mode' });
});

test('an unknown strategy is put aside and the signals after it are decided', async () => {
  const desk = await openDesk();
  await desk.fills(eventOf([WINDOW(1)]));
  const [stranger, known] = [raised(1, 'buy', 'stranger'), raised(1, 'buy')];
  await desk.risk({ ...known, signals: [...stranger.signals, ...known.signals] });
  expect(desk.metrics.total('bus_put_aside_total')).toBe(1);
  expect((await decisionOf(desk, known)).outcome).toBe('accepted');
});

test('an account in the middle of a window is waited for and then handed back to the bus', async () => {
  const clock = waiting();
  const desk = await openDesk({ clock });
  await desk.fills(eventOf([WINDOW(1)]));
  await desk.risk(raised(1, 'buy'));
  const item = await desk.store.get({ pk: 'ACCOUNT#alpha', sk: 'CURSOR' });
  if (!item || typeof item['version'] !== 'number') throw new Error('the cursor is stored');
  const middle = { ...item, applying: at(2), version: item['version'] + 1 };
  await desk.store.transact([
    { kind: 'put', item: middle, condition: { kind: 'version', version: item['version'] } },
  ]);
  await expect(desk.risk(raised(2, 'buy', 'take'))).rejects.toThrow(
    `account alpha is in the middle of window ${at(2)}`,
  );
  expect(clock.waited).toBe(2_000);
  await desk.fills(eventOf([WINDOW(2)])); // whoever comes back for the window finishes it
  await desk.risk(raised(2, 'buy', 'take'));
  expect(await decisionOf(desk, raised(2, 'buy', 'take'))).toMatchObject({ seenThrough: at(2), late: false });
});
