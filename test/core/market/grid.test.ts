import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatUnits, parseUnits } from '../../../core/amounts.ts';
import { bookGrid, gridOf, parseSteps, stepsToUnits } from '../../../core/market/grid.ts';

const step = (text: string): bigint => parseUnits(text) ?? 0n;

test.each([
  { text: '100.05', size: '0.01', steps: 10_005 },
  { text: '100.05000000', size: '0.01', steps: 10_005 },
  { text: '3', size: '0.25', steps: 12 },
  { text: '0.75', size: '0.25', steps: 3 },
  { text: '120', size: '10', steps: 12 },
  { text: '0.00000001', size: '0.00000001', steps: 1 },
  { text: '0', size: '0.01', steps: 0 },
  { text: '90071992547409.91', size: '0.01', steps: Number.MAX_SAFE_INTEGER },
  { text: '90071992547409.92', size: '0.01', steps: 'too_large' },
  { text: '100.051', size: '0.01', steps: 'off_grid' },
  { text: '0.80', size: '0.25', steps: 'off_grid' },
  { text: '125', size: '10', steps: 'off_grid' },
  { text: '-1', size: '0.01', steps: 'not_decimal' },
  { text: '1e2', size: '0.01', steps: 'not_decimal' },
  { text: '.5', size: '0.01', steps: 'not_decimal' },
  { text: '1.', size: '0.01', steps: 'not_decimal' },
  { text: '', size: '0.01', steps: 'not_decimal' },
  { text: ' 1', size: '0.01', steps: 'not_decimal' },
] as const)("reads '$text' in steps of $size as $steps", ({ text, size, steps }) => {
  expect(parseSteps(text, gridOf(step(size)))).toBe(steps);
});

test('a book counts in thousandths of a step, and never finer than the eighth decimal', () => {
  expect(bookGrid(step('0.01')).step).toBe(step('0.00001'));
  expect(bookGrid(step('0.00000010')).step).toBe(1n);
  expect(bookGrid(step('0.00000025')).step).toBe(1n);
});

test('steps back to units is the number that was read', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 10n }), fc.nat({ max: 2 ** 31 - 1 }), (stepUnits, steps) => {
      const grid = gridOf(stepUnits);
      const units = stepsToUnits(steps, grid);
      fc.pre(units * 10n ** 8n < 10n ** 30n && units / grid.step <= 2n ** 31n);
      const read = parseSteps(formatUnits(units), grid);
      expect(read === 'too_large' ? steps : read).toBe(steps);
    }),
    { seed: 1, numRuns: 500 },
  );
});
