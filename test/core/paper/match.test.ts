import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import { reservationFor } from '../../../core/paper/fees.ts';
import type { Lane, OrderId } from '../../../core/paper/order.ts';
import { acceptedLane } from '../../../core/paper/order.ts';
import { plusMs } from '../../../core/time.ts';
import { PaperAccount } from '../../support/paper-account.ts';
import type { MarketText, OrderText } from '../../support/values.ts';
import { anOrder, at, FEES, market, T0 } from '../../support/values.ts';

const ID = anOrder().id;
type Window = MarketText | 'hole' | 'halt' | 'missing';

/** One order through windows 1, 2, ...; a hole swallows its window. */
function live(text: OrderText, ...windows: readonly Window[]): PaperAccount {
  const account = new PaperAccount();
  account.place(anOrder(text));
  let afterHole = false;
  windows.forEach((window, i) => {
    if (window !== 'hole') {
      const text = typeof window === 'string' ? {} : window;
      account.window(i + 1, window === 'missing' ? undefined : market(text), {
        afterHole,
        halted: window === 'halt',
      });
    }
    afterHole = window === 'hole';
  });
  return account;
}
const laneOf = (account: PaperAccount, lane: Lane = 'base') => {
  const found = account.orders.get(ID)?.lanes[lane];
  if (!found) throw new Error('the order is there');
  return found;
};
const fillsOf = (account: PaperAccount, lane: Lane = 'base') =>
  account.fills[lane].map(({ closedAt, liquidity, quantity: of }) => [
    (closedAt - T0) / 1_000,
    liquidity,
    of,
  ]);

const ASK_AT_100: MarketText = { asks: [['100', '5']], lowestAsk: '100' };

test('a marketable order waits for the first window that closes at or after its arrival', () => {
  const early = live({ effectiveAt: plusMs(T0, 1_001) }, ASK_AT_100);
  expect(laneOf(early)).toMatchObject({ status: 'accepted', steppedAt: null });
  expect(fillsOf(live({ effectiveAt: plusMs(T0, 1_001) }, ASK_AT_100, ASK_AT_100))).toEqual([
    [2, 'taker', quantity('1')],
  ]);
  expect(fillsOf(live({ effectiveAt: plusMs(T0, 1_000) }, ASK_AT_100))).toEqual([
    [1, 'taker', quantity('1')],
  ]);
});

test('prints of the window it arrived in are not credited, those of the next are', () => {
  const bids = [['100', '2']] as const;
  const printed: MarketText = { bids, prints: [['100', '3', 'sell']] };
  expect(fillsOf(live({}, printed))).toEqual([]);
  expect(laneOf(live({}, printed))).toMatchObject({
    status: 'working',
    queueAhead: quantity('2'),
    joinedAt: at(1),
  });
  expect(fillsOf(live({}, printed, printed))).toEqual([[2, 'maker', quantity('1')]]);
});

test('what displayed depth cannot fill rests, and is filled over several windows', () => {
  const account = live(
    { size: '4' },
    { asks: [['100', '1']], bids: [['99.99', '5']] }, // takes 1, rests 3 at 100 with nobody ahead
    { bids: [['100', '3']], prints: [['100', '2', 'sell']] }, // 2 of the 3
    { bids: [['100', '1']] },
    { bids: [['100', '1']], prints: [['100', '9', 'sell']] }, // the last one
  );
  expect(fillsOf(account)).toEqual([
    [1, 'taker', quantity('1')],
    [2, 'maker', quantity('2')],
    [4, 'maker', quantity('1')],
  ]);
  expect(laneOf(account)).toMatchObject({
    status: 'filled',
    endReason: 'filled',
    endedAt: at(4),
    reserved: 0n,
  });
});

test.each([
  { says: 'an IOC order', text: { timeInForce: 'IOC', size: '9' } },
  { says: 'a market order', text: { type: 'market', timeInForce: 'IOC', size: '9' } },
] as const)('the rest of $says is canceled at once', ({ text }) => {
  const account = live(text, {
    asks: [
      ['100', '5'],
      ['100.01', '50'],
    ],
  }); // the collar of 100 ends the walk
  expect(fillsOf(account)).toEqual([[1, 'taker', quantity('5')]]);
  expect(laneOf(account)).toMatchObject({
    status: 'canceled',
    endReason: 'unfilled_remainder',
    endedAt: at(1),
    reserved: 0n,
  });
});

test('post-only is rejected when it would cross and rests when it would not', () => {
  const crossed = live({ postOnly: true }, ASK_AT_100);
  expect(laneOf(crossed)).toMatchObject({
    status: 'rejected',
    endReason: 'post_only_would_cross',
    filled: 0n,
    reserved: 0n,
  });
  expect(laneOf(live({ postOnly: true }, { asks: [['100.01', '5']] }))).toMatchObject({ status: 'working' });
});

test('post-only that crosses only where the order arrives later ends there without stopping the wider lanes', () => {
  const order = anOrder({ postOnly: true });
  const late = acceptedLane(plusMs(T0, 1_500), order.lanes.base.reserved);
  const account = live({ postOnly: true, lanes: { ...order.lanes, pessimistic: late } }, {}, ASK_AT_100);
  expect(laneOf(account).status).toBe('working');
  expect(laneOf(account, 'pessimistic')).toMatchObject({ status: 'rejected', endedAt: at(2) });
});

test('a lane that can get nothing any more ends with the wider lane, so that no order stays open for ever', () => {
  const order = anOrder({ postOnly: true });
  const late = acceptedLane(plusMs(T0, 1_500), order.lanes.base.reserved);
  const account = live({ postOnly: true, lanes: { ...order.lanes, pessimistic: late } }, ASK_AT_100, {});
  expect(laneOf(account)).toMatchObject({ status: 'rejected', endedAt: at(1) });
  expect(laneOf(account, 'pessimistic')).toMatchObject({
    status: 'rejected',
    endReason: 'post_only_would_cross',
    endedAt: at(1),
  });
  expect(account.working()).toEqual([]);
  expect(account.accounts.pessimistic.reserved).toBe(0n);
});

test.each([
  ['off the tick', { limit: '100.005' }],
  ['off the lot', { size: '1.0005' }],
  ['below the least notional', { limit: '0.5' }],
  ['beyond the largest quantity', { size: '1001' }],
] as const)('the venue rejects an order %s', (_, text) => {
  expect(laneOf(live(text, {}))).toMatchObject({ status: 'rejected', endReason: 'venue_rules' });
});

test.each([
  { edge: 'in the middle of a window', end: 2_500, endedAt: at(3), credited: false },
  { edge: 'exactly at a close', end: 3_000, endedAt: at(3), credited: true },
] as const)(
  'an expiry or cancel $edge: are the prints of that window credited? $credited',
  ({ end, endedAt, credited }) => {
    const windows = [
      { bids: [['100', '1']] },
      {},
      { bids: [['100', '1']], prints: [['99.99', '1', 'sell']] },
      {},
    ] as const;
    const expired = live({ expiresAt: plusMs(T0, end) }, ...windows);
    const canceled = live({ cancelAt: plusMs(T0, end), expiresAt: plusMs(T0, 60_000) }, ...windows);
    expect(fillsOf(expired).length).toBe(credited ? 1 : 0);
    expect(fillsOf(canceled).length).toBe(credited ? 1 : 0);
    expect(laneOf(expired)).toMatchObject({ status: credited ? 'filled' : 'expired', endedAt, reserved: 0n });
    expect(laneOf(canceled)).toMatchObject({ status: credited ? 'filled' : 'canceled', endedAt });
  },
);

test('an end exactly at a close without a fill ends the order in that window', () => {
  const account = live({ expiresAt: at(2) }, {}, {});
  expect(laneOf(account)).toMatchObject({ status: 'expired', endReason: 'expired', endedAt: at(2) });
  const both = live({ expiresAt: at(2), cancelAt: at(2) }, {}, {});
  expect(laneOf(both)).toMatchObject({ status: 'canceled', endReason: 'opposite_signal' });
});

test('an order that expires before it arrives is never filled', () => {
  const account = live(
    { effectiveAt: plusMs(T0, 2_500), expiresAt: plusMs(T0, 1_500) },
    ASK_AT_100,
    ASK_AT_100,
    ASK_AT_100,
  );
  expect(laneOf(account)).toMatchObject({ status: 'expired', endedAt: at(2), filled: 0n });
});

test('a halt cancels in all lanes and fills nothing, whatever the book offers', () => {
  const account = live({}, 'halt');
  for (const lane of ['optimistic', 'base', 'pessimistic'] as const)
    expect(laneOf(account, lane)).toMatchObject({
      status: 'canceled',
      endReason: 'halted',
      filled: 0n,
      reserved: 0n,
    });
  expect(account.accounts.base).toMatchObject({ cash: 0n, reserved: 0n });
});

test.each([
  ['a stale book', { status: 'stale', bids: [['100', '1']], prints: [['99', '9', 'sell']] }],
  ['a halted instrument', { status: 'halted', bids: [['100', '1']], prints: [['99', '9', 'sell']] }],
  ['a crossed book', { quality: ['crossed'], bids: [['100', '1']], prints: [['99', '9', 'sell']] }],
  ['an instrument that is missing', 'missing'],
] as const)(
  '%s fills nothing: the order says that it waits and joins anew behind what is shown next',
  (_, dark) => {
    const joined: MarketText = { bids: [['100', '2']] };
    const waiting = live({}, joined, dark);
    expect(laneOf(waiting)).toMatchObject({ waiting: true, filled: 0n, status: 'working' });
    const back = live({}, joined, dark, { bids: [['100', '7']], prints: [['99', '9', 'sell']] });
    expect(fillsOf(back)).toEqual([]);
    expect(laneOf(back)).toMatchObject({
      waiting: false,
      queueAhead: quantity('7'),
      queueAtJoin: quantity('7'),
      joinedAt: at(3),
    });
  },
);

test('an order that arrives while the book is stale arrives when it is live again', () => {
  const account = live({}, { status: 'stale', asks: [['100', '5']] }, ASK_AT_100);
  expect(fillsOf(account)).toEqual([[2, 'taker', quantity('1')]]);
});

test('after a hole no print is credited and the queue is joined anew', () => {
  const account = live({}, { bids: [['100', '2']] }, 'hole', {
    bids: [['100', '4']],
    prints: [['99', '9', 'sell']],
  });
  expect(fillsOf(account)).toEqual([]);
  expect(laneOf(account)).toMatchObject({ queueAhead: quantity('4'), joinedAt: at(3) });
});

test('the queue ahead is never more than what is shown', () => {
  const account = live({}, { bids: [['100', '9']] }, { bids: [['100', '4']] });
  expect(laneOf(account)).toMatchObject({ queueAhead: quantity('4'), queueAtJoin: quantity('9') });
});

test('a price deeper than the book shown joins once the depth reaches it, from then on behind what is there', () => {
  const deep: MarketText = { bids: [['100.05', '1']], asks: [['100.06', '1']] };
  expect(laneOf(live({}, deep))).toMatchObject({ status: 'working', queueAhead: null, joinedAt: null });
  const reached = live({}, deep, {
    bids: [
      ['100.01', '1'],
      ['100', '3'],
    ],
    prints: [['100', '5', 'sell']],
  });
  expect(laneOf(reached)).toMatchObject({
    queueAhead: quantity('3'),
    queueAtJoin: quantity('3'),
    joinedAt: at(2),
    filled: 0n,
  });
});

test('a repeat of a window changes nothing', () => {
  const account = live({}, ASK_AT_100);
  const rest = live({}, { bids: [['100', '2']] });
  expect(account.window(1, market(ASK_AT_100))).toEqual([]);
  expect(rest.window(1, market({ bids: [['100', '2']], prints: [['99', '9', 'sell']] }))).toEqual([]);
});

test('the venue refuses an order that would trade with a resting one of the same account', () => {
  const account = live({}, { bids: [['100', '1']] });
  const other = anOrder({
    id: '00000000000000bb' as OrderId,
    side: 'sell',
    limit: '100',
    effectiveAt: plusMs(T0, 1_500),
  });
  account.place(other);
  account.window(2, market({ bids: [['100', '1']] }));
  expect(account.orders.get(other.id)?.lanes.base).toMatchObject({
    status: 'rejected',
    endReason: 'self_trade',
  });
  const apart = anOrder({
    id: '00000000000000cc' as OrderId,
    side: 'sell',
    limit: '100.01',
    effectiveAt: plusMs(T0, 2_500),
  });
  account.place(apart);
  account.window(3, market({ bids: [['100', '1']] }));
  expect(account.orders.get(apart.id)?.lanes.base.status).toBe('working');
});

test('two of our orders never eat the same displayed quantity', () => {
  const account = new PaperAccount();
  account.place(anOrder({ size: '3', timeInForce: 'IOC' }));
  account.place(anOrder({ id: '00000000000000bb' as OrderId, size: '3', timeInForce: 'IOC' }));
  account.window(1, market({ asks: [['100', '4']] }));
  expect(account.fills.base.map((one) => one.quantity)).toEqual([quantity('3'), quantity('1')]); // 3 + 1 of the 4 shown
});

test('two of our orders never share the same print at their price', () => {
  const account = live({ size: '3' }, { bids: [['100', '1']] });
  const other = anOrder({ id: '00000000000000bb' as OrderId, size: '3' });
  account.place(other);
  account.window(2, market({ bids: [['100', '1']] }));
  account.window(3, market({ bids: [['100', '1']], prints: [['100', '5', 'sell']] })); // 1 ahead, 4 for us
  expect(account.fills.base.map((one) => one.quantity)).toEqual([quantity('3'), quantity('1')]);
});

test('a partial fill keeps set aside what the rest may cost', () => {
  const account = live({ size: '4' }, { asks: [['99.5', '1']], bids: [['99', '1']] });
  const reserved = reservationFor('buy', price('100'), quantity('3'), FEES);
  expect(laneOf(account).reserved).toBe(reserved);
  expect(account.accounts.base).toMatchObject({ reserved, cash: -price('399.5') }); // 300 set aside, 99.5 paid
});
