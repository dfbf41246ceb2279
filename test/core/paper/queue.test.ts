import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Lane } from '../../../core/paper/order.ts';
import { drainQueue, printsFor, shownAt } from '../../../core/paper/queue.ts';
import type { PrintText } from '../../support/values.ts';
import { market, prints } from '../../support/values.ts';

interface Case {
  readonly lane: Lane;
  readonly says: string;
  readonly ahead: string | null;
  readonly wanted?: string;
  readonly cap?: string;
  readonly printed?: readonly PrintText[];
  readonly used?: string;
  readonly touch?: string;
  readonly filled: string;
  readonly left: string | null;
}

const drain = (
  side: 'buy' | 'sell',
  { lane, ahead, wanted = '10', cap, printed = [], used = '0', touch }: Case,
) =>
  drainQueue({
    kind: 'maker',
    lane,
    side,
    price: price('100'),
    wanted: quantity(wanted),
    cap: cap === undefined ? null : quantity(cap),
    queueAtJoin: null,
    queueBefore: ahead === null ? null : quantity(ahead),
    prints: printsFor(prints(printed), side, price('100')),
    usedByOthers: quantity(used),
    touch: touch === undefined ? null : price(touch),
  });

test.each([
  { lane: 'base', says: 'no print changes nothing', ahead: '5', filled: '0', left: '5' },
  {
    lane: 'base',
    says: 'prints use up part of the queue',
    ahead: '5',
    printed: [['100', '3', 'sell']],
    filled: '0',
    left: '2',
  },
  {
    lane: 'base',
    says: 'prints use up the queue exactly',
    ahead: '5',
    printed: [['100', '5', 'sell']],
    filled: '0',
    left: '0',
  },
  {
    lane: 'base',
    says: 'the rest of the prints reaches us: 7 - 5',
    ahead: '5',
    printed: [['100', '7', 'sell']],
    filled: '2',
    left: '0',
  },
  {
    lane: 'base',
    says: 'never more than we want',
    ahead: '1',
    wanted: '2',
    printed: [['100', '9', 'sell']],
    filled: '2',
    left: '0',
  },
  {
    lane: 'base',
    says: 'never more than the wider lane got',
    ahead: '1',
    cap: '3',
    printed: [['100', '9', 'sell']],
    filled: '3',
    left: '0',
  },
  {
    lane: 'base',
    says: 'our other orders got 4 of the 6 beyond the queue',
    ahead: '1',
    used: '4',
    printed: [['100', '7', 'sell']],
    filled: '2',
    left: '0',
  },
  {
    lane: 'base',
    says: 'our other orders got all of it',
    ahead: '1',
    used: '9',
    printed: [['100', '7', 'sell']],
    filled: '0',
    left: '0',
  },
  {
    lane: 'base',
    says: 'a print through the price fills entirely',
    ahead: '50',
    printed: [['99.99', '0.001', 'sell']],
    filled: '10',
    left: '0',
  },
  {
    lane: 'base',
    says: 'a buyer at our price leaves the bids alone',
    ahead: '5',
    printed: [['100', '9', 'buy']],
    filled: '0',
    left: '5',
  },
  {
    lane: 'base',
    says: 'prints above us are no business of ours',
    ahead: '5',
    printed: [['100.01', '99', 'sell']],
    filled: '0',
    left: '5',
  },
  { lane: 'base', says: 'a touch alone is no fill', ahead: '5', touch: '99', filled: '0', left: '5' },
  {
    lane: 'base',
    says: 'with an unknown queue only a print through fills',
    ahead: null,
    printed: [['100', '99', 'sell']],
    filled: '0',
    left: null,
  },
  { lane: 'base', says: 'and it does', ahead: null, printed: [['99', '1', 'sell']], filled: '10', left: '0' },
  { lane: 'optimistic', says: 'a touch fills entirely', ahead: '50', touch: '100', filled: '10', left: '50' },
  { lane: 'optimistic', says: 'so does a cross', ahead: '50', touch: '99.99', filled: '10', left: '50' },
  {
    lane: 'optimistic',
    says: 'a touch one tick short does not',
    ahead: '50',
    touch: '100.01',
    filled: '0',
    left: '50',
  },
  {
    lane: 'optimistic',
    says: 'any print at the price is a touch',
    ahead: '50',
    printed: [['100', '0.001', 'sell']],
    filled: '10',
    left: '49.999',
  },
  {
    lane: 'pessimistic',
    says: 'prints at the price never fill',
    ahead: '0',
    printed: [['100', '99', 'sell']],
    filled: '0',
    left: '0',
  },
  {
    lane: 'pessimistic',
    says: 'only what printed through does: 2 + 1',
    ahead: '0',
    printed: [
      ['99.98', '1', 'sell'],
      ['99.99', '2', 'sell'],
    ],
    filled: '3',
    left: '0',
  },
  {
    lane: 'pessimistic',
    says: 'and never more than the wider lane got',
    ahead: '0',
    cap: '0.5',
    printed: [['99.99', '2', 'sell']],
    filled: '0.5',
    left: '0',
  },
] satisfies Case[])('$lane, buy at 100, $ahead ahead: $says', (one: Case) => {
  const { filled, queueAhead } = drain('buy', one);
  expect(filled).toBe(quantity(one.filled));
  expect(queueAhead).toBe(one.left === null ? null : quantity(one.left));
});

test('a sell is the mirror of a buy', () => {
  const base = (printed: readonly PrintText[], touch?: string) =>
    drain('sell', {
      lane: 'base',
      says: '',
      ahead: '5',
      printed,
      filled: '',
      left: '',
      ...(touch ? { touch } : {}),
    }).filled;
  expect(base([['100', '7', 'buy']])).toBe(quantity('2'));
  expect(base([['100', '7', 'sell']])).toBe(0n);
  expect(base([['100.01', '1', 'buy']])).toBe(quantity('10'));
  expect(base([['99.99', '50', 'buy']])).toBe(0n);
});

test('only what prints at our own price gave is used up for our other orders', () => {
  const at = drain('buy', {
    lane: 'base',
    says: '',
    ahead: '1',
    printed: [['100', '4', 'sell']],
    filled: '',
    left: '',
  });
  expect(at.used?.quantity).toBe(quantity('3'));
  const through = drain('buy', {
    lane: 'base',
    says: '',
    ahead: '1',
    printed: [['99', '4', 'sell']],
    filled: '',
    left: '',
  });
  expect(through.used).toBeNull();
});

test('a price in the book shows its size, a gap shows zero, a price beyond the depth is unknown', () => {
  const shown = market({
    bids: [
      ['99.99', '5'],
      ['99.97', '4'],
    ],
  });
  expect(shownAt(shown, 'bid', price('99.97'))).toBe(quantity('4'));
  expect(shownAt(shown, 'bid', price('99.98'))).toBe(0n);
  expect(shownAt(shown, 'bid', price('100'))).toBe(0n);
  expect(shownAt(shown, 'bid', price('99.96'))).toBeNull();
  expect(shownAt(shown, 'ask', price('100.02'))).toBeNull();
  expect(shownAt(shown, 'ask', price('100'))).toBe(0n);
});

test('a price beyond the depth of a complete book is known to be empty', () => {
  expect(shownAt(market({ complete: true }), 'bid', price('1'))).toBe(0n);
  expect(shownAt(market({ bids: [], complete: true }), 'bid', price('1'))).toBe(0n);
  expect(shownAt(market({ bids: [] }), 'bid', price('1'))).toBeNull();
});
