import { expect, test } from 'vitest';
import { toPayout } from '../../../../adapters/venues/kalshi/payout.ts';
import { ONE } from '../../../../core/amounts.ts';

test.each([
  { value: '1.0000', result: 'yes', payout: ONE },
  { value: '0.0000', result: 'no', payout: 0n },
  { value: '0.4200', result: 'scalar', payout: 42_000_000n },
  { value: undefined, result: 'yes', payout: ONE },
  { value: '', result: 'no', payout: 0n },
  { value: undefined, result: 'scalar', payout: 'settlement_value: missing beside a scalar result' },
  { value: '0.4200', result: 'yes', payout: "settlement_value: '0.4200' contradicts the result 'yes'" },
  { value: '1.5', result: 'scalar', payout: "settlement_value: not between 0 and 1 dollar, '1.5'" },
  { value: '0.0000', result: '', payout: null },
  { value: undefined, result: undefined, payout: null },
])('a market with the value $value and the result $result pays $payout', ({ value, result, payout }) => {
  expect(toPayout(value, result)).toBe(payout);
});
