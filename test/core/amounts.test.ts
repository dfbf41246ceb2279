import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  abs,
  asMoney,
  divCeil,
  divFloor,
  formatBps,
  formatRounded,
  formatUnits,
  notionalCeil,
  notionalFloor,
  parseUnits,
  price,
  quantity,
  rateFromBps,
  ratioBps,
  shareCeil,
  shareFloor,
} from '../../core/amounts.ts';

test.each([
  ['1', 100_000_000n],
  ['0.00000001', 1n],
  ['-0.5', -50_000_000n],
  ['12.50000000000', 1_250_000_000n], // venues pad with zeros
  ['007', 700_000_000n],
  ['-0', 0n],
  ['123456789012345678901234567890', 12345678901234567890123456789000000000n],
] as const)('reads %s as %s units of 10^-8', (text, units) => {
  expect(parseUnits(text)).toBe(units);
});

test.each([
  '',
  ' 1',
  '1 ',
  '+1',
  '.5',
  '5.',
  '1e3',
  '1,5',
  '0x10',
  'NaN',
  'Infinity',
  '--1',
  '0.000000001',
  '1.123456789',
])('refuses %j, which is no decimal of at most 8 places', (text) => {
  expect(parseUnits(text)).toBeUndefined();
  expect(() => price(text)).toThrow(`price must be a decimal with at most 8 places, got '${text}'`);
});

test.each([
  [0n, '0'],
  [1n, '0.00000001'],
  [-1n, '-0.00000001'],
  [1_250_000_000n, '12.5'],
  [-100_000_000n, '-1'],
  [100_000_001n, '1.00000001'],
] as const)('writes %s units as %s', (units, text) => {
  expect(formatUnits(units)).toBe(text);
});

test('what is written reads back as it was', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (units) => {
      expect(parseUnits(formatUnits(units))).toBe(units);
    }),
    { seed: 11 },
  );
});

test.each([
  [price('1.005'), 2, '1.01'], // half away from zero
  [-price('1.005'), 2, '-1.01'],
  [price('1.00499999'), 2, '1.00'],
  [price('0.5'), 0, '1'],
  [-price('0.5'), 0, '-1'],
  [price('0.4'), 0, '0'],
  [price('2'), 8, '2.00000000'],
  [-price('0.001'), 2, '0.00'], // nothing is left of it, not even the sign
  [price('999.999'), 2, '1000.00'],
] as const)('shows %s with %s digits as %s', (units, digits, text) => {
  expect(formatRounded(units, digits)).toBe(text);
});

test.each([
  [7n, 2n, 3n, 4n], // 3.5
  [-7n, 2n, -4n, -3n], // -3.5
  [7n, -2n, -4n, -3n],
  [-7n, -2n, 3n, 4n],
  [6n, 2n, 3n, 3n],
  [-6n, 2n, -3n, -3n],
  [0n, 5n, 0n, 0n],
] as const)('%s / %s is %s rounded down and %s rounded up', (a, b, floor, ceil) => {
  expect([divFloor(a, b), divCeil(a, b)]).toEqual([floor, ceil]);
});

test('rounding up and down bracket the product and differ by at most one unit', () => {
  const units = fc.bigInt({ min: 0n, max: 10n ** 18n });
  fc.assert(
    fc.property(units, units, (a, b) => {
      const [at, of] = [price(formatUnits(a)), quantity(formatUnits(b))];
      const [low, high] = [notionalFloor(at, of), notionalCeil(at, of)];
      expect(low * 10n ** 8n <= a * b && a * b <= high * 10n ** 8n).toBe(true);
      expect(high - low).toBe((a * b) % 10n ** 8n === 0n ? 0n : 1n);
    }),
    { seed: 12 },
  );
});

test('a share rounds up as a cost and down as a proceed', () => {
  const rate = rateFromBps('7.5'); // 0.075 %
  expect(rate).toBe(75_000n);
  expect(formatBps(rate)).toBe('7.5');
  expect(shareCeil(asMoney(1_000n), rate)).toBe(1n); // 0.75 of a unit
  expect(shareFloor(asMoney(1_000n), rate)).toBe(0n);
  expect(shareCeil(price('1000'), rate)).toBe(price('0.75'));
});

test('a ratio in basis points rounds down and is zero without a whole', () => {
  expect(ratioBps(1n, 3n)).toBe(3_333);
  expect(ratioBps(-1n, 3n)).toBe(-3_334);
  expect(ratioBps(5n, 0n)).toBe(0);
});

test('the absolute value keeps its kind and drops its sign', () => {
  expect([abs(asMoney(-5n)), abs(asMoney(5n)), abs(asMoney(0n))]).toEqual([5n, 5n, 0n]);
});
