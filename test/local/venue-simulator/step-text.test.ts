import { expect, test } from 'vitest';
import { price } from '../../../core/amounts.ts';
import { placesOf, StepText } from '../../../local/venue-simulator/step-text.ts';

test.each([
  { step: '0.01', steps: 6_425_000, text: '64250.00' },
  { step: '0.01', steps: 1, text: '0.01' },
  { step: '0.00001', steps: 123_456, text: '1.23456' },
  { step: '1', steps: 20_000, text: '20000' },
  { step: '0.25', steps: 3, text: '0.75' }, // 3 x 0.25
  { step: '0.00000001', steps: 1, text: '0.00000001' },
  { step: '0.01', steps: 0, text: '0.00' },
])('$steps steps of $step are written $text', ({ step, steps, text }) => {
  const texts = new StepText(price(step));
  expect(texts.of(steps)).toBe(text);
  // A text that was kept is the same.
  expect(texts.of(steps)).toBe(text);
});

test('more digits are written where more are asked for, never fewer than the step needs', () => {
  expect(new StepText(price('0.01'), 8).of(150)).toBe('1.50000000');
  expect(new StepText(price('0.001'), 1).of(1_500)).toBe('1.500');
});

test('counts that share a place among the texts that are kept have their own', () => {
  const texts = new StepText(price('0.01'));
  // 7 + 1,024 and 7 + 2 x 1,024 have the place of 7.
  expect([7, 1_031, 2_055, 7].map((steps) => texts.of(steps))).toEqual(['0.07', '10.31', '20.55', '0.07']);
});

test('a step needs as many digits as it has', () => {
  expect([placesOf(price('1')), placesOf(price('0.1')), placesOf(price('0.00000001'))]).toEqual([0, 1, 8]);
});
