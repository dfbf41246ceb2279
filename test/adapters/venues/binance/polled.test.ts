import { expect, test } from 'vitest';
import { type Frame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { level, OAK } from '../../../core/market/samples.ts';
import {
  ASKS,
  accounted,
  at,
  BIDS,
  bookOf,
  countsOf,
  depth,
  frame,
  type Listened,
  listen,
  on,
  START,
  trade,
} from './frames.ts';
import { listing } from './samples.ts';

const polled = (endpoint: string, value: unknown, ms: number, limit = 100): Frame =>
  on(
    POLL,
    frame(
      `rest:${endpoint}:OAKUSDT`,
      typeof value === 'string' ? value : JSON.stringify(value),
      ms,
      `https://x/api/v3/${endpoint}?symbol=OAKUSDT&limit=${limit}`,
    ),
  );
const picture = (lastUpdateId: number, ms: number, bids = BIDS, asks = ASKS): Frame =>
  polled('depth', { lastUpdateId, bids, asks }, ms);
/** An answer with the trades of these ids, each made at its id in milliseconds. */
const trades = (ids: readonly number[], ms: number, madeAt = (id: number): number => id): Frame =>
  polled(
    'trades',
    ids.map((id) => ({
      id,
      price: '100.02',
      qty: '0.250',
      quoteQty: '25.005',
      time: START + madeAt(id),
      isBuyerMaker: id % 2 === 0,
      isBestMatch: true,
    })),
    ms,
    1_000,
  );

function read(...frames: readonly Frame[]): Listened {
  const listened = listen();
  listened.reader.changeConnection({
    wire: 'binance-spot',
    receivedAt: at(0),
    connection: POLL,
    change: 'opened',
    detail: 'no connection carries them',
  });
  for (const one of frames) listened.reader.read(one);
  return listened;
}

const stateOf = (listened: Listened) => `${bookOf(listened)?.status} ${bookOf(listened)?.sequence}`;
const printed = ({ updates }: Listened) =>
  updates.flatMap((one) => (one.kind === 'trade' ? [one.lastTradeId] : []));

test('a polled picture is the whole book at once, and says that it was polled', () => {
  const listened = read(picture(1000, 0));
  expect(listened.updates).toMatchObject([
    { kind: 'book', instrumentId: OAK.id, occurredAt: null, isSnapshot: true, isPolled: true },
  ]);
  expect(stateOf(listened)).toBe('live 1000');
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100', '1'), level('99.99', '2')]);
  expect(bookOf(listened)?.isComplete('bids', 2)).toBe(true);
  expect(listened.needs).toEqual([]);
});

test('the next picture replaces it, the same one confirms it, an older one is not applied', () => {
  const listened = read(picture(1000, 0), picture(1005, 3_000, [['100.01', '9']]));
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100.01', '9')]);
  listened.reader.read(picture(1005, 6_000, [['100.01', '9']]));
  listened.reader.read(picture(1004, 9_000));
  expect(stateOf(listened)).toBe('live 1005');
  expect(countsOf(listened)).toMatchObject({ snapshots: 3, bookDisordered: 1 });
});

test('a picture without its next one is stale after three intervals', () => {
  const listened = read(picture(1000, 1_000));
  listened.reader.tick(at(10_000)); // 9 s old
  expect(stateOf(listened)).toBe('live 1000');
  listened.reader.tick(at(10_001));
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toEqual({
    kind: 'book_doubted',
    instrumentId: OAK.id,
    doubt: 'disconnected',
    detail: 'no picture came for 9001 ms',
  });
  listened.reader.tick(at(60_000));
  expect(listened.updates).toHaveLength(2);
});

test('when only older pictures come for so long, the ids began anew', () => {
  const listened = read(picture(1000, 0), picture(5, 3_000), picture(6, 6_000));
  listened.reader.tick(at(9_001));
  expect(stateOf(listened)).toBe('stale 0');
  listened.reader.read(picture(7, 9_100));
  expect(stateOf(listened)).toBe('live 7');
});

test('a crossed picture is not shown', () => {
  const listened = read(picture(1000, 0), picture(1001, 3_000, [['101', '1']]));
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'crossed' });
  expect(countsOf(listened)).toMatchObject({ bookCrossed: 1 });
});

test('a picture whose best prices are equal is shown and counted', () => {
  const listened = read(picture(1000, 0, [['100.02', '1']]));
  expect(stateOf(listened)).toBe('live 1000');
  expect(countsOf(listened)).toMatchObject({ bookLocked: 1, bookCrossed: 0 });
});

test('the first answer about trades is history; of later ones each new trade is printed once', () => {
  const listened = read(trades([5, 6], 0), trades([6, 7, 8], 3_000), trades([7, 8, 9], 6_000));
  expect(printed(listened)).toEqual([7, 8, 9]);
  expect(listened.updates[0]).toEqual({
    kind: 'trade',
    instrumentId: OAK.id,
    price: price('100.02'),
    quantity: quantity('0.25'),
    aggressor: 'buy',
    trades: 1,
    firstTradeId: 7,
    lastTradeId: 7,
    occurredAt: at(7),
    isPolled: true,
  });
  expect(countsOf(listened)).toMatchObject({
    trades: 5,
    tradesFromHistory: 2,
    quantityFromHistory: quantity('0.5'),
    tradesRepeated: 0,
    tradeGaps: 0,
  });
});

test('trades in any order of the answer are told in that of their ids', () => {
  expect(printed(read(trades([5], 0), trades([8, 6, 7], 3_000)))).toEqual([6, 7, 8]);
});

test('more trades than an answer holds leave a gap that their ids show', () => {
  const listened = read(trades([5], 0), trades([9, 10], 3_000));
  expect(listened.updates).toMatchObject([
    { kind: 'trades_lost', flag: 'gap', detail: '3 trades missing before 9' },
    { kind: 'trade' },
    { kind: 'trade' },
  ]);
});

test('an answer after a pause tells of the past, and that its trades were not told in time', () => {
  const listened = read(trades([5], 0), trades([5, 6, 7], 9_001), trades([6, 7, 8], 12_000));
  expect(printed(listened)).toEqual([8]);
  expect(listened.updates).toMatchObject([{ kind: 'trades_lost', flag: 'disconnected' }, { kind: 'trade' }]);
});

test('a pause without a trade loses nothing', () => {
  expect(read(trades([5], 0), trades([5], 20_000), trades([], 40_000)).updates).toEqual([]);
});

test('lower ids at a later time mean that the venue counts anew', () => {
  const later = (id: number): number => id + 5_000;
  expect(printed(read(trades([900], 0), trades([3, 4], 3_000, later)))).toEqual([3, 4]);
  expect(printed(read(trades([900], 0), trades([3, 4], 3_000)))).toEqual([]);
});

test.each([
  { what: 'with a stamp that is none', madeAt: 9_999_999_999_999 - START },
  { what: 'at its own time', madeAt: 2_999 },
])('one trade with an id beyond all others ends nothing, $what', ({ madeAt }) => {
  const far = Number.MAX_SAFE_INTEGER;
  const wrong = trades([5, far], 3_000, (id) => (id === far ? madeAt : id));
  const listened = read(trades([5], 0), wrong, trades([5, 6, 7], 6_000), trades([6, 7, 8], 9_000));
  expect(printed(listened)).toEqual([far, 6, 7, 8]);
});

test.each([
  { what: 'a price of zero', change: { price: '0' }, field: 'OAKUSDT trades 0.price: ' },
  { what: 'a size off the grid', change: { qty: '0.0000001' }, field: 'OAKUSDT trades 0.qty: ' },
  { what: 'an id that is a text', change: { id: '7' }, field: 'rest:trades:OAKUSDT: 0.id: ' },
  { what: 'no time', change: { time: undefined }, field: 'rest:trades:OAKUSDT: 0.time: ' },
])('trades with $what are put aside, and the next answer tells them', ({ change, field }) => {
  const good = { id: 6, price: '100', qty: '1', time: START + 6, isBuyerMaker: true };
  const listened = read(
    trades([5], 0),
    polled('trades', [{ ...good, ...change }], 3_000),
    trades([5, 6], 6_000),
  );
  expect(listened.updates[0]).toMatchObject({ kind: 'fault', reason: 'refused' });
  expect(listened.notes[0]?.detail).toContain(field);
  expect(printed(listened)).toEqual([6]);
  expect(countsOf(listened).refused).toBe(1);
});

test.each([
  { what: 'trades', raw: '{"trades":[]}', endpoint: 'trades' },
  { what: 'a picture', raw: '{"lastUpdateId":1,"bids":7,"asks":[]}', endpoint: 'depth' },
  { what: 'text', raw: '<html>', endpoint: 'depth' },
])('an answer that holds no $what leaves the book as it was', ({ raw, endpoint }) => {
  const listened = read(picture(1000, 0), polled(endpoint, raw, 3_000));
  expect(stateOf(listened)).toBe('live 1000');
  expect(listened.reader.frames.malformed).toBe(1);
});

test('whatever is polled is counted once, streams among it as what nobody expects there', () => {
  const listened = read(
    picture(1000, 0),
    trades([1], 1),
    on(POLL, frame('rest:depth:ELMUSDT', '{"lastUpdateId":1,"bids":[],"asks":[]}')),
    on(POLL, frame('rest:exchangeInfo', JSON.stringify({ symbols: [listing()] }))),
    on(POLL, frame('rest:depth:OAKUSDT', '{"code":-1003,"msg":"Too many requests."}')),
    on(POLL, frame('rest:klines:OAKUSDT', '[]')),
    on(POLL, trade(1, '100', '1')),
    on(POLL, depth(1, 2)),
  );
  const { reader } = listened;
  expect([...reader.messages]).toEqual([
    ['snapshot', 2],
    ['trades', 1],
    ['exchangeInfo', 1],
    ['klines', 1],
  ]);
  expect([...reader.unknown]).toEqual([
    ['trade', 1],
    ['depthUpdate', 1],
  ]);
  expect(reader.frames).toEqual({ frames: 8, malformed: 0, venueErrors: 1, unfollowed: 1 });
  expect(accounted(reader)).toBe(8);
});

test('a change of the tick or lot size waits for the next picture', () => {
  const listened = read(picture(1000, 0));
  const [prices, lots, ...rest] = listing().filters;
  const finer = listing({ filters: [prices, { ...lots, stepSize: '0.01' }, ...rest] });
  listened.reader.read(on(POLL, frame('rest:exchangeInfo', JSON.stringify({ symbols: [finer] }), 1_000)));
  expect(stateOf(listened)).toBe('stale 0');
  listened.reader.read(picture(1001, 3_000));
  expect(bookOf(listened)).toMatchObject({ status: 'live', sequence: 1001, lots: { step: 1_000n } });
});

test('a symbol that is no longer followed is forgotten', () => {
  const listened = read(picture(1000, 0));
  listened.reader.changeFollowed({
    wire: 'binance-spot',
    receivedAt: at(1),
    follow: [],
    unfollow: ['OAKUSDT'],
    detail: '',
  });
  const told = listened.updates.length;
  listened.reader.tick(at(60_000));
  listened.reader.read(picture(1001, 60_000));
  expect(listened.updates).toHaveLength(told);
  expect(listened.reader.frames.unfollowed).toBe(1);
});
