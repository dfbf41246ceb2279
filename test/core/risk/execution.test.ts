import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import { orderTerms } from '../../../core/risk/execution.ts';
import type { ExecutionStyle } from '../../../core/risk/limits.ts';
import { COIN } from '../../support/values.ts';

const STYLE: ExecutionStyle = {
  style: 'join',
  postOnly: false,
  timeInForce: 'GTC',
  expireAfterMs: null,
  onOppositeSignal: 'cancel',
  collarBps: 100,
};
const terms = (side: 'buy' | 'sell', style: Partial<ExecutionStyle>, bid = '99.95', ask = '100.05') => {
  const level = (at: string) => ({ price: price(at), quantity: quantity('1') });
  return orderTerms({ ...STYLE, ...style }, side, level(bid), level(ask), COIN);
};

test.each([
  {
    says: 'take is a market order, 1 % beyond the ask: 101.0505',
    side: 'buy',
    style: { style: 'take', timeInForce: 'IOC' },
    type: 'market',
    limit: '101.05',
  },
  {
    says: 'and 1 % beyond the bid: 98.9505',
    side: 'sell',
    style: { style: 'take', timeInForce: 'IOC' },
    type: 'market',
    limit: '98.96',
  },
  {
    says: 'take that may rest is a limit at the touch',
    side: 'buy',
    style: { style: 'take' },
    type: 'limit',
    limit: '100.05',
  },
  {
    says: 'take that may rest is a limit at the touch',
    side: 'sell',
    style: { style: 'take' },
    type: 'limit',
    limit: '99.95',
  },
  { says: 'join rests at the bid', side: 'buy', style: {}, type: 'limit', limit: '99.95' },
  { says: 'join rests at the ask', side: 'sell', style: {}, type: 'limit', limit: '100.05' },
  {
    says: 'improve goes one tick inside',
    side: 'buy',
    style: { style: 'improve' },
    type: 'limit',
    limit: '99.96',
  },
  {
    says: 'improve goes one tick inside',
    side: 'sell',
    style: { style: 'improve' },
    type: 'limit',
    limit: '100.04',
  },
] as const)('$side: $says', ({ side, style, type, limit }) => {
  const { timeInForce } = { ...STYLE, ...style };
  expect(terms(side, style)).toEqual({ type, timeInForce, postOnly: false, limitPrice: price(limit) });
});

test('without room inside the spread improve joins', () => {
  expect(terms('buy', { style: 'improve' }, '100', '100.01').limitPrice).toBe(price('100'));
  expect(terms('sell', { style: 'improve' }, '100', '100.01').limitPrice).toBe(price('100.01'));
  expect(terms('buy', { style: 'improve' }, '100', '100.02').limitPrice).toBe(price('100.01'));
});

test('a collar stays inside the bounds of the venue', () => {
  const wide = { style: 'take', timeInForce: 'IOC', collarBps: 2_000 } as const;
  expect(terms('buy', wide, '99000', '99000.01').limitPrice).toBe(COIN.priceMax);
  expect(terms('sell', wide, '0.01', '0.02').limitPrice).toBe(COIN.priceMin);
});

test('post-only is kept by what rests and dropped by what takes', () => {
  expect(terms('buy', { postOnly: true }).postOnly).toBe(true);
  expect(terms('buy', { postOnly: true, style: 'improve' }).postOnly).toBe(true);
  expect(terms('buy', { postOnly: true, style: 'take' }).postOnly).toBe(false);
});
