import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { FillLine } from '../../../core/paper/fees.ts';
import { feeFor, reservationFor } from '../../../core/paper/fees.ts';
import { FEES, QUOTE_FEES } from '../../support/values.ts';

const line = (at: string, of: string): FillLine => ({ price: price(at), quantity: quantity(of) });

test.each([
  // 10 bps of 2 coins is 0.002 coins, worth 0.2 at 100
  { side: 'buy', lines: [line('100', '2')], asset: 'base', amount: '0.002', inQuote: '0.2' },
  // 10 bps of 100 x 2 = 200
  { side: 'sell', lines: [line('100', '2')], asset: 'quote', amount: '0.2', inQuote: '0.2' },
  // 10 bps of 0.00000001 rounds up to a whole unit, worth 0.000001 at 100
  {
    side: 'buy',
    lines: [line('100', '0.00000001')],
    asset: 'base',
    amount: '0.00000001',
    inQuote: '0.000001',
  },
  // rounded up on each execution: 0.0000000105 twice
  {
    side: 'sell',
    lines: [line('1.05', '0.00001'), line('1.05', '0.00001')],
    asset: 'quote',
    amount: '0.00000004',
    inQuote: '0.00000004',
  },
] as const)(
  'takes $amount $asset from a $side when charged in what is received',
  ({ side, lines, asset, amount, inQuote }) => {
    expect(feeFor(side, lines, 'taker', FEES)).toEqual({
      asset,
      amount: price(amount),
      inQuote: price(inQuote),
    });
  },
);

test.each([
  { side: 'buy', liquidity: 'maker', amount: '0.04' }, // 2 bps of 200
  { side: 'buy', liquidity: 'taker', amount: '0.1' }, // 5 bps of 200
  { side: 'sell', liquidity: 'taker', amount: '0.1' },
] as const)('charges a $liquidity $side $amount in the quote asset', ({ side, liquidity, amount }) => {
  const fee = feeFor(side, [line('100', '2')], liquidity, QUOTE_FEES);
  expect(fee).toEqual({ asset: 'quote', amount: price(amount), inQuote: price(amount) });
});

test('nothing executed costs nothing', () => {
  expect(feeFor('sell', [], 'maker', FEES)).toEqual({ asset: 'quote', amount: 0n, inQuote: 0n });
});

test.each([
  { side: 'buy', fees: FEES, reserved: '200' }, // the fee comes out of what is received
  { side: 'buy', fees: QUOTE_FEES, reserved: '200.1' }, // and the dearer of the two fees: 5 bps of 200
  { side: 'sell', fees: QUOTE_FEES, reserved: '0' }, // a sell is covered by what is held
] as const)('sets aside $reserved for a $side', ({ side, fees, reserved }) => {
  expect(reservationFor(side, price('100'), quantity('2'), fees)).toBe(price(reserved));
});

test('sets aside a whole unit for a fraction of one, and nothing for nothing', () => {
  expect(reservationFor('buy', price('0.3'), quantity('0.00000001'), FEES)).toBe(1n);
  expect(reservationFor('buy', price('0.3'), quantity('0'), QUOTE_FEES)).toBe(0n);
});
