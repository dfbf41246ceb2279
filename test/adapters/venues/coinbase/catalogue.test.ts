import { expect, test } from 'vitest';
import {
  advancedListingsRequest,
  exchangeListingsRequest,
  toListings,
} from '../../../../adapters/venues/coinbase/catalogue.ts';
import { BTC } from './listen.ts';
import { ADVANCED_PRODUCT, EXCHANGE_PRODUCT } from './samples.ts';

test('lists what Advanced Trade lists, with turnover', () => {
  const page = toListings(JSON.stringify({ products: [ADVANCED_PRODUCT], pagination: { has_next: false } }));
  expect(page).toEqual({
    listings: [
      {
        instrument: BTC,
        tradable: true,
        status: 'online',
        title: 'Bitcoin / US Dollar',
        volume24h: '186637571.25',
        bestBid: null,
        bestAsk: null,
        depth: null,
        fees: null,
        game: null,
      },
    ],
    next: null,
    problems: [],
  });
});

test('best prices are passed on where the venue tells them, and turnover is cut to what can be counted', () => {
  const wire = {
    ...ADVANCED_PRODUCT,
    best_bid_price: '64250.00',
    best_ask_price: '64250.01',
    approximate_quote_24h_volume: '1.123456789',
  };
  expect(toListings(JSON.stringify({ products: [wire] })).listings[0]).toMatchObject({
    bestBid: '64250',
    bestAsk: '64250.01',
    volume24h: '1.12345678',
  });
});

test('lists what Exchange lists: rules only', () => {
  const page = toListings(
    JSON.stringify([EXCHANGE_PRODUCT, { ...EXCHANGE_PRODUCT, id: 'OLD-USD', cancel_only: true }]),
  );
  expect(
    page.listings.map(({ title, tradable, status, volume24h }) => [title, tradable, status, volume24h]),
  ).toEqual([
    ['BTC-USD', true, 'online', null],
    ['BTC-USD', false, 'cancel_only', null],
  ]);
});

test('an entry that cannot be read is a problem with its name and field; the others are listed', () => {
  const page = toListings(
    JSON.stringify({
      products: [
        { ...ADVANCED_PRODUCT, product_id: 'BIT-30OCT26-CDE', product_type: 'FUTURE' },
        ADVANCED_PRODUCT,
      ],
    }),
  );
  expect(page.listings).toHaveLength(1);
  expect(page.problems).toEqual([
    'BIT-30OCT26-CDE product_type: must be SPOT: other products have contract sizes and expiries',
  ]);
});

test('a list that is not whole is continued with its cursor', () => {
  const body = { products: [], pagination: { has_next: true, next_cursor: 'a b' } };
  const { next } = toListings(JSON.stringify(body));
  expect(next).toBe('a b');
  expect(advancedListingsRequest(next, 'http://127.0.0.1:1').url).toBe(
    'http://127.0.0.1:1/api/v3/brokerage/market/products?product_type=SPOT&cursor=a%20b',
  );
  expect(exchangeListingsRequest().url).toBe('https://api.exchange.coinbase.com/products');
});

test.each(['', '{}', '5', '{"products":5}', '[{"id":5}]'])(
  'the answer %j is a problem, not an exception',
  (text) => {
    expect(toListings(text)).toMatchObject({
      listings: [],
      next: null,
      problems: [expect.stringMatching(/^products: /)],
    });
  },
);
