import { expect, test } from 'vitest';
import { toAdvancedProduct, toExchangeProduct } from '../../../../adapters/venues/coinbase/products.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { BTC } from './listen.ts';
import { ADVANCED_PRODUCT, EXCHANGE_PRODUCT } from './samples.ts';

test('Advanced Trade names each rule', () => {
  expect(toAdvancedProduct(ADVANCED_PRODUCT)).toEqual({ instrument: BTC, closed: null, alias: '' });
});

test('Exchange names steps and the smallest notional; sizes have no other bounds', () => {
  expect(toExchangeProduct(EXCHANGE_PRODUCT)).toEqual({
    instrument: {
      ...BTC,
      quantityMin: quantity('0.00000001'),
      quantityMax: quantity('1000000000000000'),
      priceMax: price('1000000000000000'),
    },
    closed: null,
    alias: '',
  });
});

test.each([
  ['is_disabled', true],
  ['trading_disabled', true],
  ['cancel_only', true],
  ['view_only', true],
  ['auction_mode', true],
  ['limit_only', true],
  ['post_only', true],
])('a product with %s is not open to orders of every kind', (flag, value) => {
  expect(toAdvancedProduct({ ...ADVANCED_PRODUCT, [flag]: value })).toMatchObject({ closed: flag });
});

test.each(['offline', 'delisted', 'internal', 'a word of tomorrow', ''])(
  'status %j is not tradable',
  (status) => {
    expect(toAdvancedProduct({ ...ADVANCED_PRODUCT, status })).toMatchObject({ closed: status });
    expect(toExchangeProduct({ ...EXCHANGE_PRODUCT, status })).toMatchObject({ closed: status });
  },
);

test('a largest size with more digits than can be counted is cut', () => {
  const wire = { ...ADVANCED_PRODUCT, base_max_size: '539937939102.8409944033184418' };
  expect(toAdvancedProduct(wire)).toMatchObject({
    instrument: { quantityMax: quantity('539937939102.84099440') },
  });
});

test.each([
  { change: { price_increment: '0' }, why: 'price_increment: must be above zero' },
  { change: { base_increment: '' }, why: 'base_increment: must be above zero' },
  {
    change: { price_increment: '0.000000001' },
    why: "price_increment: not an unsigned decimal of at most 8 places, '0.000000001'",
  },
  {
    change: { base_min_size: '-1' },
    why: "base_min_size: not an unsigned decimal of at most 8 places, '-1'",
  },
  { change: { base_min_size: 1 }, why: 'base_min_size: Invalid input: expected string, received number' },
  {
    change: { product_type: 'FUTURE' },
    why: 'product_type: must be SPOT: other products have contract sizes and expiries',
  },
])('rules with $change name the field: $why', ({ change, why }) => {
  expect(toAdvancedProduct({ ...ADVANCED_PRODUCT, ...change })).toBe(why);
});

test('an alias is passed on', () => {
  expect(toAdvancedProduct({ ...ADVANCED_PRODUCT, product_id: 'BTC-USDC', alias: 'BTC-USD' })).toMatchObject({
    alias: 'BTC-USD',
  });
});
