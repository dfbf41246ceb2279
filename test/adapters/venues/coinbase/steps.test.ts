import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quickSteps } from '../../../../adapters/venues/coinbase/steps.ts';
import { gridOf, parseSteps } from '../../../../core/market/grid.ts';

const digits = fc.stringMatching(/^\d{0,12}$/);
const texts = fc.oneof(
  fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
  digits,
  fc.constantFrom('', '.', '-1', '1e5', '1.2.3', ' 1', '0x1', '9007199254740993', 'NaN', '٣'),
  fc.string({ maxLength: 18 }),
);
const grids = fc.constantFrom(1n, 10n, 1_000n, 100_000_000n, 250n, 5_000n, 100_000_000_000n).map(gridOf);

test('counts every text exactly as the careful way does', () => {
  fc.assert(
    fc.property(texts, grids, (text, grid) => {
      expect(quickSteps(text, grid)).toBe(parseSteps(text, grid));
    }),
    { seed: 11, numRuns: 5_000 },
  );
});

test.each([
  { text: '65083.66', step: 1_000n, steps: 6_508_366_000 }, // 65083.66 / 0.00001
  { text: '0.00000013', step: 1n, steps: 13 },
  { text: '138991023.41', step: 1_000n, steps: 13_899_102_341_000 },
  { text: '90071992.54740991', step: 1n, steps: 9_007_199_254_740_991 },
  { text: '90071992.54740992', step: 1n, steps: 'too_large' },
  { text: '0.000001', step: 1_000n, steps: 'off_grid' },
])('$text in steps of $step units is $steps', ({ text, step, steps }) => {
  expect(quickSteps(text, gridOf(step))).toBe(steps);
});
