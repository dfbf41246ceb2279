import { expect, test } from 'vitest';
import {
  addTickers,
  listingsRequest,
  tickersRequest,
  toListings,
} from '../../../../adapters/venues/mexc/catalogue.ts';
import { asPrice, asQuantity } from '../../../../core/amounts.ts';
import type { Listing } from '../../../../core/market/listing.ts';
import { BTC } from './frames.ts';
import { SYMBOL_RULES } from './samples.ts';

const text = (...symbols: object[]): string => JSON.stringify({ timezone: 'CST', symbols });
const BTC_LISTING: Listing = {
  instrument: { ...BTC, quantityMax: asQuantity(10n ** 23n), priceMax: asPrice(10n ** 23n) },
  tradable: true,
  status: '1',
  title: 'BTC/USDT',
  volume24h: null,
  bestBid: null,
  bestAsk: null,
  depth: null,
  fees: {
    model: 'proportional',
    makerBps: '0',
    takerBps: '5', // 0.0005
    detail: 'makerCommission 0, takerCommission 0.0005',
  },
  game: null,
};

test('lists a symbol with its rules and its published fees', () => {
  expect(toListings(text(SYMBOL_RULES))).toEqual({ listings: [BTC_LISTING], next: null, problems: [] });
});

test('entries that cannot be read are named and the others stay', () => {
  const page = toListings(
    text(SYMBOL_RULES, { ...SYMBOL_RULES, symbol: 'TINY', quotePrecision: 11 }, { symbol: 'BARE' }),
  );
  expect(page.listings).toHaveLength(1);
  expect(page.problems).toEqual(['TINY quotePrecision: finer than 10^-8, 11', 'BARE status: Invalid input']);
});

test.each([
  {
    what: 'the full name is part of the title',
    changes: { fullName: 'Bitcoin' },
    listing: { title: 'BTC/USDT (Bitcoin)' },
  },
  {
    what: 'paused symbols are listed as not tradable',
    changes: { status: '2' },
    listing: { tradable: false, status: '2' },
  },
  {
    what: 'without published fees there are none',
    changes: { makerCommission: undefined, takerCommission: undefined },
    listing: { fees: null },
  },
  {
    what: 'one published fee says nothing of the other',
    changes: { makerCommission: undefined },
    listing: { fees: { makerBps: null, takerBps: '5' } },
  },
])('$what', ({ changes, listing }) => {
  expect(toListings(text({ ...SYMBOL_RULES, ...changes })).listings).toMatchObject([listing]);
});

test('tickers add turnover, best prices and what rests there', () => {
  const tickers = JSON.stringify([
    {
      symbol: 'BTCUSDT',
      bidPrice: '100',
      bidQty: '2',
      askPrice: '101',
      askQty: '3',
      quoteVolume: '123456.5',
    },
    { symbol: 'OTHER' },
  ]);
  expect(addTickers([{ ...BTC_LISTING, fees: null }], tickers)).toEqual({
    listings: [
      {
        ...BTC_LISTING,
        fees: null,
        volume24h: '123456.5',
        bestBid: '100',
        bestAsk: '101',
        depth: '503', // 100 x 2 + 101 x 3
      },
    ],
    next: null,
    problems: [],
  });
});

test('empty texts stand for a side without orders', () => {
  const tickers = JSON.stringify([
    { symbol: 'BTCUSDT', bidPrice: '0', bidQty: '', askPrice: '101', askQty: '' },
  ]);
  const listing = { ...BTC_LISTING, fees: null };
  expect(addTickers([listing], tickers).listings).toEqual([{ ...listing, bestAsk: '101' }]);
});

test.each(['', '{}', '[1]', 'null', '{"code":429,"msg":"slow"}'])(
  'an answer that is no list says so: %j',
  (body) => {
    expect(addTickers([], body).problems).toHaveLength(1);
    expect(toListings(body)).toMatchObject({
      listings: [],
      problems: [expect.stringContaining('exchangeInfo')],
    });
  },
);

test('the list and the tickers are one request each, at any host', () => {
  expect(listingsRequest().url).toBe('https://api.mexc.com/api/v3/exchangeInfo');
  expect(tickersRequest('http://127.0.0.1:9').url).toBe('http://127.0.0.1:9/api/v3/ticker/24hr');
});
