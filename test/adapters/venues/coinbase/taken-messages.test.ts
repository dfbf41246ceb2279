import { expect, test } from 'vitest';
import { productsIn, TakenMessages } from '../../../../adapters/venues/coinbase/taken-messages.ts';

test.each([
  { raw: '{"product_id":"BTC-USD"}', products: ['BTC-USD'] },
  {
    raw: '{"product_id":"A","x":[{"product_id":"B"},{"product_id":"A"},{"product_id":"A"}]}',
    products: ['A', 'B'],
  },
  { raw: '{"product_id":"BTC-USD","y":{"product_id":"BTC-USDC"}}', products: ['BTC-USD', 'BTC-USDC'] },
  { raw: '{"product_id":"BTC-USDC","y":{"product_id":"BTC-USD"}}', products: ['BTC-USDC', 'BTC-USD'] },
  { raw: '{"product_ids":["BTC-USD"]}', products: [] },
  { raw: '{"product_id":"BTC-US', products: [] },
  { raw: `{"product_id":"${'x'.repeat(41)}"}`, products: [] },
  { raw: '{"product_id":"', products: [] },
  { raw: '', products: [] },
])('$raw names $products', ({ raw, products }) => {
  expect(productsIn(raw, ['left over'])).toEqual(products);
});

test('of ever new channels and products only so many are kept', () => {
  const messages = new TakenMessages((product) => [product]);
  const first = messages.of('channel0', 'rule', ['A']);
  for (let n = 1; n < 2_000; n += 1) messages.of(`channel${n}`, 'rule', ['A']);
  expect(messages.of('channel0', 'rule', ['A'])).toBe(first);
  expect(messages.of('channel1999', 'rule', ['A'])).not.toBe(messages.of('channel1999', 'rule', ['A']));
});
