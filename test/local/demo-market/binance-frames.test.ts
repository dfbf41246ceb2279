import { expect, test } from 'vitest';
import { BinanceDialect, exchangeInfo } from '../../../local/demo-market/binance-frames.ts';
import { demoInstruments } from '../../../local/demo-market/demo-listing.ts';

function elm() {
  const instrument = demoInstruments.find((one) => one.symbol === 'ELMUSDT');
  if (!instrument) throw new Error('ELMUSDT is listed');
  return instrument;
}

test('a depth update is written with absolute sizes, removed levels as zero and eight decimals', () => {
  const raw = new BinanceDialect(elm()).depthUpdate(
    1_790_000_000_200,
    157,
    160,
    [{ tick: 24_999, lots: 15 }],
    [
      { tick: 25_001, lots: 0 },
      { tick: 25_010, lots: 12_345 },
    ],
  );
  expect(raw).toBe(
    '{"stream":"elmusdt@depth@100ms","data":{"e":"depthUpdate","E":1790000000200,"s":"ELMUSDT","U":157,"u":160,' +
      '"b":[["2.49990000","1.50000000"]],"a":[["2.50010000","0.00000000"],["2.50100000","1234.50000000"]]}}',
  );
});

test.each([
  { aggressor: 'sell', m: true }, // the buyer was resting
  { aggressor: 'buy', m: false },
] as const)('a trade that a $aggressor order began says m:$m', ({ aggressor, m }) => {
  const facts = {
    id: 51,
    tick: 25_000,
    lots: 3,
    aggressor,
    tradedAt: 1_790_000_000_123,
    eventAt: 1_790_000_000_124,
  };
  expect(new BinanceDialect(elm()).trade(facts)).toBe(
    '{"stream":"elmusdt@trade","data":{"e":"trade","E":1790000000124,"s":"ELMUSDT","t":51,"p":"2.50000000",' +
      `"q":"0.30000000","T":1790000000123,"m":${m},"M":true}}`,
  );
});

test('a book ticker has neither event type nor time, and zeros on an empty side', () => {
  const dialect = new BinanceDialect(elm());
  expect(dialect.bookTicker(160, { bid: { tick: 24_999, lots: 15 }, ask: null })).toBe(
    '{"stream":"elmusdt@bookTicker","data":{"u":160,"s":"ELMUSDT","b":"2.49990000","B":"1.50000000",' +
      '"a":"0.00000000","A":"0.00000000"}}',
  );
});

test('a snapshot is bare, without envelope or symbol', () => {
  const raw = new BinanceDialect(elm()).snapshot(160, [{ tick: 24_999, lots: 15 }], []);
  expect(raw).toBe('{"lastUpdateId":160,"bids":[["2.49990000","1.50000000"]],"asks":[]}');
});

test('exchange information carries the price, lot and notional filters of each instrument', () => {
  const info = JSON.parse(exchangeInfo(demoInstruments, 1_790_000_000_000));
  expect(info.symbols.map((one: { symbol: string; status: string }) => [one.symbol, one.status])).toEqual([
    ['OAKUSDT', 'TRADING'],
    ['ELMUSDT', 'TRADING'],
  ]);
  expect(info.symbols[0].filters).toEqual([
    {
      filterType: 'PRICE_FILTER',
      minPrice: '0.01000000',
      maxPrice: '100000.00000000',
      tickSize: '0.01000000',
    },
    { filterType: 'LOT_SIZE', minQty: '0.00100000', maxQty: '9000.00000000', stepSize: '0.00100000' },
    {
      filterType: 'NOTIONAL',
      minNotional: '5.00000000',
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
  ]);
});
