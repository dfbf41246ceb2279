import { expect, test } from 'vitest';
import { toFees } from '../../../../adapters/venues/kalshi/fees.ts';

const facts = (feeType?: string, feeMultiplier?: string) => ({ feeType, feeMultiplier });

test.each([
  { series: facts('quadratic', '1'), event: undefined, taker: '700', maker: '0' },
  { series: facts('quadratic'), event: undefined, taker: '700', maker: '0' },
  { series: facts('quadratic', '0.5'), event: undefined, taker: '350', maker: '0' }, // baseball before the first pitch
  { series: facts('quadratic', '0.5'), event: facts(undefined, '1'), taker: '700', maker: '0' }, // and after it
  { series: facts('quadratic', '0'), event: undefined, taker: '0', maker: '0' },
  { series: facts('quadratic_with_maker_fees', '1'), event: undefined, taker: '700', maker: '175' },
  { series: facts('quadratic_with_combo_maker_fees', '1'), event: undefined, taker: '700', maker: '350' },
  { series: facts('flat', '1'), event: facts('quadratic'), taker: '700', maker: '0' },
])(
  'charges $taker and $maker basis points of p (1 - p): series $series, event $event',
  ({ series, event, taker, maker }) => {
    expect(toFees(series, event)).toMatchObject({ model: 'quadratic', takerBps: taker, makerBps: maker });
  },
);

test.each([
  { series: facts('flat'), says: "fee_type: 'flat' is not known, so that its fees cannot be counted" },
  {
    series: facts('toString'),
    says: "fee_type: 'toString' is not known, so that its fees cannot be counted",
  },
  { series: facts('quadratic', 'half'), says: "fee_multiplier: no factor, 'half'" },
  { series: facts('quadratic', '-1'), says: "fee_multiplier: no factor, '-1'" },
  { series: undefined, says: null },
])('says $says of $series', ({ series, says }) => {
  expect(toFees(series, undefined)).toBe(says);
});
