import { expect, test } from 'vitest';
import { parseStream, type StreamMessage } from '../../../../adapters/venues/polymarket/messages.ts';
import { afterBook, countsOf, doubts, heard, shown, told, ws } from './frames.ts';
import {
  BEST_BID_ASK,
  BOOK,
  LAST_TRADE_PRICE,
  MARKET_RESOLVED,
  N,
  NEW_MARKET,
  PRICE_CHANGE,
  TICK_SIZE_CHANGE,
  Y,
} from './samples.ts';

const parse = (value: unknown): readonly StreamMessage[] => {
  const frame = parseStream(typeof value === 'string' ? value : JSON.stringify(value));
  return frame.kind === 'messages' ? frame.messages : [];
};

test.each([
  BOOK,
  PRICE_CHANGE,
  LAST_TRADE_PRICE,
  TICK_SIZE_CHANGE,
  BEST_BID_ASK,
  MARKET_RESOLVED,
  NEW_MARKET,
])('the sample of $event_type is read, alone and in a list', (sample) => {
  expect(parse(sample).map(({ kind }) => kind)).toEqual([sample.event_type]);
  expect(parse([sample, sample]).map(({ kind }) => kind)).toEqual([sample.event_type, sample.event_type]);
});

test('the sample of both tokens, each a side of one order, is the book of both', () => {
  const empty = { ...BOOK, hash: '', bids: [], asks: [] };
  const listened = heard([ws([empty, { ...empty, asset_id: N }]), ws(PRICE_CHANGE)]);
  expect([shown(listened), shown(listened, N)]).toEqual(['live 0.5×200 / -', 'live - / 0.5×200']);
});

test.each([
  {
    what: 'no price',
    raw: { ...PRICE_CHANGE, price_changes: [{ asset_id: Y }] },
    detail: 'price_change price_changes.0.price: Invalid input: expected string, received undefined',
  },
  {
    what: 'a number for a price',
    raw: { ...BOOK, bids: [{ price: 0.5, size: '1' }] },
    detail: 'book bids.0.price: Invalid input: expected string, received number',
  },
  {
    what: 'no token',
    raw: { ...LAST_TRADE_PRICE, asset_id: null },
    detail: 'last_trade_price asset_id: Invalid input: expected string, received null',
  },
  { what: 'no event', raw: { asset_id: Y }, detail: 'message event_type: missing' },
  { what: 'no object', raw: [5], detail: 'message not an object' },
  {
    what: 'half a message',
    raw: '{"event_type":"book","asset_id":"7',
    detail: 'not JSON: {"event_type":"book","asset_id":"7',
  },
])('a message with $what is malformed, and its field is named', ({ raw, detail }) => {
  expect(parse(raw)).toMatchObject([{ kind: 'malformed', detail }]);
});

test('a broken message names whom it may have been about', () => {
  const cut = JSON.stringify(PRICE_CHANGE).slice(0, -2);
  expect(parse(cut)).toMatchObject([{ name: 'price_change', tokens: [Y, N] }]);
  expect(parse({ ...MARKET_RESOLVED, winning_asset_id: 7 })).toMatchObject([{ tokens: [Y, N] }]);
});

test.each([
  ['PONG', { kind: 'heartbeat', text: 'PONG' }],
  ['INVALID OPERATION', { kind: 'refusal', detail: 'INVALID OPERATION' }],
  ['{"error":"too many assets"}', { kind: 'refusal', detail: 'too many assets' }],
  [
    '{"message":"Internal server error","requestId":"1"}',
    { kind: 'refusal', detail: 'Internal server error' },
  ],
])('%s is no event', (raw, frame) => {
  expect(parseStream(raw)).toEqual(frame);
});

test('a broken change puts the books that it names in doubt, and is counted once', () => {
  const listened = heard([ws([BOOK, { ...BOOK, asset_id: N }])]);
  listened.reader.read(ws(JSON.stringify({ ...PRICE_CHANGE, price_changes: [{ asset_id: N, price: 1 }] })));
  expect([shown(listened), shown(listened, N)]).toEqual(['live 0.5×15 / 0.52×25', 'stale - / -']);
  expect([listened.reader.frames.malformed, countsOf(listened, N).refused]).toEqual([1, 1]);
});

test('a broken message that names nobody may have been about any book', () => {
  const listened = afterBook('{"market":"0xbd31');
  expect([doubts(listened), listened.reader.frames.malformed]).toEqual([['refused'], 1]);
});

test('a broken print costs the prints of its token, not its book', () => {
  const listened = afterBook({ ...LAST_TRADE_PRICE, size: null });
  expect([shown(listened), told(listened)]).toEqual(['live 0.5×15 / 0.52×25', ['book', 'trades_lost']]);
});

test('a broken best price is a fault and costs nothing', () => {
  const broken = afterBook({ ...BEST_BID_ASK, best_bid: 1 });
  const unusable = afterBook({ ...BEST_BID_ASK, best_bid: '1.5' });
  for (const listened of [broken, unusable])
    expect([shown(listened), told(listened)]).toEqual(['live 0.5×15 / 0.52×25', ['book', 'fault']]);
});

test('the good messages of a frame are read though another one is broken', () => {
  const listened = heard([ws([{ ...BOOK, asset_id: 7 }, BOOK])]);
  expect([shown(listened), listened.reader.frames.malformed, [...listened.reader.messages]]).toEqual([
    'live 0.5×15 / 0.52×25',
    1,
    [],
  ]);
});

test.each(['', '0', '1', '1.01', '-0.5', '0,5', '1e-2'])('a level at the price %j is refused', (price) => {
  const listened = afterBook({ ...BOOK, bids: [{ price, size: '1' }] });
  expect([doubts(listened), countsOf(listened).refused]).toEqual([['refused'], 1]);
});

test.each([
  { side: 'HOLD', why: "side: neither BUY nor SELL, 'HOLD'" },
  { size: '0', why: "size: not above 0, '0'" },
  { timestamp: '175042814', why: "timestamp: not in milliseconds, '175042814'" },
])('a print is refused: $why', ({ why, ...wrong }) => {
  const listened = afterBook({ ...LAST_TRADE_PRICE, ...wrong });
  expect(listened.notes).toEqual([{ kind: 'refused', detail: `${Y} last_trade_price ${why}` }]);
  expect(told(listened)).toEqual(['book', 'trades_lost']);
});

test('venue text in notes is short', () => {
  const { notes } = afterBook({ event_type: `x${'y'.repeat(5_000)}` }, `{${'z'.repeat(5_000)}`);
  expect(notes).toHaveLength(2);
  for (const { detail } of notes) expect(detail.length).toBeLessThan(200);
});

test('a binary message is none of this venue’s', () => {
  const { reader, notes } = heard([{ ...ws('AAAA'), encoding: 'base64' }]);
  expect([reader.frames.malformed, notes]).toEqual([1, [{ kind: 'malformed', detail: 'a binary message' }]]);
});

test('lists within lists are malformed, and their tokens are looked for one level deep', () => {
  const nested = (times: number, within: string): string =>
    '{"price_changes":['.repeat(times) + within + ']}'.repeat(times);
  const named = '{"asset_id":"7"}';
  const tokens = (raw: string) => parse(raw).map((one) => one.kind === 'malformed' && one.tokens);
  expect([tokens(nested(1, named)), tokens(nested(2, named)), tokens(nested(5_000, named))]).toEqual([
    [['7']],
    [[]],
    [[]],
  ]);
});
