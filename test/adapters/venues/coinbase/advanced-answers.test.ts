import { expect, test } from 'vitest';
import { level } from '../../../core/market/samples.ts';
import { answer, BIDS, heartbeat, on, productBook, snapshot, wireTrade } from './advanced-frames.ts';
import {
  at,
  BTC,
  BTC_USDC,
  bookOf,
  countsOf,
  levelsOf,
  listenAdvanced,
  ofKind,
  opened,
  product,
  read,
  stateOf,
} from './listen.ts';
import { ADVANCED_PRODUCT } from './samples.ts';

const products = (...all: readonly object[]) => answer('rest:products', { products: all }, 0, undefined, '');

test('a product list brings the rules of what is followed, and names all that is listed', () => {
  const listened = listenAdvanced({ instruments: [], symbols: ['BTC-USD'] });
  read(listened, [products(ADVANCED_PRODUCT, { ...ADVANCED_PRODUCT, product_id: 'ETH-USD' })]);
  expect(listened.updates).toEqual([{ kind: 'instrument', instrument: BTC, tradable: true }]);
  expect([...listened.reader.listed]).toEqual(['BTC-USD', 'ETH-USD']);
  expect(listened.reader.messages).toEqual(new Map([['rest:products', 1]]));
});

test('an answer to a question about some products brings their rules, and is no list', () => {
  const url = 'https://venue.example/products?product_ids=BTC-USD';
  const listened = listenAdvanced({ instruments: [], symbols: ['BTC-USD'] });
  read(listened, [answer('rest:products', { products: [ADVANCED_PRODUCT] }, 0, url, '')]);
  expect(ofKind(listened, 'instrument')).toHaveLength(1);
  expect(listened.reader.listed.size).toBe(0);
});

test('one product alone brings its rules', () => {
  const listened = listenAdvanced({ instruments: [], symbols: ['BTC-USD'] });
  read(listened, [answer('rest:product', ADVANCED_PRODUCT)]);
  expect(listened.reader.instruments()).toEqual([BTC]);
});

test('rules that cannot be read close the instrument and say which field', () => {
  const listened = read(listenAdvanced(), [products({ ...ADVANCED_PRODUCT, price_increment: 'none' })]);
  expect(ofKind(listened, 'trading')).toMatchObject([{ tradable: false }]);
  expect(listened.notes[0]?.detail).toBe(
    "BTC-USD: its rules price_increment: not an unsigned decimal of at most 8 places, 'none'",
  );
});

test('the list says whose book a product shows', () => {
  const own = product('EURC-USDC');
  const listened = listenAdvanced({ instruments: [BTC_USDC, own] });
  // Against the rule that stands before a list was read.
  read(listened, [products({ ...ADVANCED_PRODUCT, product_id: 'BTC-USDC', alias: '' }), snapshot(0)]);
  expect(stateOf(listened, BTC_USDC)).toBe('unproven');
  read(listened, [snapshot(1, 'BTC-USDC'), snapshot(2, 'EURC-USD'), snapshot(3, 'EURC-USDC')]);
  expect([stateOf(listened, BTC_USDC), stateOf(listened, own)]).toEqual(['live', 'live']);
  expect(listened.reader.frames.unfollowed).toBe(2);
});

test('a polled book is live at once, and stale when three polls brought none', () => {
  const listened = read(listenAdvanced(), [productBook(undefined, undefined, 0)]);
  expect(ofKind(listened, 'book')).toMatchObject([{ occurredAt: at(0), isPolled: true }]);
  expect(levelsOf(listened).bids).toEqual([level('100', '1'), level('99.99', '2')]);
  listened.reader.tick(at(15_000));
  expect(stateOf(listened)).toBe('live');
  listened.reader.tick(at(15_001));
  expect(stateOf(listened)).toBe('stale');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([
    { doubt: 'disconnected', detail: 'the next picture is overdue' },
  ]);
  read(listened, [productBook([['101', '1']], [], 16_000)]);
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('101', '1')]);
  expect(listened.needs).toEqual([]);
});

test.each([
  { limit: 3, bids: true, what: 'fewer levels than were asked for are all there are' },
  { limit: 2, bids: false, what: 'as many levels as were asked for may not be all' },
])('$what', ({ limit, bids }) => {
  const listened = read(listenAdvanced(), [productBook(undefined, undefined, 0, limit)]);
  expect(bookOf(listened)?.isComplete('bids', 5)).toBe(bids);
});

test('a crossed answer is never shown, and the next one heals', () => {
  const listened = read(listenAdvanced(), [productBook([['101', '1']], [['100', '1']])]);
  expect(stateOf(listened)).toBe('unproven');
  expect(countsOf(listened).bookCrossed).toBe(1);
  read(listened, [productBook(undefined, undefined, 5_000)]);
  expect(stateOf(listened)).toBe('live');
  expect(listened.needs).toEqual([]);
});

test('a stream takes over from polling at once', () => {
  const listened = read(listenAdvanced(), [productBook()]);
  listened.reader.changeConnection(opened(listened.reader, 'a'));
  read(listened, [
    on('a', snapshot(0, 'BTC-USD', [['100.01', '1']])),
    productBook(undefined, undefined, 100),
  ]);
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100.01', '1')]);
});

const polledTrades = (ids: readonly number[], ms: number, connection?: string) =>
  answer(
    'rest:ticker:BTC-USD',
    {
      trades: ids.map((id) => ({ ...wireTrade({ id, ms: id }), bid: '', ask: '' })),
      best_bid: '',
      best_ask: '',
    },
    ms,
    undefined,
    connection,
  );
const idsOf = (listened: ReturnType<typeof listenAdvanced>) =>
  ofKind(listened, 'trade').map(({ firstTradeId }) => firstTradeId);

test('of polled trades the first answer is history, and each later one brings what is new', () => {
  const listened = read(listenAdvanced(), [
    polledTrades([3, 2, 1], 0),
    polledTrades([5, 4, 3, 2], 5_000),
    polledTrades([], 10_000),
    polledTrades([9, 8], 15_000),
  ]);
  expect(idsOf(listened)).toEqual([4, 5, 8, 9]);
  expect(countsOf(listened)).toMatchObject({ tradesFromHistory: 3, tradesMissing: 2, tradesRepeated: 2 });
  expect(ofKind(listened, 'trades_lost')).toMatchObject([{ flag: 'gap' }]);
});

test('after a pause of polling the next answer is history again', () => {
  const listened = read(listenAdvanced(), [polledTrades([1], 0), polledTrades([3, 2], 15_001)]);
  expect(idsOf(listened)).toEqual([]);
  expect(countsOf(listened).tradesFromHistory).toBe(3);
});

test('trades by REST on a socket’s connection are left to its stream', () => {
  const listened = read(listenAdvanced(), [on('a', heartbeat(0)), polledTrades([1], 0, 'a')]);
  expect(countsOf(listened).trades).toBe(0);
  expect(listened.reader.messages.get('rest:trades')).toBe(1);
});

test.each([
  { body: '<html>', counted: 'malformed' },
  { body: '[]', counted: 'malformed' },
  {
    body: '{"pricebook":{"product_id":"BTC-USD","bids":[{"price":1,"size":"1"}],"asks":[]}}',
    counted: 'malformed',
  },
  { body: '{"trades":[{"trade_id":"1"}]}', counted: 'malformed' },
  { body: '{"products":{}}', counted: 'malformed' },
  { body: '{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]}', counted: 'venueErrors' },
  { body: '{"candles":[]}', counted: 'rest:candles' },
  { body: '{"iso":"2026-09-21T14:13:20Z","epochSeconds":"1790000000"}', counted: 'rest:time' },
  { body: '{"news":1}', counted: 'unknown' },
])('an answer of $body is counted as $counted', ({ body, counted }) => {
  const { reader } = read(listenAdvanced(), [{ ...productBook(), raw: body }]);
  const seen = [
    ...(reader.frames.malformed > 0 ? ['malformed'] : []),
    ...(reader.frames.venueErrors > 0 ? ['venueErrors'] : []),
    ...reader.messages.keys(),
    ...(reader.unknown.size > 0 ? ['unknown'] : []),
  ];
  expect(seen).toEqual([counted]);
});

test('pictures by REST that twice show what the stream never said prove that it lost a message', () => {
  const picture = (ms: number) => productBook([...BIDS, ['99.50', '7']], undefined, ms, 250, 'a');
  const listened = read(listenAdvanced(), [on('a', snapshot(0)), picture(1_000), picture(3_000)]);
  expect(stateOf(listened)).toBe('live');
  read(listened, [picture(7_000)]);
  expect(stateOf(listened)).toBe('stale');
  expect(ofKind(listened, 'book_doubted')).toMatchObject([{ doubt: 'gap' }]);
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', connection: 'a', symbol: 'BTC-USD' }]);
});
