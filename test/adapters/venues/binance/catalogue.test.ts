import { expect, test } from 'vitest';
import { addTickers, toListings } from '../../../../adapters/venues/binance/catalogue.ts';
import { listingsRequest, tickersRequest } from '../../../../adapters/venues/binance/requests.ts';
import { OAK } from '../../../core/market/samples.ts';
import { listing } from './samples.ts';

const info = (...symbols: readonly object[]): string => JSON.stringify({ timezone: 'UTC', symbols });
const OAK_LISTED = {
  instrument: { ...OAK, quantityMax: 900_000_000_000n, priceMin: 1_000_000n, priceMax: 100_000_000_000_000n },
  tradable: true,
  status: 'TRADING',
  title: 'OAK/USDT',
  volume24h: null,
  bestBid: null,
  bestAsk: null,
  depth: null,
  fees: null,
  game: null,
};

test('the list is one answer, without the permissions that make most of it', () => {
  expect(listingsRequest().url).toBe(
    'https://data-api.binance.vision/api/v3/exchangeInfo?showPermissionSets=false',
  );
  expect(tickersRequest('http://127.0.0.1:1').url).toBe('http://127.0.0.1:1/api/v3/ticker/24hr');
});

test('symbols are listed with their rules; fees are told to account holders only', () => {
  expect(toListings(info(listing()))).toEqual({ listings: [OAK_LISTED], next: null, problems: [] });
});

test.each(['HALT', 'BREAK', 'END_OF_DAY', 'CANCEL_ONLY', 'SOMETHING_NEW'])(
  'a symbol in status %s is listed with that word, and is not tradable',
  (status) => {
    expect(toListings(info(listing({ status }))).listings).toMatchObject([{ status, tradable: false }]);
  },
);

test('a symbol of another script is listed like any', () => {
  const named = listing({ symbol: '币USDT', baseAsset: '币' });
  expect(toListings(info(named)).listings).toMatchObject([
    { instrument: { id: 'binance:币USDT', symbol: '币USDT' }, title: '币/USDT' },
  ]);
});

test('a symbol whose rules cannot be read is a problem of its own', () => {
  const odd = listing({ symbol: 'ODDUSDT', filters: [{ filterType: 'LOT_SIZE', stepSize: '1e-3' }] });
  expect(toListings(info(odd, listing(), { symbol: 'BAREUSDT' }))).toEqual({
    listings: [OAK_LISTED],
    next: null,
    problems: [
      "ODDUSDT lotSize: not an unsigned decimal of at most 8 places, '1e-3'",
      expect.stringMatching(/^BAREUSDT status: /),
    ],
  });
});

test.each(['', '[]', '{"symbols":{}}', '{"code":-1003,"msg":"Too many requests."}'])(
  '%j is no list, and that is said',
  (body) => {
    const { listings, problems } = toListings(body);
    expect([listings, problems]).toEqual([[], [expect.stringMatching(/^exchangeInfo /)]]);
  },
);

const TICKER = {
  symbol: 'OAKUSDT',
  quoteVolume: '1167000000.0000000012',
  bidPrice: '100.00000000',
  bidQty: '2.50000000',
  askPrice: '100.10000000',
  askQty: '1.00000000',
};

test('turnover and best prices join the listings by symbol', () => {
  const { listings } = toListings(info(listing(), listing({ symbol: 'ELMUSDT' })));
  const { listings: priced, problems } = addTickers(listings, JSON.stringify([TICKER]));
  expect(problems).toEqual([]);
  expect(priced).toMatchObject([
    // 100 × 2.5 + 100.1 × 1 = 350.1
    { volume24h: '1167000000', bestBid: '100', bestAsk: '100.1', depth: '350.1' },
    { volume24h: null, bestBid: null, bestAsk: null, depth: null },
  ]);
  expect(addTickers(listings, JSON.stringify(TICKER)).listings).toEqual(priced);
});

test('a side without orders has no price, and no depth is told of one side alone', () => {
  const empty = { ...TICKER, askPrice: '0.00000000', askQty: '0.00000000', quoteVolume: '0.00000000' };
  expect(addTickers(toListings(info(listing())).listings, JSON.stringify([empty])).listings).toMatchObject([
    { volume24h: '0', bestBid: '100', bestAsk: null, depth: null },
  ]);
});

test.each([
  { what: 'no list', body: '7', problem: 'ticker/24hr 0.' },
  { what: 'an error', body: '{"code":-1003,"msg":"no"}', problem: 'ticker/24hr 0.symbol: ' },
  {
    what: 'a price as a number',
    body: '[{"symbol":"OAKUSDT","bidPrice":1}]',
    problem: 'ticker/24hr 0.bidPrice: ',
  },
])('$what leaves the listings as they were, and is said', ({ body, problem }) => {
  const { listings } = toListings(info(listing()));
  expect(addTickers(listings, body)).toEqual({
    listings,
    next: null,
    problems: [expect.stringContaining(problem)],
  });
});
