import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepsOf } from '../../../../adapters/venues/mexc/decimal-steps.ts';
import { bookGrid, gridOf, parseSteps } from '../../../../core/market/grid.ts';

test.each([
  { text: '64250.10', step: 1_000_000n, steps: 6_425_010 }, // steps of 0.01
  { text: '64250.1000000000', step: 1_000_000n, steps: 6_425_010 },
  { text: '0.00150000', step: 1n, steps: 150_000 },
  { text: '0', step: 1n, steps: 0 },
  { text: '7.5', step: 250_000n, steps: 3_000 }, // steps of 0.0025
  { text: '7.501', step: 250_000n, steps: 'off_grid' },
  { text: '', step: 1n, steps: 'not_decimal' },
  { text: '1e5', step: 1n, steps: 'not_decimal' },
  { text: '.5', step: 1n, steps: 'not_decimal' },
  { text: '5.', step: 1n, steps: 'not_decimal' },
  { text: '-5', step: 1n, steps: 'not_decimal' },
  { text: '99999999999', step: 1n, steps: 'too_large' },
] as const)('$text in steps of $step is $steps', ({ text, step, steps }) => {
  expect(stepsOf(text, gridOf(step))).toBe(steps);
});

test('the quick way counts exactly as the exact one', () => {
  const text = fc.oneof(
    fc.tuple(fc.bigInt(0n, 10n ** 18n), fc.nat(18)).map(([value, places]) => {
      const digits = value.toString().padStart(places + 1, '0');
      return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    }),
    fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', 'e', ' '), maxLength: 20 }),
  );
  const grid = fc
    .constantFrom(1n, 10n, 250_000n, 1_000_000n, 10n ** 8n, 10n ** 12n)
    .chain((step) => fc.constantFrom(gridOf(step), bookGrid(step)));
  fc.assert(
    fc.property(text, grid, (one, on) => {
      expect(stepsOf(one, on)).toBe(parseSteps(one, on));
    }),
    { seed: 43, numRuns: 20_000 },
  );
});
