import fc from 'fast-check';
import { expect, test } from 'vitest';
import { standardNormal } from '../../../core/market/normal-distribution.ts';

// Computed with 50 digits as erfc(-x / sqrt 2) / 2.
test.each([
  [0, 0.5],
  [0.1, 0.539827837277029],
  [-0.1, 0.460172162722971],
  [0.5, 0.6914624612740131],
  [0.67, 0.7485711049046899],
  [0.68, 0.7517477695464295],
  [-1, 0.15865525393145705],
  [1, 0.8413447460685429],
  [1.959963984540054, 0.975],
  [-2, 0.02275013194817921],
  [-3.5, 0.00023262907903552504],
  [-5.6, 1.071759025831093e-8],
  [-5.7, 5.990371401063528e-9],
  [-8, 6.220960574271784e-16],
  [-20, 2.7536241186062337e-89],
  [-37, 5.725571222524577e-300],
  [3, 0.9986501019683699],
  [8.5, 1.0],
] as const)('the probability below %s is %s', (x, expected) => {
  expect(Math.abs(standardNormal(x) / expected - 1)).toBeLessThan(1e-15);
});

/** Marsaglia's series 1/2 + φ(x)·(x + x³/3 + x⁵/15 + ...): slow, and exact where it does not cancel. */
function bySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

test('agrees with an independent series from the center to the tails', () => {
  fc.assert(
    fc.property(fc.double({ min: -7, max: 7, noNaN: true }), (x) => {
      expect(Math.abs(standardNormal(x) - bySeries(x))).toBeLessThan(5e-15);
    }),
    { seed: 44, numRuns: 5_000 },
  );
});

test('both sides of any point sum to one, and more is never less probable', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -45, max: 45, noNaN: true }),
      fc.double({ min: 1e-6, max: 5, noNaN: true }),
      (x, more) => {
        expect(standardNormal(x) + standardNormal(-x)).toBeCloseTo(1, 15);
        expect(standardNormal(x + more)).toBeGreaterThanOrEqual(standardNormal(x));
      },
    ),
    { seed: 45, numRuns: 5_000 },
  );
});

test('the parts of the line meet without a step', () => {
  for (const edge of [0.674_489_75, Math.sqrt(32)])
    for (const side of [-1, 1]) {
      const inner = standardNormal(side * edge);
      const outer = standardNormal(side * (edge + 1e-15));
      expect(Math.abs(outer - inner)).toBeLessThan(1e-14 * inner + 1e-15);
    }
});

test('far out it is nothing or everything', () => {
  expect([-39, Number.NEGATIVE_INFINITY, 39, Number.POSITIVE_INFINITY].map(standardNormal)).toEqual([
    0, 0, 1, 1,
  ]);
  expect(standardNormal(Number.NaN)).toBeNaN();
});
