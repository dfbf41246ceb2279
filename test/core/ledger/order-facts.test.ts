import { expect, test } from 'vitest';
import { formatUnits, money, price, quantity } from '../../../core/amounts.ts';
import type { EntryFacts } from '../../../core/ledger/journal.ts';
import { fillBooking, releaseFacts, reserveFacts } from '../../../core/ledger/order-facts.ts';
import { flat } from '../../../core/ledger/position.ts';
import type { FillLine } from '../../../core/paper/fees.ts';
import type { Execution } from '../../../core/paper/match.ts';
import type { Order } from '../../../core/paper/order.ts';
import { anOrder, at, COIN, FEES, QUOTE_FEES } from '../../support/values.ts';

const posted = (facts: EntryFacts | null) =>
  facts?.postings.map((one) => `${one.account} ${formatUnits(one.amount)} ${one.currency}`);
const line = (of: string, atPrice: string): FillLine => ({ price: price(atPrice), quantity: quantity(of) });
const taken = (...lines: readonly FillLine[]): Execution => ({
  liquidity: 'taker',
  lines,
  evidence: {
    kind: 'taker',
    side: 'buy',
    limitPrice: price('100'),
    wanted: quantity('1'),
    cap: null,
    levels: [],
  },
});
/** The order with so much still set aside in the base lane. */
const keeping = (order: Order, reserved: string): Order => ({
  ...order,
  lanes: { ...order.lanes, base: { ...order.lanes.base, reserved: money(reserved) } },
});

test('an accepted buy moves cash to reserved, a sell moves nothing', () => {
  const facts = reserveFacts(anOrder({ size: '2' }), 'base', COIN);
  expect(facts).toMatchObject({
    kind: 'reserve',
    windowTime: anOrder().decidedAt,
    causeId: anOrder().id,
    line: 0,
  });
  expect(posted(facts)).toEqual(['cash -200 USDT', 'reserved 200 USDT']);
  expect(reserveFacts(anOrder({ side: 'sell' }), 'base', COIN)).toBeNull();
});

test('an order that ends gives back what was set aside, and nothing when nothing was', () => {
  const order = anOrder({ size: '2' });
  expect(posted(releaseFacts(order, keeping(order, '0'), 'base', COIN, at(3)))).toEqual([
    'cash 200 USDT',
    'reserved -200 USDT',
  ]);
  expect(posted(releaseFacts(order, keeping(order, '50'), 'base', COIN, at(3)))).toEqual([
    'cash 150 USDT',
    'reserved -150 USDT',
  ]);
  expect(releaseFacts(order, order, 'base', COIN, at(3))).toBeNull();
});

test('a buy with its fee in the base asset: 2 coins at 99, 0.002 of them as fee worth 0.198', () => {
  const order = anOrder({ size: '2' });
  const booking = fillBooking(
    order,
    keeping(order, '0'),
    'base',
    taken(line('2', '99')),
    flat(COIN.id),
    COIN,
    FEES,
    at(1),
  );
  expect(posted(booking.facts)).toEqual([
    'cash 2 USDT', // 200 were set aside, 198 were needed
    'fees 0.002 COIN',
    'fees 0.198 USDT',
    'holding:binance:COINUSDT 1.998 COIN',
    'position:binance:COINUSDT 197.802 USDT', // 198 - 0.198
    'reserved -200 USDT',
    'venue:binance:COINUSDT -2 COIN',
  ]);
  expect(booking.position).toMatchObject({ quantity: quantity('1.998'), cost: price('197.802') });
});

test('a buy with its fee in the quote asset: 5 bps of 198 come out of cash', () => {
  const order = anOrder({ size: '2', fees: QUOTE_FEES });
  const booking = fillBooking(
    order,
    keeping(order, '0'),
    'base',
    taken(line('2', '99')),
    flat(COIN.id),
    COIN,
    QUOTE_FEES,
    at(1),
  );
  expect(posted(booking.facts)).toEqual([
    'cash 2.001 USDT', // 200.1 - 198 - 0.099
    'fees 0.099 USDT',
    'holding:binance:COINUSDT 2 COIN',
    'position:binance:COINUSDT 198 USDT',
    'reserved -200.1 USDT',
    'venue:binance:COINUSDT -2 COIN',
  ]);
});

test('a sell over two levels realizes against average cost and pays its fee in the quote asset', () => {
  const order = anOrder({ side: 'sell', size: '2' });
  const held = { ...flat(COIN.id), quantity: quantity('4'), cost: money('320') };
  const booking = fillBooking(
    order,
    order,
    'base',
    taken(line('1', '101'), line('1', '100')),
    held,
    COIN,
    FEES,
    at(1),
  );
  expect(posted(booking.facts)).toEqual([
    'cash 200.799 USDT', // 201 - 0.201
    'fees 0.201 USDT', // 10 bps of 101 and of 100
    'holding:binance:COINUSDT -2 COIN',
    'position:binance:COINUSDT -160 USDT', // half of what 4 cost
    'realized -41 USDT', // a gain of 201 - 160 is credited
    'venue:binance:COINUSDT 2 COIN',
  ]);
  expect(booking).toMatchObject({ quantity: quantity('2'), notional: price('201'), realized: price('41') });
});
