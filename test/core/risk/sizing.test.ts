import { expect, test } from 'vitest';
import { asMoney, money, price, quantity } from '../../../core/amounts.ts';
import type { Sizing } from '../../../core/risk/limits.ts';
import { entryQuantity } from '../../../core/risk/sizing.ts';
import { COIN } from '../../support/values.ts';

const FIXED: Sizing = {
  method: 'fixed-fraction',
  fractionBps: 1_000,
  byConfidence: false,
  notionalMax: money('500'),
};

test.each([
  { equity: '1000', at: '100', confidence: 1, size: '1' }, // 10 % of 1000 at 100
  { equity: '1000', at: '99.99', confidence: 1, size: '1' }, // 1.0001 is rounded down to the lot of 0.001
  { equity: '1000', at: '100.01', confidence: 1, size: '0.999' }, // 0.9999
  { equity: '9000', at: '100', confidence: 1, size: '5' }, // 900 is capped at 500
  { equity: '1000', at: '100', confidence: 0.25, size: '1' }, // confidence is not asked for
  { equity: '0', at: '100', confidence: 1, size: '0' },
  { equity: '0.5', at: '100', confidence: 1, size: '0' }, // 0.05 buys less than a lot
] as const)('$equity of equity at $at buys $size', ({ equity, at, confidence, size }) => {
  expect(entryQuantity(FIXED, money(equity), confidence, price(at), COIN)).toBe(quantity(size));
});

test.each([
  { confidence: 0.25, size: '0.25' },
  { confidence: 0.3333333, size: '0.333' }, // a millionth is fine enough: 0.333333
  { confidence: 0, size: '0' },
  { confidence: 1, size: '1' },
] as const)('by confidence of $confidence, $size of one whole', ({ confidence, size }) => {
  const sizing: Sizing = { ...FIXED, byConfidence: true };
  expect(entryQuantity(sizing, money('1000'), confidence, price('100'), COIN)).toBe(quantity(size));
});

test('nothing is bought with lost equity or at no price', () => {
  expect(entryQuantity(FIXED, asMoney(-1n), 1, price('100'), COIN)).toBe(0n);
  expect(entryQuantity(FIXED, money('1000'), 1, price('0'), COIN)).toBe(0n);
});
