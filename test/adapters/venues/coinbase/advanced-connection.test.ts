import { expect, test } from 'vitest';
import { level } from '../../../core/market/samples.ts';
import {
  advancedFrame,
  heartbeat,
  l2,
  message,
  on,
  productBook,
  snapshot,
  ticker,
  trades,
} from './advanced-frames.ts';
import {
  accounted,
  at,
  BTC,
  BTC_USDC,
  bookOf,
  countsOf,
  ETH,
  levelsOf,
  listenAdvanced,
  ofKind,
  opened,
  product,
  read,
  stateOf,
} from './listen.ts';
import { ADVANCED, ADVANCED_PRODUCT } from './samples.ts';

const ACK = message('subscriptions', 0, [{ subscriptions: { level2: ['BTC-USD'] } }]);
/** The check table's connection up to its live book. */
const LIVE = [ACK, heartbeat(1), snapshot(2)];
const APPLIED = [...LIVE, heartbeat(3), l2('update', 4, [['100.01', '5']])];

test.each([
  {
    row: 'seq 0 subscriptions, seq 1 heartbeat, seq 2 snapshot: live',
    frames: LIVE,
    state: 'live',
    bid: '100',
  },
  { row: 'seq 3 heartbeat, seq 4 update: applied', frames: APPLIED, state: 'live', bid: '100.01' },
  {
    row: 'seq 6 update with 5 missing: every book is stale',
    frames: [...APPLIED, l2('update', 6, [['100.01', '6']])],
    state: 'stale',
    counts: { bookGaps: 1, bookUpdates: 1, bookBeforeSnapshot: 1 },
  },
  {
    row: 'seq 4 again: dropped',
    frames: [...APPLIED, l2('update', 4, [['100.01', '9']])],
    state: 'live',
    bid: '100.01',
    counts: { bookRepeated: 1, bookUpdates: 1 },
  },
  {
    row: 'seq 2 after seq 4, sent before it: dropped as late',
    frames: [...APPLIED, l2('update', 2, [['100.01', '9']])],
    state: 'live',
    bid: '100.01',
    counts: { bookDisordered: 1, bookUpdates: 1 },
  },
  {
    row: 'an update without a snapshot: ignored',
    frames: [ACK, l2('update', 1, [['100.01', '5']])],
    state: 'unproven',
    counts: { bookBeforeSnapshot: 1, bookUpdates: 0 },
  },
  {
    row: 'zero for an unknown price: no effect, no error',
    frames: [...LIVE, l2('update', 3, [['98.00', '0.00000000']], [['105.00', '0']])],
    state: 'live',
    bid: '100',
    counts: { bookUpdates: 1, refused: 0 },
  },
])('$row', ({ frames, state, bid, counts = {} }) => {
  const listened = read(listenAdvanced(), frames);
  expect(stateOf(listened)).toBe(state);
  if (bid !== undefined) expect(bookOf(listened)?.levels('bids', 1)[0]?.price).toBe(level(bid, '1').price);
  expect(countsOf(listened)).toMatchObject(counts);
  expect(accounted(listened.reader)).toBe(frames.length);
});

test('levels are absolute: set, replaced and removed; a picture replaces all of them', () => {
  const listened = read(listenAdvanced(), [
    ...LIVE,
    l2(
      'update',
      3,
      [
        ['100.01', '5.5'],
        ['99.99', '0.00000000'],
      ],
      [['100.02', '7']],
    ),
  ]);
  expect(levelsOf(listened)).toEqual({
    bids: [level('100.01', '5.5'), level('100', '1')],
    asks: [level('100.02', '7'), level('100.03', '4')],
  });
  read(listened, [snapshot(4)]);
  expect(levelsOf(listened)).toEqual({
    bids: [level('100', '1'), level('99.99', '2')],
    asks: [level('100.02', '3'), level('100.03', '4')],
  });
  expect(countsOf(listened).snapshots).toBe(2);
});

test('an empty picture is a picture: a new or halted product has no orders', () => {
  const listened = read(listenAdvanced(), [ACK, l2('snapshot', 1)]);
  expect(stateOf(listened)).toBe('live');
  expect(levelsOf(listened)).toEqual({ bids: [], asks: [] });
  expect(bookOf(listened)?.isComplete('bids', 5)).toBe(true);
});

test('a picture, or a change, with more levels than a market has is refused and another picture asked for', () => {
  const deep = Array.from({ length: 200_000 }, (_, n) => [`${n + 1}`, '1'] as const);
  const listened = read(listenAdvanced(), [ACK, l2('snapshot', 1, deep)]);
  expect([stateOf(listened), listened.needs]).toEqual(['live', []]);
  read(listened, [l2('update', 2, [['200001', '1']])]);
  expect([stateOf(listened), listened.needs.length, countsOf(listened).refused]).toEqual(['stale', 1, 1]);
  read(listened, [l2('snapshot', 3, [...deep, ['200001', '1']])]);
  expect([stateOf(listened), countsOf(listened).refused]).toEqual(['stale', 2]);
  read(listened, [snapshot(4)]);
  expect(stateOf(listened)).toBe('live');
});

test('the book carries the sequence and the time of the envelope, whatever the levels say', () => {
  const raw = snapshot(5).raw.replaceAll(/"event_time":"[^"]+"/g, '"event_time":"1970-01-01T00:00:00Z"');
  const listened = read(listenAdvanced(), [advancedFrame('l2_data', raw)]);
  expect(ofKind(listened, 'book')).toMatchObject([
    { occurredAt: at(5), isSnapshot: true, book: { sequence: 5 } },
  ]);
});

test.each(['0001-01-01T00:00:00.000000Z', '1970-01-01T00:00:00Z', 'yesterday'])(
  'a message of the time %s is read without a time',
  (time) => {
    const raw = snapshot(1).raw.replace(/"timestamp":"[^"]+"/, `"timestamp":"${time}"`);
    const listened = read(listenAdvanced(), [advancedFrame('l2_data', raw)]);
    expect(ofKind(listened, 'book')).toMatchObject([{ occurredAt: null }]);
    expect(stateOf(listened)).toBe('live');
  },
);

test('a gap asks once for each book of the connection, and each heals with its own picture on the running sequence', () => {
  const listened = listenAdvanced({ instruments: [BTC, ETH] });
  read(listened, [ACK, snapshot(1), snapshot(2, 'ETH-USD'), heartbeat(5), l2('update', 6), heartbeat(7)]);
  expect(ofKind(listened, 'book_doubted').map(({ instrumentId, doubt }) => [instrumentId, doubt])).toEqual([
    [BTC.id, 'gap'],
    [ETH.id, 'gap'],
  ]);
  expect(listened.needs).toMatchObject([
    { kind: 'snapshot', symbol: 'BTC-USD', why: '2 frames missing between 2 and 5' },
    { kind: 'snapshot', symbol: 'ETH-USD' },
  ]);
  read(listened, [snapshot(8), l2('update', 9, [['100.01', '1']])]);
  expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['live', 'stale']);
  read(listened, [snapshot(10, 'ETH-USD')]);
  expect(stateOf(listened, ETH)).toBe('live');
  expect(listened.needs).toHaveLength(2);
});

test('a second gap while the pictures are awaited is counted and asks nobody again', () => {
  const listened = read(listenAdvanced(), [...LIVE, heartbeat(5), heartbeat(9), l2('update', 12)]);
  expect(countsOf(listened).bookGaps).toBe(3);
  expect(listened.needs).toHaveLength(1);
});

test('refused changes while a picture is awaited ask nobody again', () => {
  const bad = (sequence: number) => l2('update', sequence, [['100', 'NaN']], [], 'BTC-USD', sequence * 1_000);
  const listened = read(listenAdvanced(), [...LIVE, bad(3), bad(4), bad(5), bad(6)]);
  expect(countsOf(listened).refused).toBe(4);
  expect(listened.needs).toHaveLength(1);
});

test('pictures that come and cannot be used are asked for ever more slowly, and are no fault of the connection', () => {
  const bad = (sequence: number, second: number) =>
    l2('snapshot', sequence, [['100', 'NaN']], [], 'BTC-USD', second * 1_000);
  const listened = read(listenAdvanced(), [bad(0, 0)]);
  for (let second = 1, told = 1; second <= 200; second += 1) {
    if (listened.needs.length === told) read(listened, [bad(told++, second)]);
    listened.reader.tick(at(second * 1_000));
  }
  expect(listened.needs.map(({ kind }) => kind)).toEqual(Array(11).fill('snapshot')); // at 0 1 3 7 11 15 19 27 43 75 139 s
});

test('a book that stood for a minute is asked for at once when it is doubted again, whatever was before', () => {
  const gapAt = (sequence: number, second: number) => heartbeat(sequence, second * 1_000);
  const pictureAt = (sequence: number, second: number) =>
    l2('snapshot', sequence, [['100', '1']], [], 'BTC-USD', second * 1_000);
  const listened = listenAdvanced();
  // Doubted as soon as it is proven, ten times: the eleventh question waits for 64 s.
  let second = 0;
  for (let n = 1; n <= 10; n += 1) {
    read(listened, [pictureAt(10 * n, second), gapAt(10 * n + 5, second)]);
    while (listened.needs.length < n) listened.reader.tick(at(++second * 1_000));
  }
  expect(second).toBe(75);
  read(listened, [pictureAt(200, 76), gapAt(205, 135)]);
  expect(listened.needs).toHaveLength(10);
  listened.reader.tick(at(139_000));
  expect(listened.needs).toHaveLength(11);
  read(listened, [pictureAt(210, 140), gapAt(215, 200)]);
  expect(listened.needs).toHaveLength(12);
});

test('a picture that does not come is asked for again after 10, 20 and 40 s, and then the connection is given up', () => {
  const listened = read(listenAdvanced(), [...LIVE, heartbeat(5)]);
  const asked: number[] = [];
  for (let second = 0; second <= 80; second += 1) {
    const before = listened.needs.length;
    listened.reader.tick(at(5 + second * 1_000));
    if (listened.needs.length > before) asked.push(second);
  }
  expect(asked).toEqual([10, 30, 70]);
  expect(listened.needs.map(({ kind }) => kind)).toEqual([
    'snapshot',
    'snapshot',
    'snapshot',
    'reconnect',
    'snapshot',
  ]);
});

test('changes that come without a picture ask for one after three seconds', () => {
  const listened = read(listenAdvanced(), [ACK, l2('update', 1)]);
  listened.reader.tick(at(3_000));
  expect(listened.needs).toEqual([]);
  listened.reader.tick(at(3_001));
  expect(listened.needs).toMatchObject([{ symbol: 'BTC-USD', why: 'changes came without a picture' }]);
});

test('the sequence counts frames of every kind, those of unknown ones and of other products too', () => {
  const listened = read(listenAdvanced(), [
    ...LIVE,
    message('candles', 3, []),
    message('novelties', 4, [{}]),
    snapshot(5, 'DOGE-USD'),
    message('status', 6, []),
    l2('update', 7, [['100.01', '1']]),
  ]);
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, bookUpdates: 1 });
  expect(listened.reader.unknown).toEqual(new Map([['novelties', 1]]));
  expect(listened.reader.frames).toEqual({ frames: 8, malformed: 0, venueErrors: 0, unfollowed: 1 });
});

test('a frame that cannot be read is lost to every book, once: its missing number doubts nothing more', () => {
  const listened = listenAdvanced({ instruments: [BTC, ETH] });
  read(listened, [ACK, snapshot(1), snapshot(2, 'ETH-USD')]);
  read(listened, [advancedFrame('l2_data', l2('update', 3).raw.slice(0, 90)), heartbeat(4)]);
  expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['stale', 'stale']);
  expect(ofKind(listened, 'book_doubted').map(({ doubt }) => doubt)).toEqual(['refused', 'refused']);
  expect(countsOf(listened).bookGaps).toBe(0);
  expect(listened.reader.frames.malformed).toBe(1);
});

test('a younger frame with an older number is a connection that nobody told of: books wait for its pictures', () => {
  const listened = read(listenAdvanced(), [...APPLIED, message('subscriptions', 0, [], 60)]);
  expect(stateOf(listened)).toBe('stale');
  read(listened, [l2('snapshot', 1, [['100', '1']], [], 'BTC-USD', 61)]);
  expect(stateOf(listened)).toBe('live');
});

test('an older number at the same moment is a frame that came late', () => {
  const listened = read(listenAdvanced(), [
    ...LIVE,
    heartbeat(4, 9),
    l2('snapshot', 5, [], [], 'BTC-USD', 9),
  ]);
  read(listened, [message('candles', 3, [], 9)]);
  expect(stateOf(listened)).toBe('live');
  expect(listened.reader.messages.get('candles')).toBe(1);
});

test('a new connection counts from its own first number', () => {
  const listened = listenAdvanced();
  listened.reader.changeConnection(opened(listened.reader, 'a'));
  read(
    listened,
    LIVE.map((one) => on('a', one)),
  );
  listened.reader.changeConnection({ ...opened(listened.reader, 'a', 9), change: 'lost' });
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'disconnected' }]);
  listened.reader.changeConnection(opened(listened.reader, 'b', 10));
  read(listened, [on('b', heartbeat(0)), on('b', snapshot(1))]);
  expect(stateOf(listened)).toBe('live');
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, snapshots: 2 });
});

test('a book that crosses while nothing is missing is wrong at once; one that locks is what the venue said', () => {
  const listened = read(listenAdvanced(), [...LIVE, l2('update', 3, [['100.02', '1']])]);
  expect(stateOf(listened)).toBe('live');
  expect(countsOf(listened)).toMatchObject({ bookLocked: 1, bookCrossed: 0 });
  read(listened, [l2('update', 4, [['100.03', '1']])]);
  expect(stateOf(listened)).toBe('stale');
  expect(levelsOf(listened)).toEqual({ bids: [], asks: [] });
  expect(countsOf(listened)).toMatchObject({ bookLocked: 1, bookCrossed: 1 });
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'crossed' }]);
  expect(listened.needs).toHaveLength(1);
});

test('a picture that is crossed itself proves nothing, and is asked for ever more slowly', () => {
  const crossed = (sequence: number, second: number) =>
    l2('snapshot', sequence, [['101', '1']], [['100', '1']], 'BTC-USD', second * 1_000);
  const listened = read(listenAdvanced(), [crossed(0, 0)]);
  const asked = [0];
  for (let second = 1; second <= 70; second += 1) {
    // The venue answers a question within the second.
    if (listened.needs.length === asked.length) read(listened, [crossed(asked.length, second)]);
    listened.reader.tick(at(second * 1_000));
    if (listened.needs.length > asked.length) asked.push(second);
  }
  expect(asked).toEqual([0, 1, 3, 7, 11, 15, 19, 27, 43]);
  expect(stateOf(listened)).toBe('unproven');
  expect(countsOf(listened)).toMatchObject({ bookCrossed: 10, snapshots: 0 });
});

test.each([
  { what: 'a size that is no number', bids: [['100.00', 'NaN']] as const, field: 'size at 100.00' },
  { what: 'a negative size', bids: [['100.00', '-1']] as const, field: 'size at 100.00' },
  {
    what: 'a size finer than can be counted',
    bids: [['100.00', '0.000000001']] as const,
    field: 'size at 100.00',
  },
  { what: 'a price of zero', bids: [['0.00', '1']] as const, field: 'price' },
  {
    what: 'a price finer than a thousandth of the tick',
    bids: [['100.000001', '1']] as const,
    field: 'price',
  },
])('$what is refused and makes the book unproven', ({ bids, field }) => {
  const listened = read(listenAdvanced(), [...LIVE, l2('update', 3, bids), heartbeat(4)]);
  expect(stateOf(listened)).toBe('stale');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'refused' }]);
  expect(countsOf(listened)).toMatchObject({ refused: 1, bookUpdates: 0 });
  expect(listened.notes[0]?.detail).toContain(`BTC-USD ${field}: `);
});

test('a price too far away to be counted is left out, and the side is not whole; a size too large is the largest', () => {
  const far = '100000000000000.00';
  const listened = read(listenAdvanced(), [
    ACK,
    l2(
      'snapshot',
      1,
      [['100', '9999999999999']],
      [
        ['100.02', '3'],
        [far, '1'],
      ],
    ),
  ]);
  expect(levelsOf(listened)).toEqual({
    bids: [level('100', '90071992.54740991')],
    asks: [level('100.02', '3')],
  });
  expect(bookOf(listened)?.isComplete('bids', 5)).toBe(true);
  expect(bookOf(listened)?.isComplete('asks', 5)).toBe(false);
});

test.each([
  {
    what: 'a side that is not offer',
    change: ['"side":"bid"', '"side":"ask"'],
    field: 'events.0.updates.0.side',
  },
  { what: 'a size as a number', change: ['"new_quantity":"1"', '"new_quantity":1'], field: 'new_quantity' },
  { what: 'an unknown type', change: ['"type":"update"', '"type":"delta"'], field: 'events.0.type' },
] as const)(
  'a change with $what is malformed and lost to its product alone',
  ({ change: [from, to], field }) => {
    const listened = listenAdvanced({ instruments: [BTC, ETH] });
    read(listened, [ACK, snapshot(1), snapshot(2, 'ETH-USD')]);
    const raw = l2('update', 3, [['100', '1']]).raw.replace(from, to);
    read(listened, [advancedFrame('l2_data', raw)]);
    expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['stale', 'live']);
    expect(listened.reader.frames.malformed).toBe(1);
    expect(listened.notes[0]?.detail).toContain(field);
    expect(accounted(listened.reader)).toBe(4);
  },
);

test('a malformed change that names no product is lost to all', () => {
  const listened = listenAdvanced({ instruments: [BTC, ETH] });
  read(listened, [ACK, snapshot(1), snapshot(2, 'ETH-USD'), message('l2_data', 3, [{ type: 'update' }])]);
  expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['stale', 'stale']);
});

test('a message about two products changes both books and is counted once', () => {
  const event = (product_id: string) => ({
    type: 'update',
    product_id,
    updates: [{ side: 'bid', event_time: '', price_level: '100.01', new_quantity: '1' }],
  });
  const listened = listenAdvanced({ instruments: [BTC, ETH] });
  read(listened, [ACK, snapshot(1), snapshot(2, 'ETH-USD')]);
  read(listened, [message('l2_data', 3, [event('BTC-USD'), event('ETH-USD')])]);
  expect([countsOf(listened, BTC).bookUpdates, countsOf(listened, ETH).bookUpdates]).toEqual([1, 1]);
  expect(listened.reader.messages.get('l2_data')).toBe(3);
  expect([...listened.reader.followed()].map(({ messages }) => messages.get('l2_data'))).toEqual([2, 2]);
});

test('messages about BTC-USD show BTC-USDC, alone or beside it', () => {
  const alone = listenAdvanced({ instruments: [BTC_USDC] });
  read(alone, [...APPLIED, trades('update', 5, [{ id: 7 }])]);
  expect(bookOf(alone, BTC_USDC)?.levels('bids', 1)).toEqual([level('100.01', '5')]);
  expect(ofKind(alone, 'trade')).toMatchObject([{ instrumentId: BTC_USDC.id }]);
  expect(accounted(alone.reader)).toBe(6);
  const both = read(listenAdvanced({ instruments: [BTC, BTC_USDC] }), [...APPLIED, heartbeat(7)]);
  expect([stateOf(both, BTC), stateOf(both, BTC_USDC)]).toEqual(['stale', 'stale']);
  expect(both.needs.map(({ symbol }) => symbol)).toEqual(['BTC-USD', 'BTC-USDC']);
  expect(both.reader.messages.get('l2_data')).toBe(2);
});

test('a reader that follows whatever it meets shows each product by itself', () => {
  const listened = read(listenAdvanced({ instruments: [], rulesOfAny: product }), APPLIED);
  expect([...listened.reader.quality().keys()]).toEqual([BTC.id]);
});

const SEEN = [
  { id: 103, side: 'SELL', price: '100.03', ms: 30 },
  { id: 101, side: 'BUY', price: '100.01', ms: 10 },
  { id: 102, side: 'SELL', price: '100.02', size: '0.25', ms: 20 },
];

test('trades come oldest first, and the taker stands opposite the side that the venue names', () => {
  const listened = read(listenAdvanced(), [trades('update', 0, SEEN)]);
  expect(ofKind(listened, 'trade')).toEqual([
    {
      kind: 'trade',
      instrumentId: BTC.id,
      price: level('100.01', '0').price,
      quantity: level('0', '0.5').quantity,
      aggressor: 'sell',
      trades: 1,
      firstTradeId: 101,
      lastTradeId: 101,
      occurredAt: at(10),
    },
    expect.objectContaining({ firstTradeId: 102, aggressor: 'buy', quantity: level('0', '0.25').quantity }),
    expect.objectContaining({ firstTradeId: 103, aggressor: 'buy', occurredAt: at(30) }),
  ]);
});

test('the side is the taker’s where it is configured so', () => {
  const listened = read(listenAdvanced({ instruments: [BTC], tradeSide: 'taker' }), [
    trades('update', 0, SEEN),
  ]);
  expect(ofKind(listened, 'trade').map(({ aggressor }) => aggressor)).toEqual(['buy', 'sell', 'sell']);
});

test('the first trades are history: no prints, known when they are repeated, and counted', () => {
  const listened = read(listenAdvanced(), [
    trades('snapshot', 0, SEEN),
    trades('update', 1, [{ id: 104, ms: 40 }, ...SEEN]),
  ]);
  expect(ofKind(listened, 'trade').map(({ firstTradeId }) => firstTradeId)).toEqual([104]);
  expect(countsOf(listened)).toMatchObject({
    trades: 4,
    tradesFromHistory: 3,
    quantityFromHistory: 125_000_000n, // 0.5 + 0.5 + 0.25
    tradesRepeated: 3,
    tradesMissing: 0,
  });
});

test('a hole in the trade ids is told before the trade that shows it', () => {
  const listened = read(listenAdvanced(), [
    trades('update', 0, [{ id: 5, ms: 1 }]),
    trades('update', 1, [{ id: 9, ms: 2 }]),
  ]);
  expect(listened.updates.map(({ kind }) => kind)).toEqual(['trade', 'trades_lost', 'trade']);
  expect(countsOf(listened)).toMatchObject({ tradeGaps: 1, tradesMissing: 3 });
});

test('a trade without a usable time happened when the message was sent', () => {
  const raw = trades('update', 3, [{ id: 1 }]).raw.replace(/"time":"[^"]+"/, '"time":"0001-01-01T00:00:00Z"');
  expect(ofKind(read(listenAdvanced(), [advancedFrame('market_trades', raw)]), 'trade')).toMatchObject([
    { occurredAt: at(3) },
  ]);
});

test.each([
  { what: 'an id that is no number', trade: { id: 'e41c' }, field: 'trade_id' },
  { what: 'an id beyond 2^53', trade: { id: '9007199254740993' }, field: 'trade_id' },
  { what: 'a size of zero', trade: { id: 1, size: '0.00' }, field: 'size' },
  { what: 'a price that is none', trade: { id: 1, price: '' }, field: 'price' },
])('a trade with $what is refused: prints of that moment are not complete', ({ trade, field }) => {
  const listened = read(listenAdvanced(), [trades('update', 0, [trade, { id: 2 }])]);
  expect(ofKind(listened, 'trades_lost')).toMatchObject([{ flag: 'refused' }]);
  expect(ofKind(listened, 'trade')).toMatchObject([{ firstTradeId: 2 }]);
  expect(countsOf(listened).refused).toBe(1);
  expect(listened.notes[0]?.detail).toContain(`BTC-USD market_trades ${field}: `);
});

test('malformed trades are lost to the products that they name', () => {
  const listened = listenAdvanced({ instruments: [BTC, ETH] });
  read(listened, [trades('update', 0, [{ id: 1, side: 'UNKNOWN' }])]);
  expect(ofKind(listened, 'trades_lost')).toMatchObject([{ instrumentId: BTC.id, flag: 'refused' }]);
  expect(listened.reader.frames.malformed).toBe(1);
});

test('the ticker’s best prices are held against a live book; both move, so differences are only counted', () => {
  const listened = read(listenAdvanced(), [
    ticker(0, '100.00', '100.02'),
    snapshot(1),
    ticker(2, '100.00', '100.02'),
    ticker(3, '100.01', '100.02'),
    ticker(4, '', '100.02'),
    message('ticker_batch', 5, [{ tickers: [{ product_id: 'BTC-USD' }] }]),
  ]);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 3, touchAgreed: 1 });
  expect(stateOf(listened)).toBe('live');
});

test('a product that goes offline is closed, and opens when it comes back', () => {
  const status = (sequence: number, word: string) =>
    message('status', sequence, [{ products: [{ id: 'BTC-USD', status: word }] }]);
  const listened = read(listenAdvanced(), [
    status(0, 'online'),
    status(1, 'offline'),
    status(2, 'delisted'),
    status(3, 'online'),
  ]);
  expect(ofKind(listened, 'trading')).toEqual([
    { kind: 'trading', instrumentId: BTC.id, tradable: false, detail: "status 'offline'" },
    { kind: 'trading', instrumentId: BTC.id, tradable: true, detail: "status 'online'" },
  ]);
});

test('errors are counted with the venue’s words, shortened', () => {
  const long = JSON.stringify({ type: 'error', message: 'x'.repeat(5_000) });
  const listened = read(listenAdvanced(), [
    advancedFrame('error', ADVANCED.error),
    advancedFrame('error', long),
  ]);
  expect(listened.reader.frames.venueErrors).toBe(2);
  expect(listened.notes.map(({ detail }) => detail.length)).toEqual([22, 120]);
});

test('names of unknown messages do not fill the memory', () => {
  const listened = listenAdvanced();
  for (let n = 0; n < 500; n += 1) read(listened, [message(`new${n}`, n, [])]);
  expect(listened.reader.unknown.size).toBe(33);
  expect(accounted(listened.reader)).toBe(500);
});

test('every sample message is read', () => {
  const listened = listenAdvanced();
  for (const [name, raw] of Object.entries(ADVANCED)) read(listened, [advancedFrame(name, raw)]);
  expect(listened.reader.frames).toEqual({ frames: 8, malformed: 0, venueErrors: 1, unfollowed: 0 });
  expect([...listened.reader.messages.keys()]).toEqual([
    'subscriptions',
    'heartbeats',
    'l2_data',
    'market_trades',
    'ticker',
    'candles',
    'status',
  ]);
  expect(ofKind(listened, 'trade').map(({ firstTradeId, aggressor }) => [firstTradeId, aggressor])).toEqual([
    [995_098_700, 'sell'],
    [995_098_701, 'buy'],
  ]);
});

test('rules in other steps begin the book anew and ask for its picture', () => {
  const listened = listenAdvanced();
  read(listened, LIVE);
  const finer = { ...ADVANCED_PRODUCT, price_increment: '0.001' };
  read(listened, [advancedFrame('rest', JSON.stringify({ products: [finer] }))]);
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'refused' }]);
  expect(listened.needs).toMatchObject([
    { symbol: 'BTC-USD', why: 'the venue changed the tick or lot size' },
  ]);
  read(listened, [snapshot(3, 'BTC-USD', [['100.001', '1']])]);
  expect(bookOf(listened)?.levels('bids', 1)).toEqual([level('100.001', '1')]);
});

test('rules in other steps change nothing for a book that has not begun', () => {
  const listened = read(listenAdvanced(), [l2('update', 0)]);
  const finer = { ...ADVANCED_PRODUCT, price_increment: '0.001' };
  read(listened, [advancedFrame('rest', JSON.stringify({ products: [finer] })), snapshot(1)]);
  expect(listened.needs).toEqual([]);
  expect(ofKind(listened, 'book_doubted')).toEqual([]);
  expect(stateOf(listened)).toBe('live');
});

test('a symbol that is left is forgotten, and begins with nothing when it is followed again', () => {
  const listened = read(listenAdvanced(), LIVE);
  const change = { wire: 'coinbase-advanced', receivedAt: at(9), detail: '' } as const;
  listened.reader.changeFollowed({ ...change, follow: [], unfollow: ['BTC-USD'] });
  read(listened, [l2('update', 3), trades('update', 4, [{ id: 1 }])]);
  expect(listened.reader.frames.unfollowed).toBe(2);
  listened.reader.changeFollowed({ ...change, follow: ['BTC-USD'], unfollow: [] });
  read(listened, [advancedFrame('rest', JSON.stringify({ products: [ADVANCED_PRODUCT] })), l2('update', 5)]);
  expect(countsOf(listened).bookBeforeSnapshot).toBe(1);
});

test('a picture by REST on the socket’s connection continues no book', () => {
  const listened = listenAdvanced();
  read(listened, [on('a', heartbeat(0)), productBook([['100', '1']], [], 1, 250, 'a')]);
  expect(stateOf(listened)).toBe('unproven');
  read(listened, [on('a', snapshot(1)), productBook([['55', '1']], [], 2, 250, 'a')]);
  expect(bookOf(listened)?.bestBid).toBe(10_000_000); // 100 in steps of 0.00001
  expect(countsOf(listened)).toMatchObject({ snapshots: 1, snapshotsUnneeded: 1 });
});

const CANDLE = { start: '0', high: '1', low: '1', open: '1', close: '1', volume: '1', product_id: 'BTC-USD' };

test.each([
  { what: 'heartbeats', again: heartbeat(4), counts: { BTC: { bookRepeated: 1 }, ETH: { bookRepeated: 1 } } },
  {
    what: 'subscriptions',
    again: message('subscriptions', 4, [{ subscriptions: { level2: ['BTC-USD'] } }]),
    counts: { BTC: { bookRepeated: 1 }, ETH: { bookRepeated: 1 } },
  },
  {
    what: 'ticker',
    again: ticker(4, '100', '101'),
    counts: { BTC: { touchRepeated: 1, bookRepeated: 0 }, ETH: { touchRepeated: 0, bookRepeated: 0 } },
  },
  {
    what: 'candles',
    again: message('candles', 4, [{ type: 'update', candles: [CANDLE] }]),
    counts: { BTC: { bookRepeated: 1 }, ETH: { bookRepeated: 0 } },
  },
])(
  'a frame of $what that comes again is counted where it may belong, and doubts nothing',
  ({ again, counts }) => {
    const frames = [...LIVE, snapshot(3, 'ETH-USD'), again, again];
    const listened = read(listenAdvanced({ instruments: [BTC, ETH] }), frames);
    expect([countsOf(listened, BTC), countsOf(listened, ETH)]).toMatchObject([counts.BTC, counts.ETH]);
    expect([stateOf(listened, BTC), stateOf(listened, ETH)]).toEqual(['live', 'live']);
  },
);

test('frames that are lost, come again and come late before any book are counted at each instrument that is met soon after', () => {
  const early = [ACK, heartbeat(1), heartbeat(1), heartbeat(3), heartbeat(2)];
  const frames = [...early, snapshot(4), snapshot(5, 'ETH-USD')];
  const listened = read(listenAdvanced({ instruments: [BTC, ETH] }), frames);
  for (const one of [BTC, ETH])
    expect(countsOf(listened, one)).toMatchObject({ bookGaps: 1, bookRepeated: 1, bookDisordered: 1 });
});

test('a frame that is lost while a book waits for its picture is one more gap', () => {
  const listened = read(listenAdvanced(), [...LIVE, heartbeat(4), heartbeat(6), snapshot(7), heartbeat(8)]);
  expect(countsOf(listened)).toMatchObject({ bookGaps: 2, snapshots: 2 });
});
