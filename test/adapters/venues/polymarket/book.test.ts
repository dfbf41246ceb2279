import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { bookHash } from '../../../../adapters/venues/polymarket/book-hash.ts';
import { formatUnits, ONE, price, quantity } from '../../../../core/amounts.ts';
import { isOnTick } from '../../../../core/market/instrument.ts';
import {
  afterBook,
  at,
  book,
  bookOf,
  change,
  countsOf,
  doubts,
  entry,
  heard,
  INSTRUMENTS,
  type Listened,
  type listen,
  polled,
  rest,
  START,
  shown,
  tokenInstrument,
  told,
  ws,
} from './frames.ts';
import { mirrorOf } from './mirror.ts';
import { BOOK, HASH, HASH_OF_16, HASHED_BOOK, MARKET_RESOLVED, N, TICK_SIZE_CHANGE, Y } from './samples.ts';

const opened = (connection: string, ms: number) => ({
  wire: 'polymarket' as const,
  receivedAt: at(ms),
  connection,
  change: 'opened' as const,
  detail: 'connected',
});

const BEYOND = 9_999_999_999_999;
const restBook = (ms: number): Frame =>
  rest('books', [book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + ms) })], ms, 'c1');

test.each([
  ['as it came', BOOK],
  ['turned around', { ...BOOK, bids: BOOK.bids.toReversed(), asks: BOOK.asks.toReversed() }],
])('PB1 a snapshot is live at its best prices, %s', (_how, sample) => {
  expect(shown(heard([ws(sample)]))).toBe('live 0.5×15 / 0.52×25');
});

test('PB2 frames come as an array, an object, nothing, and text', () => {
  const { reader, notes, updates } = heard(
    [[BOOK], BOOK, [], 'PONG', 'INVALID OPERATION'].map((raw, n) => ws(raw, n)),
  );
  expect(Object.fromEntries(reader.messages)).toEqual({ book: 2, '[]': 1, PONG: 1 });
  expect(reader.frames).toEqual({ frames: 5, malformed: 0, venueErrors: 1, unfollowed: 0 });
  expect(notes).toEqual([{ kind: 'venue_error', detail: 'INVALID OPERATION' }]);
  expect(updates.map(({ kind }) => kind)).toEqual(['book', 'book']);
});

test('PB3 a change before the first book is ignored', () => {
  const listened = afterBook(change([entry('BUY 0.48 7 (0.48/0.50)', N)]));
  expect([shown(listened, N), told(listened, N), listened.needs]).toEqual(['none', [], []]);
  expect(countsOf(listened, N)).toMatchObject({ bookBeforeSnapshot: 1, bookUpdates: 0 });
});

test('PB3 a token that has only changes is asked for after half a minute, and begins with the answer', () => {
  const listened = afterBook(change([entry('BUY 0.48 7 (0.48/0.50)', N)], START + 10));
  listened.reader.tick(at(30_009));
  expect(listened.needs).toEqual([]);
  listened.reader.tick(at(30_010));
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: N, connection: 'c1' }]);
  const answer = { ...book([['0.47', '1']], [['0.50', '2']], { timestamp: String(START + 5) }), asset_id: N };
  listened.reader.read(rest('books', [answer], 30_100, 'c1'));
  expect(shown(listened, N)).toBe('live 0.48×7 / 0.5×2');
});

test.each([
  ['first', 1],
  ['last', -1],
])('PB4 both tokens in one frame, a book for one only: the other is ignored, coming %s', (_where, order) => {
  const entries = [entry('BUY 0.062 0 (0.075/0.076)', N), entry('SELL 0.938 0 (0.924/0.925)')];
  const listened = heard(
    [
      ws(
        book(
          [['0.924', '24514.9']],
          [
            ['0.925', '23619.51'],
            ['0.938', '2250'],
          ],
        ),
      ),
      ws(change(order > 0 ? entries : entries.toReversed())),
    ],
    { instruments: [tokenInstrument(Y, '0.001'), tokenInstrument(N, '0.001')] },
  );
  expect(shown(listened)).toBe('live 0.924×24514.9 / 0.925×23619.51');
  expect(bookOf(listened)?.levels('asks', 9)).toHaveLength(1);
  expect(shown(listened, N)).toBe('none');
  // One frame, about both.
  expect(listened.reader.messages.get('price_change')).toBe(1);
  expect([...listened.reader.followed()].map(({ messages }) => messages.get('price_change'))).toEqual([1, 1]);
});

test.each([
  ['PB5 a size is the whole new one', 'BUY 0.50 40 (0.50/0.52)', 'live 0.5×40 / 0.52×25'],
  ['PB6 a new best level', 'BUY 0.51 5 (0.51/0.52)', 'live 0.51×5 / 0.52×25'],
  ['PB7 size 0 removes', 'SELL 0.52 0 (0.50/0.53)', 'live 0.5×15 / 0.53×60'],
  ['PB7 size 0.00 removes', 'SELL 0.52 0.00 (0.50/0.53)', 'live 0.5×15 / 0.53×60'],
  ['PB8 size 0 of an unknown level does nothing', 'SELL 0.60 0 (0.50/0.52)', 'live 0.5×15 / 0.52×25'],
  ['PB9 a price without its 0 is the same level', 'BUY .5 40 (0.5/0.52)', 'live 0.5×40 / 0.52×25'],
])('%s: %s', (_title, text, expected) => {
  const listened = afterBook(change([entry(text)]));
  expect([shown(listened), doubts(listened), listened.needs]).toEqual([expected, [], []]);
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 1, touchChecks: 1, touchAgreed: 1, refused: 0 });
});

test('PB6 the level behind a new best one stays', () => {
  const levels = bookOf(afterBook(change([entry('BUY 0.51 5 (0.51/0.52)')])))?.levels('bids', 2);
  expect(levels).toEqual([
    { price: price('0.51'), quantity: quantity('5') },
    { price: price('0.5'), quantity: quantity('15') },
  ]);
});

test('PB10 best prices other than the folded ones put the book in doubt until a fresh one', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')]));
  expect([shown(listened), doubts(listened)]).toEqual(['stale - / -', ['gap']]);
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: Y, connection: 'c1' }]);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 1, touchAgreed: 0, bookGaps: 1 });

  listened.reader.read(ws(BOOK, 30));
  expect([shown(listened), countsOf(listened).resyncs]).toEqual(['live 0.5×15 / 0.52×25', 1]);
});

test.each([
  ['bid', '(0.51/0.52)'],
  ['ask', '(0.50/0.53)'],
])('PB10 a best %s other than the folded one is enough', (_side, best) => {
  const listened = afterBook(change([entry(`BUY 0.49 25 ${best}`)]));
  expect([shown(listened), doubts(listened)]).toEqual(['stale - / -', ['gap']]);
});

test('PB10 a fresh book by REST ends the doubt, too', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 5));
  listened.reader.read(
    rest('books', [book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + 9) })], 30, 'c1'),
  );
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
});

const hashed = (hash: string, firstBid = '15') =>
  ws({
    event_type: 'book',
    ...HASHED_BOOK,
    hash,
    bids: [
      { price: '0.49', size: '20' },
      { price: '0.5', size: firstBid },
    ],
  });
const ONE_TOKEN = { instruments: [tokenInstrument('1')] };

test('PB11 the hash of a book is that of all its fields', () => {
  const listened = heard([hashed(HASH)], ONE_TOKEN);
  expect(shown(listened, '1')).toBe('live 0.5×15 / 0.52×25');
  expect(countsOf(listened, '1')).toMatchObject({ hashChecks: 1, hashAgreed: 1 });
  const other = heard([hashed(HASH), hashed(HASH_OF_16, '16')], ONE_TOKEN);
  expect(countsOf(other, '1')).toMatchObject({ hashChecks: 2, hashAgreed: 2 });
});

test('PB11 a book whose hash is another, where it agreed before, is stale', () => {
  const listened = heard([hashed(HASH), hashed(HASH, '16')], ONE_TOKEN);
  expect([shown(listened, '1'), doubts(listened, '1')]).toEqual(['stale - / -', ['hash']]);
  expect(countsOf(listened, '1')).toMatchObject({ hashChecks: 2, hashAgreed: 1 });
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: '1' }]);
});

test('PB11 a market whose hash never agreed is proven by its best prices alone', () => {
  const listened = heard([hashed('0xabc'), hashed('0xdef', '16')], ONE_TOKEN);
  expect([shown(listened, '1'), doubts(listened, '1')]).toEqual(['live 0.5×16 / 0.52×25', []]);
  expect(countsOf(listened, '1')).toMatchObject({ hashChecks: 2, hashAgreed: 0 });
});

test('a second picture without its own hash means that the venue hashes otherwise now', () => {
  const listened = heard([hashed(HASH), hashed(HASH, '16'), hashed(HASH, '17')], ONE_TOKEN);
  expect([shown(listened, '1'), doubts(listened, '1')]).toEqual(['live 0.5×17 / 0.52×25', ['hash']]);
});

test('where the venue hashes otherwise, its changes are proven by their best prices again', () => {
  const changed = ws({
    event_type: 'price_change',
    market: '0x1',
    timestamp: '1784578733600',
    price_changes: [entry('BUY 0.51 1 (0.51/0.52)', '1', 'another')],
  });
  const doubted = heard([hashed(HASH), changed], ONE_TOKEN);
  expect(doubts(doubted, '1')).toEqual(['hash']);
  const learned = heard([hashed(HASH), hashed(HASH, '16'), hashed(HASH, '17'), changed], ONE_TOKEN);
  expect([shown(learned, '1'), doubts(learned, '1')]).toEqual(['live 0.51×1 / 0.52×25', ['hash']]);
});

test('the hash of a change is tried with the newest print of its market', () => {
  const sides = {
    bids: '[{"price":"0.49","size":"20"},{"price":"0.5","size":"15"},{"price":"0.51","size":"1"}]',
    asks: '[{"price":"0.53","size":"60"},{"price":"0.52","size":"25"}]',
  };
  const hash = bookHash({
    market: '0x1',
    asset: '1',
    stamp: '1784578733600',
    ...sides,
    minOrderSize: '5',
    tickSize: '0.01',
    negRisk: false,
    lastPrice: '0.47',
  });
  const changed = ws({
    event_type: 'price_change',
    market: '0x1',
    timestamp: '1784578733600',
    price_changes: [entry('BUY 0.51 1 (0.51/0.52)', '1', hash)],
  });
  const print = ws({ ...PRINT, market: '0x1', asset_id: '1', price: '0.47', timestamp: '1784578733590' });
  expect(doubts(heard([hashed(HASH), changed], ONE_TOKEN), '1')).toEqual(['hash']);
  expect(doubts(heard([hashed(HASH), print, changed], ONE_TOKEN), '1')).toEqual([]);
});

test('PB12 a book after a change of the same moment is taken and changes nothing', () => {
  const listened = afterBook(change([entry('SELL 0.52 24 (0.50/0.52)')]), {
    ...BOOK,
    asks: BOOK.asks.with(2, { price: '0.52', size: '24' }),
  });
  expect([shown(listened), doubts(listened)]).toEqual(['live 0.5×15 / 0.52×24', []]);
  expect(countsOf(listened)).toMatchObject({
    snapshots: 2,
    bookUpdates: 1,
    bookDisordered: 0,
    bookRepeated: 0,
  });
});

test('PB13 a later book replaces all levels', () => {
  const listened = afterBook(book([['0.47', '1']], [['0.55', '2']]));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
  expect([bookOf(listened)?.levels('bids', 9), bookOf(listened)?.levels('asks', 9)]).toEqual([
    [{ price: price('0.47'), quantity: quantity('1') }],
    [{ price: price('0.55'), quantity: quantity('2') }],
  ]);
});

const EARLIER = 1757908892000;

test('PB14 a frame whose time went back is applied as it came, and checked', () => {
  const listened = afterBook(
    change([entry('BUY 0.50 40 (0.50/0.52)')], EARLIER),
    change([entry('BUY 0.50 50 (0.51/0.52)')], EARLIER),
  );
  expect(told(listened)).toEqual(['book', 'book', 'book_doubted']);
  expect(countsOf(listened)).toMatchObject({ bookDisordered: 2, bookUpdates: 2, touchAgreed: 1 });
});

test('PB14 of two changes of one price in the wrong order nobody knows which holds, behind the best prices too', () => {
  const listened = afterBook(
    change([entry('BUY 0.49 30 (0.50/0.52)')], START + 2),
    change([entry('BUY 0.49 20 (0.50/0.52)')], START + 1),
  );
  expect([shown(listened), doubts(listened)]).toEqual(['stale - / -', ['gap']]);
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: Y }]);
  expect(countsOf(listened)).toMatchObject({ bookDisordered: 1, bookGaps: 1 });

  listened.reader.read(ws(change([entry('BUY 0.48 5 (0.50/0.52)')], START + 6), 40));
  listened.reader.read(ws(change([entry('BUY 0.48 6 (0.50/0.52)')], START + 5), 41));
  const answer = book([['0.50', '1']], [['0.52', '2']], { timestamp: String(START + 4) });
  listened.reader.read(rest('books', [answer], 50, 'c1'));
  expect([shown(listened), told(listened).at(-1)]).toEqual(['stale - / -', 'book_doubted']);

  const apart = afterBook(
    change([entry('BUY 0.49 30 (0.50/0.52)')], START + 2),
    change([entry('BUY 0.48 20 (0.50/0.52)'), entry('SELL 0.53 1 (0.50/0.52)')], START + 1),
  );
  expect([shown(apart), countsOf(apart).bookDisordered]).toEqual(['live 0.5×15 / 0.52×25', 1]);
  // A clock that was set back is no disorder.
  const set = afterBook(
    change([entry('BUY 0.49 30 (0.50/0.52)')], START + 30_000),
    change([entry('BUY 0.49 20 (0.50/0.52)')], START + 1),
  );
  expect(shown(set)).toBe('live 0.5×15 / 0.52×25');
});

test('PB14 a book of the stream sets the time anew, so that REST can repair it later', () => {
  const ahead = change([entry('BUY 0.50 40 (0.50/0.52)')], START + 3_000_000);
  const listened = afterBook(ahead, { ...BOOK, timestamp: String(START + 20) });
  listened.reader.read(ws(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 30), 30));
  expect([shown(listened), countsOf(listened).bookDisordered]).toEqual(['stale - / -', 1]);
  const answer = book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + 40) });
  listened.reader.read(rest('books', [answer], 50, 'c1'));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
});

test('PB14 an answer by REST that is older than the book is thrown away', () => {
  const listened = afterBook();
  const answer = book([['0.47', '1']], [['0.55', '2']], { timestamp: String(EARLIER) });
  listened.reader.read(rest('books', [answer], 20, 'c1'));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['live 0.5×15 / 0.52×25', 1]);
  listened.reader.tick(at(60_000));
  expect(doubts(listened)).toEqual([]);
});

test('PB15 a side may be empty: no quote, and 0 and 1 are no prices', () => {
  const empty = heard([ws(book([], []))]);
  expect([shown(empty), doubts(empty)]).toEqual(['live - / -', []]);
  const bids = heard([ws(book([], [])), ws(change([entry('BUY 0.5 200 (0.5/1)')]))]);
  expect([shown(bids), countsOf(bids).touchAgreed]).toEqual(['live 0.5×200 / -', 1]);
  const asks = heard([ws(book([], [])), ws(change([entry('SELL 0.5 200 (0/0.5)')]))]);
  expect([shown(asks), countsOf(asks).touchAgreed]).toEqual(['live - / 0.5×200', 1]);
});

test('PB16 a bid that is not below the ask after a complete frame puts the book in doubt', () => {
  const locked = afterBook(change([entry('BUY 0.52 5 (0.52/0.52)')]));
  expect([shown(locked), doubts(locked), locked.needs.length]).toEqual(['stale - / -', ['crossed'], 1]);
  expect(countsOf(locked)).toMatchObject({ bookLocked: 1, bookCrossed: 0, touchAgreed: 1 });
  const crossed = afterBook(book([['0.53', '1']], [['0.52', '2']]));
  expect([shown(crossed), doubts(crossed)]).toEqual(['stale - / -', ['crossed']]);
  expect(countsOf(crossed)).toMatchObject({ bookCrossed: 1, bookLocked: 0 });
});

test('PB17 a finer tick makes the book stale until the next one', () => {
  const listened = afterBook(TICK_SIZE_CHANGE);
  const rules = () => listened.updates.flatMap((one) => (one.kind === 'instrument' ? [one.instrument] : []));
  expect(isOnTick(tokenInstrument(Y), price('0.965'))).toBe(false);
  expect(
    rules().map((one) => [
      formatUnits(one.tickSize),
      formatUnits(one.priceMax),
      isOnTick(one, price('0.965')),
    ]),
  ).toEqual([['0.001', '0.999', true]]);
  expect([shown(listened), doubts(listened)]).toEqual(['stale - / -', ['refused']]);
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: Y }]);

  listened.reader.read(ws(book([['0.964', '1']], [['0.965', '2']]), 20));
  expect(shown(listened)).toBe('live 0.964×1 / 0.965×2');
});

test('PB17 a book that names another tick changes the rules before it is read', () => {
  const listened = afterBook(book([['0.964', '1']], [['0.965', '2']], { tick_size: '0.001' }));
  expect(told(listened)).toEqual(['book', 'book_doubted', 'instrument', 'book']);
  expect(shown(listened)).toBe('live 0.964×1 / 0.965×2');
});

const PRINT = {
  event_type: 'last_trade_price',
  market: BOOK.market,
  asset_id: Y,
  price: '0.52',
  size: '5.216215',
  fee_rate_bps: '0',
  side: 'BUY',
  timestamp: String(START + 228),
};

test('PB18 a print is not taken off the book that has changed before it, and counts once', () => {
  const listened = afterBook(change([entry('SELL 0.52 19.783785 (0.50/0.52)')]), PRINT, PRINT, {
    ...PRINT,
    size: '5.216216',
  });
  expect(shown(listened)).toBe('live 0.5×15 / 0.52×19.783785');
  const prints = listened.updates.flatMap((one) =>
    one.kind === 'trade' ? [[formatUnits(one.price), formatUnits(one.quantity), one.aggressor]] : [],
  );
  expect(prints).toEqual([
    ['0.52', '5.216215', 'buy'],
    ['0.52', '5.216216', 'buy'],
  ]);
  expect(countsOf(listened)).toMatchObject({ trades: 2, tradesRepeated: 1 });
});

test('PB19 the last price inside a book is no price of its token', () => {
  const bids = [['0.16', '7749.68']] as const;
  const listened = heard([rest('book', book(bids, [['0.17', '843.81']], { last_trade_price: '0.830' }))]);
  expect([shown(listened), told(listened)]).toEqual(['live 0.16×7749.68 / 0.17×843.81', ['book']]);
});

test('PB20 an unknown event is counted and ignored', () => {
  const listened = afterBook({ event_type: 'something_new', asset_id: Y });
  expect([shown(listened), [...listened.reader.unknown]]).toEqual([
    'live 0.5×15 / 0.52×25',
    [['something_new', 1]],
  ]);
  expect(listened.reader.frames.malformed).toBe(0);
});

const settlements = ({ updates }: ReturnType<typeof listen>) =>
  updates.flatMap((one) =>
    one.kind === 'settlement' ? [[one.instrumentId, one.payout, one.isFinal] as const] : [],
  );

test('PB21 a decided market pays its winner, and its books are closed', () => {
  const listened = afterBook(MARKET_RESOLVED, change([entry('BUY 0.51 5 (0.51/0.52)')]), BOOK, PRINT);
  expect(settlements(listened)).toEqual([
    [`polymarket:${Y}`, ONE, true],
    [`polymarket:${N}`, 0n, true],
  ]);
  expect(told(listened)).toEqual(['book', 'trading', 'settlement', 'book_doubted']);
  expect([shown(listened), listened.needs]).toEqual(['stale - / -', []]);
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 0, snapshots: 1, trades: 0 });
  // They were read all the same.
  expect(Object.fromEntries(listened.reader.messages)).toEqual({
    book: 2,
    market_resolved: 1,
    price_change: 1,
    last_trade_price: 1,
  });
});

test('PB21 without a winner nothing is paid until it is looked up', () => {
  const { winning_asset_id: _, ...undecided } = MARKET_RESOLVED;
  const listened = afterBook(undecided);
  expect([settlements(listened), told(listened)]).toEqual([[], ['book', 'trading', 'book_doubted']]);
  const row = { token_id: Y, resolved: true, final_price: 0.5 };
  listened.reader.read(rest('tokens', { data: [row] }, 60_000));
  expect(settlements(listened)).toEqual([[`polymarket:${Y}`, ONE / 2n, true]]);
});

test('PB21 a winner that is none of the tokens pays nobody', () => {
  expect(settlements(afterBook({ ...MARKET_RESOLVED, winning_asset_id: '7' }))).toEqual([]);
});

test('PB22 after a reconnect only a book makes live again, with the new levels alone', () => {
  const listened = afterBook();
  const { reader } = listened;
  reader.changeConnection({ ...opened('c1', 10), change: 'lost', detail: 'closed (1006)' });
  expect(doubts(listened)).toEqual(['disconnected']);
  reader.changeConnection(opened('c2', 20));
  reader.read(ws(change([entry('BUY 0.51 5 (0.51/0.52)')]), 30, 'c2'));
  expect(told(listened)).toEqual(['book', 'book_doubted', 'trades_lost']);
  reader.read(ws(book([['0.47', '1']], [['0.55', '2']]), 40, 'c2'));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
  expect(bookOf(listened)?.levels('bids', 9)).toHaveLength(1);
});

const sidesOf = (listened: Listened, token = Y) => ({
  bids: bookOf(listened, token)?.levels('bids', 9) ?? [],
  asks: bookOf(listened, token)?.levels('asks', 9) ?? [],
});

/** What one of each of a market's two tokens costs together. */
const bothAsks = (listened: Listened): string =>
  formatUnits([Y, N].reduce((sum, token) => sum + (sidesOf(listened, token).asks[0]?.price ?? 0n), 0n));

test('PB24 the books of both tokens mirror each other, from pictures and after changes', () => {
  const picture = [
    book([['0.924', '24514.9']], [['0.925', '23619.51']]),
    { ...book([['0.075', '23619.51']], [['0.076', '24514.9']]), asset_id: N },
  ];
  const both = [
    entry('SELL 0.925 23403.29 (0.924/0.925)'),
    entry('BUY 0.075 23403.29 (0.075/0.076)', N), // 1 - 0.925
  ];
  const listened = heard([ws(picture), ws(change(both), 10)], {
    instruments: [tokenInstrument(Y, '0.001'), tokenInstrument(N, '0.001')],
  });
  expect([shown(listened), shown(listened, N)]).toEqual([
    'live 0.924×24514.9 / 0.925×23403.29',
    'live 0.075×23403.29 / 0.076×24514.9',
  ]);
  expect(sidesOf(listened, N)).toEqual(mirrorOf(sidesOf(listened)));
  expect(bothAsks(listened)).toBe('1.001'); // 0.925 + 0.076
});

test('PB25 two polled pictures bear their own moments, so that less than a dollar for both is seen to be no offer', () => {
  const listened = heard([
    polled('books', [book([['0.16', '1']], [['0.53', '1']], { timestamp: String(START + 996) })], 1_000),
    polled(
      'books',
      [{ ...book([['0.45', '1']], [['0.46', '1']], { timestamp: String(START + 1_188) }), asset_id: N }],
      1_200,
    ),
  ]);
  expect([shown(listened), shown(listened, N)]).toEqual(['live 0.16×1 / 0.53×1', 'live 0.45×1 / 0.46×1']);
  expect(bothAsks(listened)).toBe('0.99'); // 0.53 + 0.46
  expect(listened.updates).toMatchObject([
    { instrumentId: `polymarket:${Y}`, occurredAt: START + 996, isPolled: true },
    { instrumentId: `polymarket:${N}`, occurredAt: START + 1_188, isPolled: true },
  ]);
});

test('several entries of one token in a frame are compared after the last one', () => {
  const listened = afterBook(
    change([
      entry('SELL 0.52 0 (0.50/0.53)'),
      entry('SELL 0.53 0 (0.50/0.54)'),
      entry('BUY 0.53 7 (0.53/0.54)'),
    ]),
  );
  expect([shown(listened), doubts(listened)]).toEqual(['live 0.53×7 / 0.54×10', []]);
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 1, touchChecks: 1, touchAgreed: 1 });
});

test('a best price that the venue does not say is not compared', () => {
  const listened = afterBook(change([{ ...entry('BUY 0.51 6 (0.51/0.52)'), best_ask: '' }]));
  expect([shown(listened), countsOf(listened).touchChecks]).toEqual(['live 0.51×6 / 0.52×25', 1]);
});

test.each([
  ['nothing', {}],
  ['best prices that are empty', { best_bid: '', best_ask: null }],
  ['a hash of which nobody knows how it is made', { hash: 'abc' }],
])('a change with %s to prove it by is not shown until a picture comes', (_what, more) => {
  const listened = afterBook(change([{ ...entry('BUY 0.51 5'), ...more }]));
  expect([shown(listened), doubts(listened)]).toEqual(['stale - / -', ['gap']]);
  expect(listened.needs).toMatchObject([{ kind: 'snapshot', symbol: Y, connection: 'c1' }]);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 0, touchAgreed: 0, bookGaps: 1 });
  listened.reader.read(restBook(60));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
});

test('a change told twice is counted as repeated and checked once', () => {
  const once = change([entry('BUY 0.51 5 (0.51/0.52)', Y, 'aa')]);
  const listened = afterBook(once, once);
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 1, bookRepeated: 1, touchChecks: 1 });
});

test('a change with the hash of another moment is a change of its own', () => {
  const listened = afterBook(
    change([entry('BUY 0.51 5 (0.51/0.52)', Y, 'aa')]),
    change([entry('BUY 0.51 6 (0.51/0.52)', Y, 'aa')], START + 1),
  );
  expect(shown(listened)).toBe('live 0.51×6 / 0.52×25');
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 2, bookRepeated: 0 });
});

test('a size that cannot be counted puts the book in doubt, and the other token is not touched', () => {
  const listened = heard([ws([BOOK, { ...BOOK, asset_id: N }])]);
  listened.reader.read(
    ws(change([entry('BUY 0.51 5.0000001 (0.51/0.52)'), entry('BUY 0.50 16 (0.50/0.52)', N)])),
  );
  expect([shown(listened), doubts(listened), countsOf(listened).refused]).toEqual([
    'stale - / -',
    ['refused'],
    1,
  ]);
  expect(shown(listened, N)).toBe('live 0.5×16 / 0.52×25');
  expect(listened.notes).toEqual([
    { kind: 'refused', detail: `${Y} price_change size: not a multiple of the step, '5.0000001'` },
  ]);
});

test('a picture by REST continues with the changes that came while it was under way', () => {
  const listened = afterBook(
    change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10),
    // In the picture already, and newer than it.
    change([entry('BUY 0.45 9')], START + 20),
    change([entry('BUY 0.48 3 (0.48/0.55)')], START + 40),
  );
  const answer = book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + 30) });
  listened.reader.read(rest('books', [answer], 90, 'c1'));
  expect(shown(listened)).toBe('live 0.48×3 / 0.55×2');
  expect(bookOf(listened)?.levels('bids', 9)).toHaveLength(2);
  expect(countsOf(listened)).toMatchObject({ snapshots: 2, bookUpdates: 2, bookBeforeSnapshot: 1 });
});

test('changes that the picture by REST holds already are not applied to it', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10));
  const answer = book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + 30) });
  listened.reader.read(rest('books', [answer], 90, 'c1'));
  listened.reader.read(ws(change([entry('BUY 0.46 9 (0.46/0.55)')], START + 20), 95));
  listened.reader.read(ws(change([entry('BUY 0.46 4 (0.47/0.55)')], START + 40), 99));
  expect([shown(listened), doubts(listened)]).toEqual(['live 0.47×1 / 0.55×2', ['gap']]);
  expect(countsOf(listened)).toMatchObject({ bookBeforeSnapshot: 1, touchChecks: 2, touchAgreed: 1 });
});

test('a picture by REST shows the changes of its own millisecond up to the one with its hash', () => {
  const told = (text: string, hash: string) => change([{ ...entry(text), hash }], START + 30);
  const picture = book(
    [
      ['0.46', '9'],
      ['0.47', '1'],
    ],
    [['0.55', '2']],
    {
      timestamp: String(START + 30),
      hash: 'second',
    },
  );
  const [first, second, third] = [
    // What the best prices were before the second change is no gap.
    told('BUY 0.46 9 (0.46/0.55)', 'first'),
    told('BUY 0.47 1 (0.47/0.55)', 'second'),
    told('SELL 0.54 7 (0.47/0.54)', 'third'),
  ];
  const doubt = change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10);

  const after = afterBook(doubt);
  after.reader.read(rest('books', [picture], 90, 'c1'));
  for (const [n, one] of [first, second, third].entries()) after.reader.read(ws(one, 95 + n));
  expect([shown(after), doubts(after)]).toEqual(['live 0.47×1 / 0.54×7', ['gap']]);
  expect(countsOf(after)).toMatchObject({ bookBeforeSnapshot: 2, touchChecks: 2, touchAgreed: 1 });

  const before = afterBook(doubt, first, second, third);
  before.reader.read(rest('books', [picture], 90, 'c1'));
  expect([shown(before), doubts(before)]).toEqual(['live 0.47×1 / 0.54×7', ['gap']]);
  expect(countsOf(before)).toMatchObject({ bookBeforeSnapshot: 2, touchChecks: 2, touchAgreed: 1 });

  // Held up on its way, the picture's own change is told once more.
  after.reader.read(ws(second, 99));
  expect([shown(after), doubts(after)]).toEqual(['live 0.47×1 / 0.54×7', ['gap']]);

  const amid = afterBook(doubt, first);
  amid.reader.read(rest('books', [picture], 90, 'c1'));
  for (const [n, one] of [second, third].entries()) amid.reader.read(ws(one, 95 + n));
  expect([shown(amid), doubts(amid)]).toEqual(['live 0.47×1 / 0.54×7', ['gap']]);
});

test('a picture by REST from before the doubt cannot end it, and another one is asked for', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10));
  const answer = book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + 9) });
  listened.reader.read(rest('books', [answer], 90, 'c1'));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 1]);
  listened.reader.tick(at(4_000));
  expect(listened.needs).toHaveLength(1);
  listened.reader.tick(at(6_000));
  expect(listened.needs).toHaveLength(2);
});

test('a picture by REST that differs from a silent stream doubts the book, the second time the connection', () => {
  const listened = afterBook();
  const answer = (ms: number) =>
    rest('books', [book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + ms) })], ms, 'c1');
  listened.reader.read(answer(60_000));
  expect(shown(listened)).toBe('live 0.5×15 / 0.52×25');
  listened.reader.tick(at(64_999));
  expect(doubts(listened)).toEqual([]);
  listened.reader.tick(at(65_000));
  expect([doubts(listened), listened.needs.map(({ kind }) => kind)]).toEqual([['gap'], ['snapshot']]);

  listened.reader.read(answer(65_100));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
  listened.reader.read(rest('books', [book([], [], { timestamp: String(START + 130_000) })], 130_000, 'c1'));
  listened.reader.tick(at(135_000));
  expect(listened.needs.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot', 'reconnect']);
});

test('a stream that speaks again after it was doubted is not given up', () => {
  const listened = afterBook();
  const silence = (ms: number) => {
    const other = book([['0.47', '1']], [['0.55', String(ms)]], { timestamp: String(START + ms) });
    listened.reader.read(rest('books', [other], ms, 'c1'));
    listened.reader.tick(at(ms + 5_000));
  };
  silence(60_000);
  listened.reader.read(ws({ ...BOOK, timestamp: String(START + 70_000) }, 70_000));
  silence(130_000);
  expect(doubts(listened)).toEqual(['gap', 'gap']);
  expect(listened.needs.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot']);
});

test('a picture by REST from before a change that could not be read does not end the doubt', () => {
  const listened = afterBook(change([entry('BUY 0.51 x (0.51/0.52)')], START + 40));
  const answer = (ms: number) =>
    rest('books', [book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + ms) })], 90, 'c1');
  listened.reader.read(answer(39));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 1]);
  listened.reader.read(answer(40));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
});

test('changes kept for a picture are bounded: one from before those dropped cannot be continued', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10));
  for (let n = 1; n <= 600; n += 1)
    listened.reader.read(ws(change([entry('BUY 0.45 9 (0.47/0.55)')], START + 10 + n), 10 + n));
  const answer = (ms: number) =>
    rest('books', [book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + ms) })], 700, 'c1');
  // 500 are kept: those after 110.
  listened.reader.read(answer(109));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 1]);
  listened.reader.read(answer(110));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
});

test('after a tick change a picture by REST from before it is too old', () => {
  const listened = heard([ws({ ...BOOK, timestamp: String(START + 50) })]);
  listened.reader.read(ws({ ...TICK_SIZE_CHANGE, timestamp: String(START + 60) }, 60));
  listened.reader.read(rest('books', [BOOK], 70, 'c1'));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 1]);
  listened.reader.tick(at(6_000));
  expect(listened.needs).toHaveLength(2);
});

test('a picture by REST that agrees, or a stream that speaks, ends the suspicion', () => {
  const other = (ms: number) =>
    rest('books', [book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START + ms) })], ms, 'c1');
  const agreeing = afterBook();
  agreeing.reader.read(other(60_000));
  agreeing.reader.read(rest('books', [{ ...BOOK, timestamp: String(START + 61_000) }], 61_000, 'c1'));
  agreeing.reader.tick(at(70_000));
  expect([doubts(agreeing), countsOf(agreeing).snapshotsUnneeded]).toEqual([[], 2]);

  const speaking = afterBook();
  speaking.reader.read(other(60_000));
  speaking.reader.read(ws(book([['0.47', '1']], [['0.55', '2']]), 61_000));
  speaking.reader.tick(at(70_000));
  expect([doubts(speaking), shown(speaking)]).toEqual([[], 'live 0.47×1 / 0.55×2']);
});

const BEST = { event_type: 'best_bid_ask', market: BOOK.market, asset_id: Y, spread: '0.01' };

test('best prices told ahead of their change stretch the touch; without a change the book is in doubt', () => {
  const best = { ...BEST, best_bid: '0.51', best_ask: '0.52', timestamp: String(START + 10) };
  const listened = afterBook(best);
  const touches = listened.updates.flatMap((one) =>
    one.kind === 'touch' ? [[one.bidTicks, one.askTicks]] : [],
  );
  // Thousandths of a tick.
  expect(touches).toEqual([[51_000, 52_000]]);
  listened.reader.tick(at(5_010));
  expect(doubts(listened)).toEqual(['gap']);

  const followed = afterBook(best, change([entry('BUY 0.51 5 (0.51/0.52)')], START + 10));
  followed.reader.tick(at(60_000));
  expect([doubts(followed), shown(followed)]).toEqual([[], 'live 0.51×5 / 0.52×25']);
});

test('best prices that are the book’s, or older than it, are no news', () => {
  const listened = afterBook(
    { ...BEST, best_bid: '0.5', best_ask: '0.52', timestamp: String(START + 10) },
    { ...BEST, best_bid: '0.4', best_ask: '0.6', timestamp: String(EARLIER) },
  );
  listened.reader.tick(at(60_000));
  expect(told(listened)).toEqual(['book']);
});

test('the other connection takes over where one doubts its book', () => {
  const listened = heard([ws(BOOK, 0, 'c1'), ws(BOOK, 1, 'c2')]);
  listened.reader.read(ws(change([entry('BUY 0.49 25 (0.51/0.52)')]), 10, 'c1'));
  expect([told(listened), shown(listened)]).toEqual([['book', 'book'], 'live 0.5×15 / 0.52×25']);
});

test('the end of a market closes its book on every connection', () => {
  const listened = heard([ws(BOOK, 0, 'c1'), ws(BOOK, 1, 'c2'), ws(MARKET_RESOLVED, 2, 'c2')]);
  listened.reader.tick(at(1_000));
  expect([doubts(listened), shown(listened)]).toEqual([['disconnected'], 'stale - / -']);
});

test('the end of a market told on one connection is not undone by the book of another', () => {
  const listened = heard([ws(BOOK, 0, 'c1'), ws(BOOK, 1, 'c2'), ws(MARKET_RESOLVED, 2, 'c1')]);
  expect(told(listened)).toEqual(['book', 'trading', 'settlement', 'book_doubted']);
});

test('instruments that are not followed are counted as such', () => {
  const { reader } = heard([ws(BOOK), ws(change([entry('BUY 0.50 40 (0.50/0.52)')]))], {
    instruments: INSTRUMENTS.slice(1),
  });
  expect(reader.frames.unfollowed).toBe(2);
});

test('a stamp that is far ahead of us outranks nothing: a later picture by REST repairs the book', () => {
  const listened = afterBook(
    change([entry('BUY 0.51 1 (0.51/0.52)')], BEYOND),
    change([entry('BUY 0.49 25 (0.50/0.52)')], START + 20),
  );
  expect([shown(listened), doubts(listened)]).toEqual(['stale - / -', ['gap']]);
  listened.reader.read(restBook(60));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['live 0.47×1 / 0.55×2', 0]);
});

test('a change whose place is not known, on its way to a picture, is in none that is older than itself', () => {
  const listened = afterBook(
    change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10),
    change([entry('BUY 0.48 3 (0.48/0.55)')], BEYOND), // came 20 ms after the beginning
  );
  listened.reader.read(restBook(19));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 1]);
  listened.reader.read(restBook(20));
  expect(shown(listened)).toBe('live 0.47×1 / 0.55×2');
});

test('after three questions answered with pictures from before the doubt another connection is asked for', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 3_000_000));
  const needs = () => listened.needs.map(({ kind }) => kind);
  const answered = (ms: number) => {
    listened.reader.read(restBook(ms));
    listened.reader.read(restBook(ms + 1));
    listened.reader.tick(at(ms + 4_900));
  };
  for (const ms of [1_000, 6_000]) answered(ms);
  expect(needs()).toEqual(['snapshot', 'snapshot', 'snapshot']);
  answered(11_000);
  expect(needs()).toEqual(['snapshot', 'snapshot', 'snapshot', 'snapshot', 'reconnect']);
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 6]);
});

test('questions without any answer are no reason to leave the connection', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')]));
  for (let ms = 0; ms <= 60_000; ms += 1_000) listened.reader.tick(at(ms));
  expect(new Set(listened.needs.map(({ kind }) => kind))).toEqual(new Set(['snapshot']));
});

test('changes kept for a picture are bounded in their levels, too', () => {
  const listened = afterBook(change([entry('BUY 0.49 25 (0.51/0.52)')], START + 10));
  const many = Array.from({ length: 3_000 }, () => entry('BUY 0.45 9 (0.47/0.55)'));
  for (let n = 1; n <= 5; n += 1) listened.reader.read(ws(change(many, START + 10 + n), 10 + n));
  // 10,000 levels are kept: the three changes after 12.
  listened.reader.read(restBook(11));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['stale - / -', 1]);
  listened.reader.read(restBook(12));
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['live 0.47×1 / 0.55×2', 1]);
});
