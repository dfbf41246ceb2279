import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signedSteps, stepsOf } from '../../../adapters/venues/decimal-steps.ts';
import { ONE } from '../../../core/amounts.ts';
import { bookGrid, gridOf, parseSteps } from '../../../core/market/grid.ts';

test.each([
  { text: '64250.10', step: 1_000_000n, steps: 6_425_010 }, // steps of 0.01
  { text: '64250.1000000000', step: 1_000_000n, steps: 6_425_010 },
  { text: '65083.66', step: 1_000n, steps: 6_508_366_000 }, // 65083.66 / 0.00001
  { text: '138991023.41', step: 1_000n, steps: 13_899_102_341_000 },
  { text: '0.00150000', step: 1n, steps: 150_000 },
  { text: '0.00000013', step: 1n, steps: 13 },
  { text: '0', step: 1n, steps: 0 },
  { text: '7.5', step: 250_000n, steps: 3_000 }, // steps of 0.0025
  { text: '7.501', step: 250_000n, steps: 'off_grid' },
  { text: '0.000001', step: 1_000n, steps: 'off_grid' },
  { text: '', step: 1n, steps: 'not_decimal' },
  { text: '1e5', step: 1n, steps: 'not_decimal' },
  { text: '.5', step: 1n, steps: 'not_decimal' },
  { text: '5.', step: 1n, steps: 'not_decimal' },
  { text: '-5', step: 1n, steps: 'not_decimal' },
  { text: '90071992.54740991', step: 1n, steps: 9_007_199_254_740_991 }, // 2^53 - 1
  { text: '90071992.54740992', step: 1n, steps: 'too_large' },
  { text: '999999999.1', step: 1n, steps: 'too_large' }, // ten digits, and too many once counted in the step
] as const)('$text in steps of $step is $steps', ({ text, step, steps }) => {
  expect(stepsOf(text, gridOf(step))).toBe(steps);
});

const lots = bookGrid(ONE / 100n); // steps of 0.00001

test.each([
  { text: '+1.00', steps: 'not_decimal' },
  { text: '-54.00', steps: -5_400_000 }, // -54 / 0.00001
  { text: '17.00', steps: 1_700_000 },
  { text: '-0.00', steps: 0 },
  { text: '-', steps: 'not_decimal' },
  { text: '--1', steps: 'not_decimal' },
  { text: '-1.', steps: 'not_decimal' },
  { text: '-.5', steps: 'not_decimal' },
  { text: '-0.000001', steps: 'off_grid' },
  { text: '1e3', steps: 'not_decimal' },
  { text: '-99999999999.00', steps: 'too_large' },
  { text: '-90000000000.00', steps: -9_000_000_000_000_000 }, // below 2^53
  { text: '', steps: 'not_decimal' },
])("reads '$text' with its sign as $steps", ({ text, steps }) => {
  expect(signedSteps(text, lots)).toBe(steps);
});

test('the quick way counts exactly as the exact one, whatever the text', () => {
  const decimal = fc.oneof(
    fc.stringMatching(/^\d{0,17}\.?\d{0,9}$/),
    fc.tuple(fc.bigInt(0n, 10n ** 18n), fc.nat(18)).map(([value, places]) => {
      const digits = value.toString().padStart(places + 1, '0');
      return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    }),
  );
  const text = fc.oneof(
    decimal,
    fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', 'e', ' '), maxLength: 20 }),
    fc.constantFrom('.', '-1', '1.2.3', ' 1', '0x1', '9007199254740993', 'NaN', '٣'),
    fc.string({ maxLength: 20 }),
  );
  const grid = fc
    .constantFrom(1n, 10n, 25n, 5_000n, 250_000n, 1_000_000n, 10n ** 8n, 10n ** 12n)
    .chain((step) => fc.constantFrom(gridOf(step), bookGrid(step)));
  fc.assert(
    fc.property(text, grid, (one, on) => {
      const steps = parseSteps(one, on);
      expect(stepsOf(one, on)).toBe(steps);
      if (!one.startsWith('-'))
        expect(signedSteps(`-${one}`, on)).toBe(typeof steps === 'number' ? 0 - steps : steps);
    }),
    { seed: 43, numRuns: 20_000 },
  );
});
