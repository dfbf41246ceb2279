import { expect, test } from 'vitest';
import { formatUnits } from '../../core/amounts.ts';
import type { DeckleEvent } from '../../core/events.ts';
import { deckleEvent } from '../../core/events.ts';
import { relay } from '../../lambdas/relay/relay.ts';
import { ACTIVE, eventsOf, openDesk, runSequentially } from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../support/values.ts';

/** An event as a bus carries it: amounts as decimal text. */
const onTheWire = (event: DeckleEvent): unknown =>
  JSON.parse(JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? formatUnits(value) : value)));

async function newsOfASession() {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 40, [COIN, GEM])));
  await desk.modes.setMode(await desk.modes.mode(), { ...ACTIVE, mode: 'halted', cause: 'person' });
  const { id: accountId } = desk.config.accounts[0] ?? { id: undefined };
  if (!accountId) throw new Error('there is an account');
  await desk.records.putReconciliation({
    accountId,
    at: T0,
    entries: 1,
    discrepancies: [{ kind: 'balance', lane: 'base', detail: 'cash' }],
  });
  const published: DeckleEvent[] = [];
  const { changes } = await desk.store.changes(undefined, 100_000);
  await relay(changes, { publish: async (events) => void published.push(...events) });
  return { desk, published, changes };
}

test('tells every order, denial, base fill, end, mode and reconciliation once, as events of the catalogue', async () => {
  const { desk, published } = await newsOfASession();
  for (const event of published) expect(deckleEvent.parse(onTheWire(event))).toEqual(event);
  expect(new Set(published.map((one) => one.id)).size).toBe(published.length);
  const told = (type: DeckleEvent['type']) => published.filter((one) => one.type === type).length;
  const stored = { accepted: 0, denied: 0, fills: 0, ended: 0 };
  for (const { id } of desk.config.accounts) {
    const decisions = await Array.fromAsync(desk.stored.decisions(id));
    const orders = await Array.fromAsync(desk.stored.orders(id));
    stored.accepted += orders.length;
    stored.denied += decisions.filter((one) => one.outcome === 'denied').length;
    stored.fills += (await Array.fromAsync(desk.stored.fills(id, 'base'))).length;
    stored.ended += orders.filter((one) => one.lanes.base.endedAt !== null).length;
  }
  expect(stored).toEqual({
    accepted: told('order.accepted'),
    denied: told('order.denied'),
    fills: told('fill.recorded'),
    ended: told('order.closed'),
  });
  for (const count of Object.values(stored)) expect(count).toBeGreaterThan(0);
  expect([told('mode.changed'), told('reconciliation.finished')]).toEqual([2, 1]);
});

test('tells in the order of the commits: an order is accepted before it fills and before it closes', async () => {
  const { published } = await newsOfASession();
  const place = (id: string) => published.findIndex((one) => one.id === id);
  for (const event of published) {
    const order =
      event.type === 'fill.recorded'
        ? event.fill.orderId
        : event.type === 'order.closed'
          ? event.order.id
          : null;
    if (order === null) continue;
    expect(place(`order.accepted/${order}`)).toBeGreaterThanOrEqual(0);
    expect(place(`order.accepted/${order}`)).toBeLessThan(place(event.id));
  }
});

test('the same changes again are the same news, and no news are no events', async () => {
  const { published, changes } = await newsOfASession();
  const again: DeckleEvent[] = [];
  await relay(changes, { publish: async (events) => void again.push(...events) });
  expect(again).toEqual(published);
  await relay([], { publish: () => Promise.reject(new Error('nothing to say')) });
});
