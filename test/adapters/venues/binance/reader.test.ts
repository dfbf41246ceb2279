import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { instrumentId } from '../../../../core/market/instrument.ts';
import { OAK } from '../../../core/market/samples.ts';
import {
  aggregate,
  at,
  bookOf,
  countsOf,
  depth,
  frame,
  listen,
  START,
  snapshot,
  touch,
  trade,
} from './frames.ts';
import { FILTERS, listing } from './samples.ts';

const json = (channel: string, value: unknown, url?: string): Frame =>
  frame(channel, JSON.stringify(value), 0, url);
const elm = (one: Frame): Frame => frame(one.channel, one.raw.replaceAll('OAK', 'ELM'));

test.each([
  { what: 'a trade', one: trade(1, '100', '1'), as: 'trade' },
  {
    what: 'a trade without the combined envelope',
    one: frame('oakusdt@trade', trade(1, '100', '1').raw.slice(33, -1)),
    as: 'trade',
  },
  { what: 'an aggregate trade', one: aggregate(1, 3, '100', '1'), as: 'aggTrade' },
  { what: 'a book change', one: depth(1, 2), as: 'depth' },
  { what: 'best prices', one: touch(1, ['100', '1'], ['101', '1']), as: 'bookTicker' },
  { what: 'best prices of an empty book', one: touch(1, ['0.00', '0'], ['0.00', '0']), as: 'bookTicker' },
  { what: 'a snapshot named by its channel', one: snapshot(1), as: 'snapshot' },
  {
    what: 'a snapshot named by its request',
    one: json(
      'rest',
      { lastUpdateId: -1, bids: [], asks: [] },
      'https://x/api/v3/depth?limit=5&symbol=OAKUSDT',
    ),
    as: 'snapshot',
  },
  { what: 'an instrument list', one: json('rest:exchangeInfo', { symbols: [] }), as: 'exchangeInfo' },
  {
    what: 'a kline',
    one: json('x', { stream: 'oakusdt@kline_1m', data: { e: 'kline', s: 'OAKUSDT', k: {} } }),
    as: 'kline',
  },
  { what: 'a ticker', one: json('x', { e: '24hrTicker', s: 'OAKUSDT' }), as: '24hrTicker' },
  {
    what: 'all tickers at once',
    one: json('x', { stream: '!miniTicker@arr', data: [{ e: '24hrMiniTicker' }] }),
    as: '!miniTicker@arr',
  },
  { what: 'a block trade', one: json('x', { e: 'blockTrade', s: 'OAKUSDT', t: 1 }), as: 'blockTrade' },
  {
    what: 'partial depth',
    one: json('oakusdt@depth5', { stream: 'oakusdt@depth5', data: { lastUpdateId: 1, bids: [], asks: [] } }),
    as: 'partialDepth',
  },
  {
    what: 'a shutdown notice',
    one: json('x', { stream: '!serverShutdown', data: { e: 'serverShutdown', E: START } }),
    as: 'serverShutdown',
  },
  { what: "a recorder's own line", one: frame('connect', ''), as: 'connect' },
  { what: 'the server time', one: json('rest:time', { serverTime: START }), as: 'rest' },
  { what: 'an acknowledgement', one: json('x', { result: null, id: 1 }), as: 'result' },
  {
    what: 'a list of subscriptions',
    one: json('x', { result: ['oakusdt@trade'], id: 3 }),
    as: 'result',
  },
  {
    what: 'an error in the documented shape',
    one: json('x', { code: 2, msg: 'Invalid request', id: 1 }),
    as: 'an error',
  },
  {
    what: 'an error in the shape seen on the wire',
    one: json('x', { error: { code: 2, msg: 'Invalid request' }, id: 1 }),
    as: 'an error',
  },
  {
    what: 'a REST error',
    one: json('rest:depth:oakusdt', { code: -1121, msg: 'Invalid symbol.' }),
    as: 'an error',
  },
  { what: 'a trade of another symbol', one: elm(trade(1, '100', '1')), as: 'trade', other: true },
  {
    what: 'a snapshot of another symbol',
    one: json('rest:depth:elmusdt', { lastUpdateId: 1, bids: [], asks: [] }),
    as: 'snapshot',
    other: true,
  },
  {
    what: 'an event type never seen',
    one: json('x', { e: 'horoscope', s: 'OAKUSDT' }),
    as: 'horoscope',
    isUnknown: true,
  },
  { what: 'an object without a type', one: json('x', { hello: 1 }), as: '', isUnknown: true },
  {
    what: 'bars of a venue that were asked for',
    one: json('rest:klines:1m:OAKUSDT', []),
    as: 'klines',
  },
  {
    what: "a day's turnover",
    one: json('rest', [], 'https://x/api/v3/ticker/24hr?symbols=[]'),
    as: 'ticker/24hr',
  },
  { what: 'trades beside a stream', one: json('rest:trades:oakusdt', []), as: 'trades' },
  { what: 'trades of another symbol', one: json('rest:trades:elmusdt', []), as: 'trades', other: true },
  { what: 'trades that name no symbol', one: json('rest:trades', []), as: 'unreadable' },
  { what: 'an unknown REST answer', one: json('rest:mood', { mood: 1 }), as: 'rest', isUnknown: true },
  { what: 'text that is not JSON', one: frame('x', 'PING'), as: 'unreadable' },
  { what: 'an empty text', one: frame('oakusdt@trade', ''), as: 'unreadable' },
  { what: 'a bare number', one: frame('x', '12'), as: 'unreadable' },
  {
    what: 'an envelope around nothing',
    one: json('x', { stream: 'oakusdt@trade', data: null }),
    as: 'unreadable',
  },
  {
    what: 'a snapshot that names no symbol',
    one: json('rest', { lastUpdateId: 1, bids: [], asks: [] }),
    as: 'unreadable',
  },
  { what: 'a REST list', one: json('rest:x', []), as: 'unreadable' },
] as const)('$what is counted once, as $as', ({ one, as, ...rest }) => {
  const { reader } = listen();
  reader.read(one);
  const isOdd = as === 'an error' || as === 'unreadable';
  const known = !isOdd && !('isUnknown' in rest);
  expect([...reader.messages]).toEqual(known ? [[as, 1]] : []);
  expect([...reader.unknown]).toEqual('isUnknown' in rest ? [[as, 1]] : []);
  expect(reader.frames).toEqual({
    frames: 1,
    malformed: as === 'unreadable' ? 1 : 0,
    venueErrors: as === 'an error' ? 1 : 0,
    unfollowed: 'other' in rest ? 1 : 0,
  });
});

test.each([
  { change: { t: 'one' }, field: 't: ' },
  { change: { t: -1 }, field: 't: ' },
  { change: { t: 2 ** 53 }, field: 't: ' },
  { change: { p: 100 }, field: 'p: ' },
  { change: { m: 'no' }, field: 'm: ' },
  { change: { T: START * 1_000 }, field: 'T: a time must be in milliseconds' },
  { change: { E: undefined }, field: 'E: ' },
])('a trade with $change is malformed and the note names the field', ({ change, field }) => {
  const { reader, notes, updates } = listen();
  const good: { data: object } = JSON.parse(trade(1, '100', '1').raw);
  reader.read(json('oakusdt@trade', { ...good, data: { ...good.data, ...change } }));
  expect(notes).toMatchObject([{ kind: 'malformed' }]);
  expect(notes[0]?.detail).toContain(`oakusdt@trade: ${field}`);
  expect(updates).toMatchObject([{ kind: 'trades_lost', flag: 'refused' }]);
});

test('a trade becomes a print of the aggressor: a buyer who was the maker was sold to', () => {
  const { reader, updates } = listen();
  reader.read(trade(7, '100.02', '0.250', true, 40));
  reader.read(trade(8, '100.03', '1.000', false, 50));
  expect(updates).toEqual([
    {
      kind: 'trade',
      instrumentId: OAK.id,
      price: price('100.02'),
      quantity: quantity('0.25'),
      aggressor: 'sell',
      trades: 1,
      firstTradeId: 7,
      lastTradeId: 7,
      occurredAt: at(40),
    },
    {
      kind: 'trade',
      instrumentId: OAK.id,
      price: price('100.03'),
      quantity: quantity('1'),
      aggressor: 'buy',
      trades: 1,
      firstTradeId: 8,
      lastTradeId: 8,
      occurredAt: at(50),
    },
  ]);
});

test('trades by REST beside a stream print nothing, so that the stream can still tell them', () => {
  const { reader, updates } = listen();
  reader.read(
    json('rest:trades:oakusdt', [{ id: 5, price: '100', qty: '1', time: START, isBuyerMaker: true }]),
  );
  expect(updates).toEqual([]);
  reader.read(trade(5, '100', '1'));
  expect(updates).toMatchObject([{ kind: 'trade', lastTradeId: 5 }]);
});

const tradeIds = (frames: readonly Frame[]) => {
  const listened = listen();
  for (const one of frames) listened.reader.read(one);
  const ids = listened.updates.flatMap((one) =>
    one.kind === 'trade' ? [[one.firstTradeId, one.lastTradeId]] : [],
  );
  return { ids, counts: countsOf(listened), updates: listened.updates };
};

test('a repeated trade is counted, not printed again', () => {
  const { ids, counts } = tradeIds([
    trade(1, '100', '1'),
    trade(2, '100', '1'),
    trade(2, '100', '1'),
    trade(1, '100', '1'),
  ]);
  expect(ids).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(counts).toMatchObject({ trades: 2, tradesRepeated: 2, tradeGaps: 0 });
});

test('a jump in the trade ids says how many are missing and keeps the book', () => {
  const { ids, counts, updates } = tradeIds([trade(1, '100', '1'), trade(5, '100', '1')]);
  expect(ids).toEqual([
    [1, 1],
    [5, 5],
  ]);
  expect(counts).toMatchObject({ tradeGaps: 1, tradesMissing: 3 });
  expect(updates.map((one) => one.kind)).toEqual(['trade', 'trades_lost', 'trade']);
});

test('aggregates name the trades they hold, and a hole or a repetition among them is seen', () => {
  const { ids, counts } = tradeIds([
    aggregate(1, 3, '100', '1'),
    aggregate(4, 4, '100', '1'),
    aggregate(4, 4, '100', '1'),
    aggregate(7, 9, '100', '1'),
  ]);
  expect(ids).toEqual([
    [1, 3],
    [4, 4],
    [7, 9],
  ]);
  expect(counts).toMatchObject({ trades: 7, tradesRepeated: 1, tradeGaps: 1, tradesMissing: 2 });
});

test('where both streams come, each trade is printed once: single trades from the first one on', () => {
  const { ids, counts } = tradeIds([
    aggregate(1, 3, '100', '1'),
    trade(3, '100', '1'),
    trade(4, '100', '1'),
    aggregate(4, 4, '100', '1'),
    trade(5, '100', '1'),
  ]);
  expect(ids).toEqual([
    [1, 3],
    [4, 4],
    [5, 5],
  ]);
  expect(counts).toMatchObject({ trades: 5, tradesRepeated: 1, tradeGaps: 0 });
});

test('trade ids that go back with a later time mean that the venue counts anew', () => {
  const { ids } = tradeIds([
    trade(900, '100', '1', false, 10),
    trade(3, '100', '1', false, 5_000),
    trade(4, '100', '1', false, 5_001),
  ]);
  expect(ids).toEqual([
    [900, 900],
    [3, 3],
    [4, 4],
  ]);
});

test.each([
  { p: '0', q: '1', field: 'p: must be above zero' },
  { p: '100', q: '0.000', field: 'q: must be above zero' },
  { p: '100.0000001', q: '1', field: 'p: not a multiple of the step' },
])('a trade of $q at $p is refused', ({ p, q, field }) => {
  const { reader, updates, notes } = listen();
  reader.read(trade(1, p, q));
  expect(updates).toMatchObject([{ kind: 'trades_lost', flag: 'refused' }]);
  expect(notes[0]?.detail).toContain(`OAKUSDT trade ${field}`);
});

test('best prices that cross are refused', () => {
  const listened = listen();
  listened.reader.read(touch(1, ['101', '1'], ['100', '1']));
  expect(listened.updates).toMatchObject([{ kind: 'fault', reason: 'refused' }]);
  expect(countsOf(listened).refused).toBe(1);
});

function rulesFrom(wire: object, configured = false) {
  const listened = listen(configured ? { instruments: [OAK] } : { instruments: [], symbols: ['OAKUSDT'] });
  listened.reader.read(json('rest:exchangeInfo', { symbols: [{ symbol: 'OTHER', filters: 'odd' }, wire] }));
  return listened;
}

test("the venue's listing gives the rules of a followed symbol", () => {
  expect(rulesFrom(listing()).updates).toEqual([
    {
      kind: 'instrument',
      tradable: true,
      instrument: {
        id: instrumentId('binance', 'OAKUSDT'),
        venue: 'binance',
        symbol: 'OAKUSDT',
        baseAsset: 'OAK',
        quoteAsset: 'USDT',
        tickSize: price('0.01'),
        lotSize: quantity('0.001'),
        quantityMin: quantity('0.001'),
        quantityMax: quantity('9000'),
        notionalMin: price('5'),
        priceMin: price('0.01'),
        priceMax: price('1000000'),
      },
    },
  ]);
});

test('the older notional filter is read as the newer one, and a value of 0 switches a rule off', () => {
  const old = listing({
    filters: [
      FILTERS[1],
      { filterType: 'PRICE_FILTER', minPrice: '0', maxPrice: '0', tickSize: '0' },
      { filterType: 'MIN_NOTIONAL', minNotional: '10' },
    ],
  });
  expect(rulesFrom(old).updates).toMatchObject([
    {
      instrument: {
        notionalMin: price('10'),
        tickSize: 1n,
        priceMin: 1n,
        priceMax: price('1000000000000000'),
      },
    },
  ]);
});

test.each(['HALT', 'BREAK', 'END_OF_DAY', 'CANCEL_ONLY', 'SOMETHING_NEW'])(
  'a symbol in status %s is not tradable',
  (status) => {
    expect(rulesFrom(listing({ status })).updates).toMatchObject([{ kind: 'instrument', tradable: false }]);
  },
);

test('a symbol that is listed for margin only is not tradable', () => {
  expect(rulesFrom(listing({ isSpotTradingAllowed: false })).updates).toMatchObject([
    { kind: 'instrument', tradable: false },
  ]);
});

test('unreadable rules close a configured instrument and name the field', () => {
  const { updates, notes } = rulesFrom(
    listing({ filters: [{ filterType: 'LOT_SIZE', stepSize: '1e-3' }] }),
    true,
  );
  expect(updates).toMatchObject([{ kind: 'trading', tradable: false }]);
  expect(notes).toMatchObject([
    { kind: 'refused', detail: expect.stringContaining('OAKUSDT: its rules lotSize') },
  ]);
});

test('frames before the rules of their symbol are known are counted as not followed', () => {
  const { reader } = listen({ instruments: [], symbols: ['OAKUSDT'] });
  reader.read(trade(1, '100', '1'));
  reader.read(json('rest:exchangeInfo', { symbols: [listing()] }));
  reader.read(trade(2, '100', '1'));
  expect(reader.frames).toMatchObject({ frames: 3, unfollowed: 1 });
  expect(Object.fromEntries(reader.messages)).toEqual({ trade: 2, exchangeInfo: 1 });
});

test('a change of the tick or lot size starts the book over, the same rules do not', () => {
  const listened = listen();
  for (const one of [depth(1, 1), snapshot(1)]) listened.reader.read(one);
  listened.reader.read(json('rest:exchangeInfo', { symbols: [listing()] }));
  expect(bookOf(listened)?.status).toBe('live');
  const coarser = listing({ filters: [FILTERS[0], { ...FILTERS[1], stepSize: '0.01' }] });
  listened.reader.read(json('rest:exchangeInfo', { symbols: [coarser] }));
  expect(bookOf(listened)?.status).toBe('stale');
  for (const one of [depth(2, 2), snapshot(2)]) listened.reader.read(one);
  expect(bookOf(listened)).toMatchObject({ status: 'live', sequence: 2, lots: { step: 1_000n } });
});
