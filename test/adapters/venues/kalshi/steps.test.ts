import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signedSteps, unsignedSteps } from '../../../../adapters/venues/kalshi/steps.ts';
import { ONE } from '../../../../core/amounts.ts';
import { bookGrid, gridOf, parseSteps } from '../../../../core/market/grid.ts';

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
])("reads '$text' as $steps", ({ text, steps }) => {
  expect(signedSteps(text, lots)).toBe(steps);
});

test('agrees with the careful way on any text', () => {
  const decimal = fc.stringMatching(/^\d{0,17}\.?\d{0,9}$/);
  const grid = fc.constantFrom(lots, bookGrid(ONE / 1_000n), gridOf(25n), gridOf(ONE));
  fc.assert(
    fc.property(fc.oneof(decimal, fc.string({ maxLength: 20 })), grid, (text, of) => {
      expect(unsignedSteps(text, of)).toBe(parseSteps(text, of));
      const steps = parseSteps(text, of);
      if (!text.startsWith('-'))
        expect(signedSteps(`-${text}`, of)).toBe(typeof steps === 'number' ? 0 - steps : steps);
    }),
    { seed: 11, numRuns: 2_000 },
  );
});
