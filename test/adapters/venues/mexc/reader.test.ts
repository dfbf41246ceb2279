import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { encodePush } from '../../../../adapters/venues/mexc/proto.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';
import {
  answeredTrades,
  at,
  BTC,
  binary,
  bookOf,
  countedFrames,
  countsOf,
  deals,
  depth,
  REST,
  read,
  type SampleDeal,
  snapshot,
  stateOf,
  text,
  tradesOf,
} from './frames.ts';
import {
  ACK_GOOD,
  ACK_REFUSED,
  DEPTH_FRAME,
  DEPTH_JSON,
  ERROR,
  KLINE_FRAME,
  KLINE_JSON,
  MINI_TICKER_JSON,
  PICTURE_JSON,
  PONG,
  SYMBOL_RULES,
  TOUCH_FRAME,
  TOUCH_JSON,
  TRADES_FRAME,
  TRADES_JSON,
  UNKNOWN_FRAME,
} from './samples.ts';

const channelOf = (json: string): string => JSON.parse(json).channel;
/** A snapshot that the diff of the samples continues, and whose best prices the ticker then repeats. */
const BEFORE = text(
  'rest:depth:BTCUSDT',
  '{"lastUpdateId":43296363235,"bids":[["64249.00","2"]],"asks":[["64250.01","0.4"],["64251.00","1"]]}',
);

test('binary frames and their JSON forms say the same', () => {
  const forms = read([
    BEFORE,
    text(channelOf(DEPTH_JSON), DEPTH_JSON),
    text(channelOf(TOUCH_JSON), TOUCH_JSON),
    text(channelOf(KLINE_JSON), KLINE_JSON),
  ]);
  const frames = read([
    BEFORE,
    binary(channelOf(DEPTH_JSON), DEPTH_FRAME),
    binary(channelOf(TOUCH_JSON), TOUCH_FRAME),
    binary(channelOf(KLINE_JSON), KLINE_FRAME),
  ]);
  expect(frames.updates.map(({ kind }) => kind)).toEqual(['book', 'touch']);
  expect(forms.updates).toEqual(frames.updates);
  expect(countsOf(forms)).toEqual(countsOf(frames));
  expect(countsOf(frames)).toMatchObject({ touchChecks: 1, touchAgreed: 1 });
  expect(stateOf(frames)).toBe('live 43296363255');
  expect(Object.fromEntries(frames.reader.messages)).toEqual({
    depth: 1,
    publicAggreDepths: 1,
    publicAggreBookTicker: 1,
    publicSpotKline: 1,
  });
});

test('a top-5 picture in its JSON form is a book', () => {
  const listened = read([text(channelOf(PICTURE_JSON), PICTURE_JSON)]);
  expect(stateOf(listened)).toBe('live 43296363255');
  expect(bookOf(listened)?.levels('asks', 5)).toEqual([
    { price: price('64250.01'), quantity: quantity('0.4') },
  ]);
  expect(bookOf(listened)?.isComplete('asks', 5)).toBe(true);
});

test('the trades of a frame come in their order, with the taker side; one without an id gets one from what it is', () => {
  const listened = read([binary(channelOf(TRADES_JSON), TRADES_FRAME)]);
  expect(tradesOf(listened)).toEqual([
    {
      kind: 'trade',
      instrumentId: BTC.id,
      price: price('64250.10'),
      quantity: quantity('0.0015'),
      aggressor: 'buy',
      trades: 1,
      firstTradeId: '9000000001',
      lastTradeId: '9000000001',
      occurredAt: epochMs(1790000000101),
    },
    {
      kind: 'trade',
      instrumentId: BTC.id,
      price: price('64250.00'),
      quantity: quantity('0.02'),
      aggressor: 'sell',
      trades: 1,
      // Steps of a thousandth of a tick of 0.01, and of 10^-8.
      firstTradeId: '1790000000105:6425000000:2000000:sell#1',
      lastTradeId: '1790000000105:6425000000:2000000:sell#1',
      occurredAt: epochMs(1790000000105),
    },
  ]);
});

test('the un-aggregated trades are read the same way', () => {
  const { channel, symbol, sendTime, publicAggreDeals: publicDeals } = JSON.parse(TRADES_JSON);
  const listened = read([binary(channel, encodePush({ channel, symbol, sendTime, publicDeals }))]);
  expect(tradesOf(listened)).toHaveLength(1);
  expect(listened.reader.messages.get('publicDeals')).toBe(1);
});

test.each<{ what: string; first: SampleDeal[]; second: SampleDeal[]; trades: number; repeated: number }>([
  {
    what: 'the same ids again',
    first: [{ tradeId: 'a' }, { tradeId: 'b' }],
    second: [{ tradeId: 'a' }, { tradeId: 'b' }],
    trades: 2,
    repeated: 2,
  },
  {
    what: 'another id for a print that looks the same',
    first: [{ tradeId: 'a' }],
    second: [{ tradeId: 'b' }],
    trades: 2,
    repeated: 0,
  },
  {
    what: 'identical prints without ids in one frame',
    first: [{}, {}],
    second: [],
    trades: 2,
    repeated: 0,
  },
  { what: 'the same frame without ids again', first: [{}, {}], second: [{}, {}], trades: 2, repeated: 2 },
  { what: 'more of them than before', first: [{}], second: [{}, {}, {}], trades: 3, repeated: 1 },
  {
    what: 'another price, quantity, side and time',
    first: [{}],
    second: [{ price: '100.02' }, { quantity: '0.6' }, { tradeType: 2 }, { ms: 7 }],
    trades: 5,
    repeated: 0,
  },
])('trades are counted once: $what', ({ first, second, trades, repeated }) => {
  const listened = read([deals(first, 0, 'a'), deals(second, 0, 'b')]);
  expect(tradesOf(listened)).toHaveLength(trades);
  expect(countsOf(listened)).toMatchObject({ trades, tradesRepeated: repeated });
});

test.each<{ what: string; deal: SampleDeal; field: string }>([
  { what: 'a side that is neither', deal: { tradeType: 3 }, field: 'deals.0.tradeType: must be 1 or 2' },
  { what: 'a time in seconds', deal: { ms: 1_790_000_000 - 1_790_000_000_000 }, field: 'deals.0.time' },
  { what: 'an endless id', deal: { tradeId: 'x'.repeat(200) }, field: 'deals.0.tradeId' },
])('trades with $what are malformed: prints of the moment are not complete', ({ deal, field }) => {
  const listened = read([deals([deal])]);
  expect(listened.reader.frames.malformed).toBe(1);
  expect(listened.notes[0]?.detail).toContain(field);
  expect(listened.updates).toMatchObject([{ kind: 'trades_lost', flag: 'refused' }]);
});

test('a trade of quantity zero is refused', () => {
  const listened = read([deals([{ quantity: '0' }])]);
  expect(listened.notes).toEqual([
    { kind: 'refused', detail: "BTCUSDT publicAggreDeals deals.0.quantity: must be above zero, '0'" },
  ]);
  expect(listened.updates).toMatchObject([{ kind: 'trades_lost', flag: 'refused' }]);
});

test('polled trades: the first answer is history, later ones bring what is new', () => {
  const listened = read([
    answeredTrades([{ ms: 2 }, { ms: 1 }], 10, 'poll'),
    answeredTrades([{ ms: 4 }, { ms: 3 }, { ms: 2 }], 20, 'poll'),
  ]);
  expect(tradesOf(listened).map(({ occurredAt }) => occurredAt)).toEqual([at(3), at(4)]);
  expect(countsOf(listened)).toMatchObject({ trades: 4, tradesFromHistory: 2, tradesRepeated: 1 });
});

test('polled trades after a stream with ids are not told twice', () => {
  const listened = read([
    deals(
      [
        { ms: 1, tradeId: 'a' },
        { ms: 1, tradeId: 'b' },
        { ms: 5, tradeId: 'c' },
      ],
      5,
    ),
    answeredTrades([{ ms: 1 }], 6, 'poll'),
    answeredTrades([{ ms: 5 }, { ms: 1 }, { ms: 1 }, { ms: 9 }], 10, 'poll'),
    deals([{ ms: 9, tradeId: 'd' }], 11),
  ]);
  expect(tradesOf(listened).map(({ firstTradeId }) => firstTradeId)).toEqual([
    'a',
    'b',
    'c',
    '1790000000009:10001000:50000000:buy#1',
  ]);
});

test('an answer full of new trades means that there were more', () => {
  const listened = read([
    answeredTrades([{ ms: 1 }], 10, 'poll', 2),
    answeredTrades([{ ms: 5 }, { ms: 6 }], 20, 'poll', 2),
  ]);
  expect(listened.updates.at(-1)).toEqual({
    kind: 'trades_lost',
    instrumentId: BTC.id,
    flag: 'gap',
    detail: 'all 2 trades of an answer were new: there were more',
  });
});

test('trades that were asked for beside a stream are history', () => {
  const listened = read([answeredTrades([{ ms: 1 }], 10, 's1'), answeredTrades([{ ms: 2 }], 20, 's1')]);
  expect(tradesOf(listened)).toEqual([]);
  expect(countsOf(listened)).toMatchObject({ trades: 2, tradesFromHistory: 2 });
});

test('the best prices of a batch are those of its last item', () => {
  const items = [
    { bidPrice: '99', bidQuantity: '1', askPrice: '101', askQuantity: '1' },
    { bidPrice: '100', bidQuantity: '1', askPrice: '100.01', askQuantity: '1' },
  ];
  const channel = 'spot@public.bookTicker.batch.v3.api.pb@BTCUSDT';
  const body = { channel, symbol: 'BTCUSDT', publicBookTickerBatch: { items, version: '1000' } };
  const listened = read([depth(980, 1000), snapshot(1000), binary(channel, encodePush(body))]);
  expect(listened.updates.at(-1)).toEqual({
    kind: 'touch',
    instrumentId: BTC.id,
    bidTicks: 10_000_000,
    askTicks: 10_001_000,
  });
});

test.each([
  {
    what: 'crossed best prices',
    body: { bidPrice: '101', bidQuantity: '1', askPrice: '100', askQuantity: '1' },
  },
  {
    what: 'a size without a price',
    body: { bidPrice: '', bidQuantity: '1', askPrice: '100', askQuantity: '1' },
  },
])('$what are refused', ({ body }) => {
  const channel = 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT';
  const listened = read([
    binary(
      channel,
      encodePush({ channel, symbol: 'BTCUSDT', publicAggreBookTicker: { ...body, version: '1' } }),
    ),
  ]);
  expect(listened.updates).toMatchObject([{ kind: 'fault', reason: 'refused' }]);
  expect(countsOf(listened).refused).toBe(1);
});

test.each([
  { what: 'an acknowledgement', raw: ACK_GOOD, messages: { SUBSCRIPTION: 1 }, venueErrors: 0 },
  { what: 'a pong', raw: PONG, messages: { PONG: 1 }, venueErrors: 0 },
  { what: 'a refusal with code 0', raw: ACK_REFUSED, messages: {}, venueErrors: 1 },
  { what: 'an error', raw: ERROR, messages: {}, venueErrors: 1 },
  { what: 'a mini ticker', raw: MINI_TICKER_JSON, messages: { publicMiniTicker: 1 }, venueErrors: 0 },
])('$what is counted', ({ raw, messages, venueErrors }) => {
  const listened = read([text('', raw)]);
  expect(Object.fromEntries(listened.reader.messages)).toEqual(messages);
  expect(listened.reader.frames.venueErrors).toBe(venueErrors);
});

test('a refusal names the channel and the reason', () => {
  expect(read([text('', ACK_REFUSED)]).notes).toEqual([
    { kind: 'venue_error', detail: 'not subscribed: spot@public.deals.v3.api@BTCUSDT: Blocked!' },
  ]);
});

test('a message of unknown fields and body is counted as unknown', () => {
  const listened = read([binary('x', UNKNOWN_FRAME)]);
  expect(Object.fromEntries(listened.reader.unknown)).toEqual({ x: 1 });
  expect(listened.notes).toEqual([{ kind: 'unknown', detail: "a message on 'x' without a known body" }]);
});

test('messages of one unknown kind are one kind, whatever their symbols', () => {
  const frames = ['AUSDT', 'BUSDT'].map((symbol) => {
    const channel = `spot@public.new.thing.v3.api.pb@${symbol}`;
    return binary(channel, encodePush({ channel, symbol }));
  });
  expect(Object.fromEntries(read(frames).reader.unknown)).toEqual({ 'spot@public.new.thing.v3.api.pb': 2 });
});

test('kinds that nobody knows are counted by name, the first ones only', () => {
  const frames = Array.from({ length: 100 }, (_, n) => binary('', encodePush({ channel: `kind${n}` })));
  const { unknown } = read(frames).reader;
  expect(unknown.size).toBe(33);
  expect(unknown.get('other')).toBe(68); // 100 - 32
});

test('the list of all tickers is about no symbol', () => {
  const channel = 'spot@public.miniTickers.v3.api.pb@24H';
  const listened = read([
    binary(channel, encodePush({ channel, publicMiniTickers: { items: [{ symbol: 'A' }] } })),
  ]);
  expect(Object.fromEntries(listened.reader.messages)).toEqual({ publicMiniTickers: 1 });
});

const DEPTH_CHANNEL = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT';
const LIVE = [depth(980, 1000), snapshot(1000)];

test.each<{ what: string; frame: Frame; detail: string }>([
  {
    what: 'cut in the middle',
    frame: binary(DEPTH_CHANNEL, DEPTH_FRAME.slice(0, 80)),
    detail: 'index out of range',
  },
  { what: 'that is no base64', frame: binary(DEPTH_CHANNEL, '{"a":1}'), detail: 'not base64' },
  { what: 'that is no JSON', frame: text(DEPTH_CHANNEL, '{"channel":'), detail: 'neither a JSON object' },
  {
    what: 'whose JSON has a field of another type',
    frame: text(DEPTH_CHANNEL, DEPTH_JSON.replace('"fromVersion":"43296363236"', '"fromVersion":5')),
    detail: 'publicAggreDepths.fromVersion',
  },
  {
    what: 'without a version',
    frame: text(DEPTH_CHANNEL, DEPTH_JSON.replace('43296363255', '')),
    detail: 'toVersion: must be a whole number below 2^53',
  },
  {
    what: 'whose versions are the wrong way round',
    frame: text(DEPTH_CHANNEL, DEPTH_JSON.replace('43296363255', '43296363235')),
    detail: 'toVersion: is before fromVersion',
  },
  {
    what: 'with a version beyond 2^53',
    frame: text(DEPTH_CHANNEL, DEPTH_JSON.replace('43296363255', '9007199254740993')),
    detail: 'toVersion',
  },
  {
    what: 'with a time in seconds',
    frame: text(DEPTH_CHANNEL, DEPTH_JSON.replace('1790000000223', '1790000000')),
    detail: 'sendTime: must be in milliseconds',
  },
  {
    what: 'of two bodies',
    frame: text(
      DEPTH_CHANNEL,
      DEPTH_JSON.replace('"publicAggreDepths"', '"publicMiniTicker":{},"publicAggreDepths"'),
    ),
    detail: 'a second body',
  },
  {
    what: 'whose symbol is not its channel’s',
    frame: text(DEPTH_CHANNEL, DEPTH_JSON.replace('"symbol":"BTCUSDT"', '"symbol":"ETHUSDT"')),
    detail: "symbol: 'ETHUSDT' on channel",
  },
])('a diff $what is malformed, named, and makes the book unproven', ({ frame, detail }) => {
  const listened = read([...LIVE, frame]);
  expect(listened.reader.frames.malformed).toBe(1);
  expect(listened.notes[0]?.detail).toContain(detail);
  expect(listened.notes[0]?.detail.length).toBeLessThan(300);
  expect(stateOf(listened)).toBe('stale 0');
});

test('a malformed message about no book leaves the book alone', () => {
  const listened = read([
    ...LIVE,
    binary('spot@public.kline.v3.api.pb@BTCUSDT@Min1', KLINE_FRAME.slice(0, 40)),
  ]);
  expect(listened.reader.frames.malformed).toBe(1);
  expect(stateOf(listened)).toBe('live 1000');
});

test('a depth message that names no symbol anywhere is malformed', () => {
  const body = { channel: 'spot@public.aggre.depth.v3.api.pb@100ms', publicAggreDepths: {} };
  const listened = read([binary('', encodePush(body))]);
  expect(listened.notes).toEqual([{ kind: 'malformed', detail: 'publicAggreDepths symbol: missing' }]);
});

test('messages of a symbol that is not followed are counted and not read', () => {
  const listened = read([text(channelOf(DEPTH_JSON), DEPTH_JSON.replaceAll('BTCUSDT', 'ETHUSDT'))]);
  expect(listened.reader.frames).toMatchObject({ unfollowed: 1, malformed: 0 });
  expect(listened.updates).toEqual([]);
});

const INFO = (changes: object): Frame =>
  text(
    'rest:exchangeInfo',
    JSON.stringify({ timezone: 'CST', symbols: [{ ...SYMBOL_RULES, ...changes }, { symbol: 'ELM' }] }),
  );

test('rules come from the list, with the smallest steps that its precisions name', () => {
  const listened = read([INFO({})]);
  expect(listened.updates).toEqual([
    {
      kind: 'instrument',
      tradable: true,
      instrument: {
        ...BTC,
        quantityMax: 10n ** 23n,
        priceMax: 10n ** 23n,
        // 10^-2, and the smallest order
        tickSize: price('0.01'),
        lotSize: quantity('0.000001'),
      },
    },
  ]);
  expect([...listened.reader.listed]).toEqual(['BTCUSDT', 'ELM']);
});

test.each([
  { what: 'online, as old samples say it', changes: { status: 'ENABLED' }, tradable: true },
  { what: 'paused', changes: { status: '2' }, tradable: false },
  { what: 'offline', changes: { status: '3' }, tradable: false },
  { what: 'of a state nobody knows', changes: { status: '9' }, tradable: false },
  { what: 'not open to trading', changes: { isSpotTradingAllowed: false }, tradable: false },
  { what: 'open to buyers only', changes: { tradeSideType: 2 }, tradable: false },
  { what: 'closed on both sides', changes: { tradeSideType: 4 }, tradable: false },
])('a symbol $what: tradable is $tradable', ({ changes, tradable }) => {
  expect(read([INFO(changes)]).updates).toMatchObject([{ kind: 'instrument', tradable }]);
});

test.each([
  {
    what: 'no smallest size: the asset’s decimals',
    changes: { baseSizePrecision: '0', baseAssetPrecision: 4 },
    lot: '0.0001',
    smallest: '0.0001',
  },
  {
    what: 'a smallest size far above the asset’s decimals',
    changes: { baseSizePrecision: '100', baseAssetPrecision: 2 },
    lot: '10',
    smallest: '100',
  },
  {
    what: 'a smallest size near the asset’s decimals',
    changes: { baseSizePrecision: '1', baseAssetPrecision: 2 },
    lot: '1',
    smallest: '1',
  },
  {
    what: 'decimals finer than any amount',
    changes: { baseSizePrecision: '0', baseAssetPrecision: 12 },
    lot: '0.00000001',
    smallest: '0.00000001',
  },
])('lots with $what', ({ changes, lot, smallest }) => {
  expect(read([INFO(changes)]).updates).toMatchObject([
    { instrument: { lotSize: quantity(lot), quantityMin: quantity(smallest) } },
  ]);
});

test.each([
  { changes: { quotePrecision: 10 }, detail: 'BTCUSDT: its rules quotePrecision: finer than 10^-8, 10' },
  { changes: { quotePrecision: 'many' }, detail: 'BTCUSDT: its rules quotePrecision: Invalid input' },
  {
    changes: { baseSizePrecision: '1e-6' },
    detail: 'BTCUSDT: its rules baseSizePrecision: must be an unsigned decimal',
  },
])('rules that cannot be read close the instrument: $detail', ({ changes, detail }) => {
  const listened = read([INFO(changes)]);
  expect(listened.notes).toEqual([{ kind: 'refused', detail }]);
  expect(listened.updates).toMatchObject([{ kind: 'trading', tradable: false }]);
});

test('rules in other steps make the book unproven', () => {
  const listened = read([...LIVE, INFO({ quotePrecision: 3 })]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates).toContainEqual(
    expect.objectContaining({ kind: 'book_doubted', detail: 'the venue changed the tick or lot size' }),
  );
});

test.each([
  { what: 'a REST error', frame: text('rest:depth:BTCUSDT', ERROR), kind: 'venue_error' },
  { what: 'a depth answer of no symbol', frame: text('rest:depth', snapshot(1).raw), kind: 'malformed' },
  {
    what: 'a REST answer of no endpoint',
    frame: text('rest', '{}', 0, { url: `${REST}/x` }),
    kind: 'unknown',
  },
  {
    what: 'a trades answer that is none',
    frame: text('rest:trades:BTCUSDT', '[{"price":1}]'),
    kind: 'malformed',
  },
])('$what is noted as $kind', ({ frame, kind }) => {
  const listened = read([frame]);
  expect(listened.notes.map((note) => note.kind)).toEqual([kind]);
  expect(countedFrames(listened)).toBe(1);
});

test('a request names the symbol where the channel does not', () => {
  const url = `${REST}/depth?symbol=BTCUSDT&limit=100`;
  const listened = read([depth(980, 1000), text('rest', snapshot(1000).raw, 0, { url })]);
  expect(stateOf(listened)).toBe('live 1000');
});

test('a symbol that is no longer followed is forgotten', () => {
  const listened = read(LIVE);
  listened.reader.changeFollowed({
    wire: 'mexc-spot',
    receivedAt: at(1),
    follow: [],
    unfollow: ['BTCUSDT'],
    detail: 'asked for',
  });
  read([depth(1001, 1001)], listened);
  expect(listened.reader.frames.unfollowed).toBe(1);
});
