import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { level } from '../../../core/market/samples.ts';
import {
  ASKS,
  exchangeFrame,
  heartbeat,
  l2update,
  match,
  message,
  restBook,
  restTrades,
  snapshot,
  ticker,
} from './exchange-frames.ts';
import {
  accounted,
  at,
  BTC,
  BTC_USDC,
  bookOf,
  countsOf,
  ETH,
  levelsOf,
  listenExchange,
  ofKind,
  opened,
  read,
  stateOf,
} from './listen.ts';
import { EXCHANGE, EXCHANGE_PRODUCT } from './samples.ts';

test('a snapshot makes the book, changes continue it: absolute sizes, zero removes, unknown ones are normal', () => {
  const listened = read(listenExchange(), [
    snapshot(),
    l2update(50, [
      ['buy', '100.01', '5'],
      ['buy', '99.99', '0.00000000'],
      ['sell', '100.02', '7'],
      ['sell', '200', '0'],
    ]),
  ]);
  expect(levelsOf(listened)).toEqual({
    bids: [level('100.01', '5'), level('100', '1')],
    asks: [level('100.02', '7'), level('100.03', '4')],
  });
  expect(ofKind(listened, 'book')).toMatchObject([
    { occurredAt: null, isSnapshot: true },
    { occurredAt: at(50) },
  ]);
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 1, snapshots: 1, refused: 0 });
});

test('changes before a snapshot are ignored, and ask for one when it does not come', () => {
  const listened = read(listenExchange(), [l2update(0, [['buy', '100', '1']])]);
  expect(countsOf(listened)).toMatchObject({ bookBeforeSnapshot: 1, bookUpdates: 0 });
  listened.reader.tick(at(10_000));
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: 'BTC-USD' }]);
});

test('no gap is ever claimed from the messages: they have no sequence', () => {
  const listened = read(listenExchange(), [
    snapshot(),
    l2update(500, [['buy', '100.01', '1']]),
    l2update(50, [['buy', '100.00', '3']]),
    l2update(9_000, [['buy', '100.01', '2']]),
  ]);
  expect(stateOf(listened)).toBe('live');
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, bookDisordered: 0, bookUpdates: 3 });
});

test('a book that crosses for less than a second is not shown meanwhile, and goes on', () => {
  const listened = read(listenExchange(), [
    snapshot(),
    l2update(100, [['buy', '100.02', '1']]),
    l2update(150, [['buy', '100.03', '1']]),
  ]);
  expect(stateOf(listened)).toBe('stale');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'crossed' }]);
  expect(ofKind(listened, 'book')).toHaveLength(2);
  read(listened, [
    l2update(900, [
      ['sell', '100.02', '0'],
      ['sell', '100.03', '0'],
      ['sell', '100.04', '1'],
    ]),
  ]);
  expect(stateOf(listened)).toBe('live');
  expect(levelsOf(listened).asks).toEqual([level('100.04', '1')]);
  expect(listened.needs).toEqual([]);
  expect(countsOf(listened)).toMatchObject({ bookLocked: 1, bookCrossed: 1 });
});

test.each([
  { what: 'crossed', bid: '100.03', by: 'a message', frames: [l2update(1_100, [['buy', '90', '1']])] },
  { what: 'equal', bid: '100.02', by: 'a message', frames: [l2update(1_100, [['buy', '90', '1']])] },
  { what: 'crossed', bid: '100.03', by: 'time alone', frames: [] },
  { what: 'equal', bid: '100.02', by: 'time alone', frames: [] },
])(
  'best prices that stay $what for a second are given up by $by, and a picture is asked for',
  ({ bid, frames }) => {
    const listened = read(listenExchange(), [snapshot(), l2update(100, [['buy', bid, '1']]), ...frames]);
    listened.reader.tick(at(1_099));
    if (frames.length === 0) expect(listened.needs).toEqual([]);
    listened.reader.tick(at(1_100));
    expect(stateOf(listened)).toBe('stale');
    expect(levelsOf(listened)).toEqual({ bids: [], asks: [] });
    expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: 'BTC-USD' }]);
    read(listened, [snapshot(1_200)]);
    expect(stateOf(listened)).toBe('live');
  },
);

test('a snapshot that is crossed is not shown', () => {
  const listened = read(listenExchange(), [snapshot(0, 'BTC-USD', [['101', '1']], ASKS)]);
  expect(stateOf(listened)).toBe('unproven');
  expect(countsOf(listened)).toMatchObject({ bookCrossed: 1, snapshots: 0 });
  expect(listened.needs).toHaveLength(1);
});

test.each(['ErrSlowConsume', 'ErrSlowRead', 'Message too big'])(
  'the error %s means lost messages: every book is doubted and the connection given up',
  (text) => {
    const listened = listenExchange({ instruments: [BTC, ETH] });
    listened.reader.changeConnection(opened(listened.reader, 'a'));
    read(
      listened,
      [snapshot(), snapshot(0, 'ETH-USD'), message('error', { message: text })].map((one) => ({
        ...one,
        connection: 'a',
      })),
    );
    expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['stale', 'stale']);
    expect(listened.needs.at(-1)).toMatchObject({ kind: 'reconnect', connection: 'a', why: text });
    expect(listened.reader.frames.venueErrors).toBe(1);
  },
);

test('another error is counted and changes nothing', () => {
  const listened = read(listenExchange(), [snapshot(), exchangeFrame('error', EXCHANGE.error)]);
  expect(stateOf(listened)).toBe('live');
  expect(listened.notes).toEqual([{ kind: 'venue_error', detail: 'Failed to subscribe: ...' }]);
  expect(listened.needs).toEqual([]);
});

test('heartbeats that stop for ten seconds make the book doubtful, once', () => {
  const listened = read(listenExchange(), [snapshot(), heartbeat(5, 1_000)]);
  for (const ms of [11_000, 11_001, 12_000]) listened.reader.tick(at(ms));
  expect(stateOf(listened)).toBe('stale');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'gap', detail: 'no heartbeat for 10 s' }]);
  expect(listened.needs).toHaveLength(1);
  expect(countsOf(listened).bookGaps).toBe(1);
});

test.each([
  { sent: [1_000, 2_000, 3_000], state: 'live', why: 'none is missing' },
  { sent: [1_000, 4_000], state: 'live', why: 'two that are missing may be late, or lost alone' },
  { sent: [1_000, 5_000], state: 'stale', why: 'three seconds of the product were left out' },
])('a book after heartbeats of $sent is $state: $why', ({ sent, state }) => {
  const listened = read(listenExchange(), [snapshot(), ...sent.map((ms) => heartbeat(5, ms))]);
  expect(stateOf(listened)).toBe(state);
  const detail = 'no heartbeat of 4 s came';
  const doubts = state === 'live' ? [] : [{ doubt: 'gap', detail }];
  expect(ofKind(listened, 'book_doubted')).toMatchObject(doubts);
  expect([listened.needs.length, countsOf(listened).bookGaps]).toEqual([doubts.length, doubts.length]);
});

test('heartbeats that come late and together were not left out', () => {
  const late = [1_000, 2_000, 3_000, 4_000, 5_000].map((ms) => ({
    ...heartbeat(5, ms),
    receivedAt: at(ms === 1_000 ? 1_000 : 5_000),
  }));
  const listened = read(listenExchange(), [snapshot(), ...late]);
  expect(stateOf(listened)).toBe('live');
});

test('without heartbeats their silence means nothing', () => {
  const listened = read(listenExchange(), [snapshot()]);
  listened.reader.tick(at(3_600_000));
  expect(stateOf(listened)).toBe('live');
});

test('a heartbeat ahead of the trades is proven right by the next one: trades are lost, told once', () => {
  const listened = read(listenExchange(), [
    match(7, 500, {}, 'last_match'),
    heartbeat(9, 1_000),
    heartbeat(9, 2_000),
    heartbeat(9, 3_000),
  ]);
  expect(ofKind(listened, 'trades_lost')).toEqual([
    {
      kind: 'trades_lost',
      instrumentId: BTC.id,
      flag: 'gap',
      detail: 'the heartbeat announced trade 9, the newest that came is 7',
    },
  ]);
});

test('a match that comes a moment after the heartbeat that announces it is not lost', () => {
  const listened = read(listenExchange(), [
    match(7, 500, {}, 'last_match'),
    heartbeat(8, 1_000),
    match(8, 1_010),
    heartbeat(8, 2_000),
  ]);
  expect(ofKind(listened, 'trades_lost')).toEqual([]);
});

test('a heartbeat before any trade of the connection proves nothing', () => {
  const listened = read(listenExchange(), [heartbeat(8, 1_000), heartbeat(8, 2_000)]);
  expect(ofKind(listened, 'trades_lost')).toEqual([]);
});

test('the maker’s side is documented: a taker bought from a maker who sold', () => {
  const listened = read(listenExchange(), [match(1), match(2, 2, { side: 'buy' })]);
  expect(ofKind(listened, 'trade')).toEqual([
    {
      kind: 'trade',
      instrumentId: BTC.id,
      price: level('100.01', '0').price,
      quantity: level('0', '0.5').quantity,
      aggressor: 'buy',
      trades: 1,
      firstTradeId: 1,
      lastTradeId: 1,
      occurredAt: at(1),
    },
    expect.objectContaining({ aggressor: 'sell', firstTradeId: 2 }),
  ]);
});

test('last_match is history; ids are consecutive, so a jump tells what is missing', () => {
  const listened = read(listenExchange(), [
    match(7, 1, {}, 'last_match'),
    match(8, 2),
    match(12, 3),
    match(12, 3),
  ]);
  expect(listened.updates.map(({ kind }) => kind)).toEqual(['trade', 'trades_lost', 'trade']);
  expect(countsOf(listened)).toMatchObject({
    trades: 3,
    tradesFromHistory: 1,
    tradeGaps: 1,
    tradesMissing: 3,
    tradesRepeated: 1,
  });
});

test('what a second connection tells as history is left to the one that carries the product: there it is still to come', () => {
  const on = (connection: string) => (frame: Frame) => ({ ...frame, connection });
  const [a, b] = [on('a'), on('b')];
  const listened = read(listenExchange(), [
    a(snapshot()),
    a(match(6, 1)),
    b(match(7, 2, {}, 'last_match')),
    a(match(7, 3)),
  ]);
  expect(ofKind(listened, 'trade').map(({ lastTradeId }) => lastTradeId)).toEqual([6, 7]);
  expect(countsOf(listened)).toMatchObject({ trades: 2, tradesFromHistory: 0, tradesRepeated: 0 });
});

test.each([
  { what: 'a size of zero', body: { size: '0' } },
  { what: 'a price that is none', body: { price: '-1' } },
])('a match with $what is refused', ({ body }) => {
  const listened = read(listenExchange(), [match(1, 1, body)]);
  expect(listened.updates).toMatchObject([{ kind: 'trades_lost', flag: 'refused' }]);
  expect(countsOf(listened).refused).toBe(1);
});

test.each([
  {
    what: 'a match without an id',
    frame: match(1, 1, { trade_id: '1' }),
    kinds: ['trades_lost'],
    field: 'trade_id',
  },
  {
    what: 'a change of an unknown side',
    frame: l2update(1, [['bid', '1', '1']]),
    kinds: ['book_doubted'],
    field: 'changes.0.0',
  },
  {
    what: 'a size that is no number',
    frame: l2update(1, [['buy', '1', 'NaN']]),
    kinds: ['book_doubted'],
    field: 'size at 1',
  },
  {
    what: 'a negative size',
    frame: l2update(1, [['buy', '1', '-0.1']]),
    kinds: ['book_doubted'],
    field: 'size at 1',
  },
  {
    what: 'a snapshot without asks',
    frame: message('snapshot', { product_id: 'BTC-USD', bids: [] }),
    kinds: ['book_doubted'],
    field: 'asks',
  },
  {
    what: 'a heartbeat without ids',
    frame: message('heartbeat', { product_id: 'BTC-USD' }),
    kinds: [],
    field: 'last_trade_id',
  },
  { what: 'a ticker without a product', frame: message('ticker', {}), kinds: [], field: 'product_id' },
  { what: 'a status without products', frame: message('status', {}), kinds: [], field: 'products' },
  {
    what: 'a type that is no text',
    frame: exchangeFrame('x', '{"type":5}'),
    kinds: ['book_doubted'],
    field: 'type',
  },
  {
    what: 'half a message',
    frame: exchangeFrame('l2update', '{"type":"l2up'),
    kinds: ['book_doubted'],
    field: 'not JSON',
  },
])(
  '$what is put aside with its field named, and what it may have carried is doubted',
  ({ frame, kinds, field }) => {
    const listened = read(listenExchange(), [snapshot()]);
    listened.updates.length = 0;
    read(listened, [frame]);
    expect(listened.updates.map(({ kind }) => kind)).toEqual(kinds);
    expect(listened.notes[0]?.detail).toContain(field);
    expect(accounted(listened.reader)).toBe(2);
  },
);

test.each(['0001-01-01T00:00:00.000000Z', 'never'])(
  'changes of the time %s are read without a time',
  (time) => {
    const listened = read(listenExchange(), [
      snapshot(),
      message('l2update', { product_id: 'BTC-USD', time, changes: [['buy', '100.01', '1']] }),
    ]);
    expect(ofKind(listened, 'book').at(-1)).toMatchObject({ occurredAt: null });
  },
);

test('the ticker’s best prices are held against the book', () => {
  const listened = read(listenExchange(), [
    ticker('100.00', '100.02'),
    snapshot(),
    ticker('100.00', '100.02'),
    ticker('99.99', '100.02'),
    message('ticker', { product_id: 'BTC-USD' }),
  ]);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 2, touchAgreed: 1 });
});

test('a status message brings rules, and closes what is not online', () => {
  const product = { ...EXCHANGE_PRODUCT, min_market_funds: '1', status: 'delisted' };
  const listened = read(listenExchange(), [message('status', { products: [product], currencies: [] })]);
  expect(ofKind(listened, 'instrument')).toMatchObject([
    { tradable: false, instrument: { symbol: 'BTC-USD' } },
  ]);
});

test('messages about BTC-USD show BTC-USDC', () => {
  const listened = read(listenExchange({ instruments: [BTC_USDC] }), [snapshot()]);
  expect(stateOf(listened, BTC_USDC)).toBe('live');
});

test('kinds of the keyed channels are known, others are not', () => {
  const { reader } = read(listenExchange(), [
    message('received', {}),
    message('done', {}),
    message('auction', {}),
  ]);
  expect([...reader.messages.keys()]).toEqual(['received', 'done']);
  expect([...reader.unknown.keys()]).toEqual(['auction']);
});

test('every sample message is read', () => {
  const listened = listenExchange();
  for (const [name, raw] of Object.entries(EXCHANGE)) read(listened, [exchangeFrame(name, raw)]);
  expect(listened.reader.frames).toEqual({ frames: 7, malformed: 0, venueErrors: 1, unfollowed: 0 });
  expect(stateOf(listened)).toBe('live');
  expect(ofKind(listened, 'trade')).toMatchObject([{ firstTradeId: 995_098_700, aggressor: 'buy' }]);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 1, touchAgreed: 1, bookUpdates: 1 });
});

test('a product list brings rules and names; one product brings its rules', () => {
  const listened = listenExchange({ instruments: [], symbols: ['BTC-USD'] });
  const list = [EXCHANGE_PRODUCT, { ...EXCHANGE_PRODUCT, id: 'ETH-USD' }];
  read(listened, [exchangeFrame('rest:products', JSON.stringify(list))]);
  expect(listened.reader.instruments()).toMatchObject([{ symbol: 'BTC-USD', tickSize: BTC.tickSize }]);
  expect([...listened.reader.listed]).toEqual(['BTC-USD', 'ETH-USD']);
  read(listened, [exchangeFrame('rest:product', JSON.stringify({ ...EXCHANGE_PRODUCT, post_only: true }))]);
  expect(ofKind(listened, 'instrument').map(({ tradable }) => tradable)).toEqual([true, false]);
});

test('a polled book is whole and live at once; polled trades begin with their history', () => {
  const listened = read(listenExchange(), [
    restBook(),
    restTrades([2, 1]),
    restTrades([3, 2], 5_000),
    restBook([['99', '1']], undefined, 5_000),
  ]);
  expect(levelsOf(listened).bids).toEqual([level('99', '1')]);
  expect(bookOf(listened)?.isComplete('bids', 1)).toBe(true);
  expect(ofKind(listened, 'trade').map(({ firstTradeId }) => firstTradeId)).toEqual([3]);
  listened.reader.tick(at(20_001));
  expect(stateOf(listened)).toBe('stale');
});

test('a picture by REST on the socket’s connection is a witness: what twice contradicts a silent stream proves a loss', () => {
  const listened = listenExchange();
  const picture = (ms: number) =>
    restBook(
      [
        ['100.00', '1'],
        ['99.99', '5'],
      ],
      undefined,
      ms,
      'a',
    );
  read(listened, [{ ...snapshot(), connection: 'a' }, picture(1_000), picture(301_000)]);
  expect(stateOf(listened)).toBe('stale');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([
    {
      doubt: 'gap',
      detail: 'two pictures show 500000000 lots at 9999000 ticks of the bids, the book 200000000',
    },
  ]);
  expect(countsOf(listened)).toMatchObject({ snapshotsUnneeded: 2, bookGaps: 1 });
});

test('a new picture in the stream clears all suspicion', () => {
  const listened = listenExchange();
  const picture = (ms: number) =>
    restBook(
      [
        ['100.00', '1'],
        ['99.99', '5'],
      ],
      undefined,
      ms,
      'a',
    );
  const begin = (ms: number) => ({ ...snapshot(ms), connection: 'a' });
  read(listened, [begin(0), picture(1_000), begin(2_000), picture(301_000)]);
  expect(stateOf(listened)).toBe('live');
});

test('a witness proves nothing of a level of which the stream spoke between two pictures', () => {
  const listened = listenExchange();
  const picture = (ms: number) =>
    restBook(
      [
        ['100.00', '1'],
        ['99.99', '5'],
      ],
      undefined,
      ms,
      'a',
    );
  const spoken = { ...l2update(150_000, [['buy', '99.99', '2']]), connection: 'a' };
  read(listened, [{ ...snapshot(), connection: 'a' }, picture(1_000), spoken, picture(301_000)]);
  expect(stateOf(listened)).toBe('live');
});

test.each([
  { body: '{"message":"NotFound"}', counted: 'venueErrors' },
  { body: '[[1790000000,1,2,1,2,3]]', counted: 'rest:candles' },
  { body: '{"iso":"2026-09-21T14:13:20Z","epoch":1790000000.123}', counted: 'rest:time' },
  { body: '{"bids":[["1",2,1]],"asks":[]}', counted: 'malformed' },
  { body: '[{"trade_id":"1"}]', counted: 'malformed' },
  { body: '5', counted: 'malformed' },
  { body: '{"news":1}', counted: 'unknown' },
])('an answer of $body is counted as $counted', ({ body, counted }) => {
  const { reader } = read(listenExchange(), [{ ...restBook(), raw: body }]);
  const seen = [
    ...(reader.frames.malformed > 0 ? ['malformed'] : []),
    ...(reader.frames.venueErrors > 0 ? ['venueErrors'] : []),
    ...reader.messages.keys(),
    ...(reader.unknown.size > 0 ? ['unknown'] : []),
  ];
  expect(seen).toEqual([counted]);
});

test('a book whose request names no product belongs to nobody', () => {
  const { reader } = read(listenExchange(), [
    { ...restBook(), channel: 'rest', url: 'https://venue.example/' },
  ]);
  expect(reader.frames.malformed).toBe(1);
});
