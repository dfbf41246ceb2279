import { expect, test } from 'vitest';
import { POLL } from '../../../../adapters/venues/frame-source.ts';
import { formatUnits, ONE, price } from '../../../../core/amounts.ts';
import {
  afterBook,
  at,
  book,
  countsOf,
  doubts,
  heard,
  INSTRUMENTS,
  type Listened,
  listen,
  polled,
  rest,
  START,
  shown,
  told,
  ws,
} from './frames.ts';
import { BOOK, GAMMA_MARKET, MARKET, MARKET_RESOLVED, N, TICK_SIZE_CHANGE, Y } from './samples.ts';

const AWAITED = { instruments: [], symbols: [Y] };
const markets = (...some: readonly object[]) => rest('markets', { markets: some });

test('the catalogue gives an awaited token its rules, once as long as they stay', () => {
  const listened = heard([ws(BOOK), markets(GAMMA_MARKET), markets(GAMMA_MARKET), ws(BOOK)], AWAITED);
  expect(told(listened)).toEqual(['instrument', 'book']);
  expect([...listened.reader.messages]).toEqual([
    ['book', 2],
    ['rest:markets', 2],
  ]);
  const [update] = listened.updates;
  expect(update).toMatchObject({
    kind: 'instrument',
    tradable: true,
    instrument: {
      id: `polymarket:${Y}`,
      quoteAsset: 'pUSD',
      tickSize: price('0.01'),
      priceMin: price('0.01'),
      priceMax: price('0.99'),
      quantityMin: 5n * ONE,
    },
  });
  // The other token of the market is not followed.
  expect(listened.reader.instruments()).toHaveLength(1);
});

test.each([
  ['closed', { closed: true }, 'closed'],
  ['paused', { acceptingOrders: false }, 'not accepting orders'],
  ['resolved', { closed: true, umaResolutionStatus: 'resolved' }, 'resolved'],
])('a market that is %s does not trade', (_what, more, status) => {
  const listened = heard([markets(GAMMA_MARKET), markets({ ...GAMMA_MARKET, ...more })], AWAITED);
  expect(listened.updates.at(-1)).toEqual({
    kind: 'trading',
    instrumentId: `polymarket:${Y}`,
    tradable: false,
    detail: `the venue says '${status}'`,
  });
});

test('a market that cannot be read is noted by its field', () => {
  const listened = heard([markets({ ...GAMMA_MARKET, orderPriceMinTickSize: 0.3 })], AWAITED);
  expect(listened.notes).toEqual([{ kind: 'refused', detail: "market tick: does not divide 1, '0.3'" }]);
});

const ticks = ({ updates }: Listened) =>
  updates.flatMap((one) => (one.kind === 'instrument' ? [formatUnits(one.instrument.tickSize)] : []));

test('the catalogue does not take back a tick that the matching engine told', () => {
  const listened = heard([markets(GAMMA_MARKET), ws(TICK_SIZE_CHANGE), markets(GAMMA_MARKET)], AWAITED);
  expect(ticks(listened)).toEqual(['0.01', '0.001']);
});

test('a picture by REST from before a tick change does not take it back', () => {
  const listened = afterBook(TICK_SIZE_CHANGE);
  listened.reader.read(rest('books', [book([], [], { tick_size: '0.01' })], 20, 'c1'));
  expect(ticks(listened)).toEqual(['0.001']);
});

test('a tick whose stamp is far ahead of us does not hold off the ticks after it', () => {
  const told = (tick: string, stamp: number) => ({
    ...TICK_SIZE_CHANGE,
    new_tick_size: tick,
    timestamp: String(stamp),
  });
  const listened = afterBook(told('0.1', 9_999_999_999_999), told('0.001', START + 15));
  expect(ticks(listened)).toEqual(['0.1', '0.001']);
  listened.reader.read(rest('books', [book([], [], { tick_size: '0.01' })], 20, 'c1'));
  expect(ticks(listened)).toEqual(['0.1', '0.001']);
});

test('polled pictures are live at once, repeat, and are stale when the next ones are overdue', () => {
  const listened = heard([
    polled('books', [BOOK, { ...BOOK, asset_id: N }], 0),
    polled('books', [BOOK], 2_000),
  ]);
  expect([shown(listened), told(listened)]).toEqual(['live 0.5×15 / 0.52×25', ['book', 'book']]);
  expect(listened.updates).toMatchObject([{ isPolled: true }, { isPolled: true }, { isPolled: true }]);
  listened.reader.tick(at(8_000));
  expect([doubts(listened), doubts(listened, N)]).toEqual([[], ['disconnected']]);
  listened.reader.tick(at(8_001));
  expect(doubts(listened)).toEqual(['disconnected']);
  listened.reader.read(polled('books', [BOOK], 9_000));
  expect([shown(listened), countsOf(listened).resyncs]).toEqual(['live 0.5×15 / 0.52×25', 1]);
  // Who polls asks again anyway.
  expect(listened.needs).toEqual([]);
});

test('an older polled picture is thrown away', () => {
  const older = book([['0.47', '1']], [['0.55', '2']], { timestamp: String(START - 1) });
  const listened = heard([polled('books', [BOOK]), polled('books', [older], 2_000)]);
  expect([shown(listened), countsOf(listened).snapshotsTooOld]).toEqual(['live 0.5×15 / 0.52×25', 1]);
});

test('when polled pictures were overdue, the next one is the beginning, whatever its time', () => {
  const ahead = { ...BOOK, timestamp: String(START + 3_000_000) };
  const listened = heard([polled('books', [ahead]), polled('books', [BOOK], 2_000)]);
  expect(countsOf(listened).snapshotsTooOld).toBe(1);
  listened.reader.tick(at(6_001));
  listened.reader.read(polled('books', [BOOK], 8_000));
  expect([shown(listened), doubts(listened)]).toEqual(['live 0.5×15 / 0.52×25', ['disconnected']]);
});

test('a crossed polled picture shows nothing', () => {
  const listened = heard([polled('books', [book([['0.5', '1']], [['0.5', '1']])])]);
  expect([told(listened), countsOf(listened).bookLocked]).toEqual([['book_doubted'], 1]);
});

test('a polled picture with a level that cannot be counted shows nothing, beside a stream it is only noted', () => {
  const broken = { ...BOOK, asks: [{ price: '0.52', size: '1.0000001' }] };
  const alone = heard([polled('books', [BOOK]), polled('books', [broken], 2_000)]);
  expect([doubts(alone), countsOf(alone).refused]).toEqual([['refused'], 1]);
  const beside = afterBook();
  beside.reader.read(rest('books', [broken], 20, 'c1'));
  expect([doubts(beside), countsOf(beside).refused, beside.notes]).toEqual([
    [],
    1,
    [{ kind: 'refused', detail: `${Y} rest:books asks.0.size: not a multiple of the step, '1.0000001'` }],
  ]);
});

test('a stream takes over from polling', () => {
  const listened = heard([polled('books', [BOOK]), ws(BOOK, 10)]);
  expect(listened.updates.map((one) => one.kind === 'book' && one.isPolled)).toEqual([true, false]);
});

const settlements = ({ updates }: Listened) =>
  updates.flatMap((one) =>
    one.kind === 'settlement'
      ? [[one.instrumentId.slice(11, 13), formatUnits(one.payout), one.isFinal, one.occurredAt] as const]
      : [],
  );

const token = (token_id: string, final_price: number | null, resolved = true) => ({
  token_id,
  condition_id: MARKET,
  outcome_index: 0,
  resolved,
  final_price,
});
const tokens = (...rows: readonly object[]) => rest('tokens', { data: rows });
const resolution = (payouts: readonly number[], status = 'resolved') =>
  rest('resolutions', {
    data: [
      { condition_id: MARKET, status, payouts, was_disputed: false, resolved_at: '2026-03-12T09:25:40Z' },
    ],
  });
const CLOSED = { ...GAMMA_MARKET, closed: true, acceptingOrders: false };
const DECIDED = { ...CLOSED, outcomePrices: '["0", "1"]' };

test.each([
  [
    [1, 0],
    ['1', '0'],
  ],
  [
    [0, 1],
    ['0', '1'],
  ],
  [
    [0.5, 0.5],
    ['0.5', '0.5'],
  ],
  [
    [0.3333, 0.6667],
    ['0.3333', '0.6667'],
  ],
])('tokens that pay %j are settled for good', ([yes = null, no = null], [up, down]) => {
  const listened = heard([tokens(token(Y, yes), token(N, no))]);
  expect(settlements(listened)).toEqual([
    ['71', up, true, null],
    ['52', down, true, null],
  ]);
});

test('a token that is not decided, not priced or not followed settles nothing', () => {
  const rows = [token(Y, null), token(Y, 0.9, false), token('5', 1)];
  expect(
    settlements(heard([tokens(...rows), rest('tokens', { data: [] }), rest('tokens', { data: null })])),
  ).toEqual([]);
});

test('a list of outcomes alone is announced; with the catalogue’s prices it is final', () => {
  const listened = heard([markets(CLOSED), resolution([0, 1_000_000])]);
  const resolvedAt = Date.UTC(2026, 2, 12, 9, 25, 40);
  expect(settlements(listened)).toEqual([
    ['71', '0', false, resolvedAt],
    ['52', '1', false, resolvedAt],
  ]);
  listened.reader.read(markets(DECIDED));
  expect(settlements(listened).slice(2)).toEqual([
    ['71', '0', true, null],
    ['52', '1', true, null],
  ]);
  // Told again, it is no news.
  listened.reader.read(resolution([0, 1_000_000]));
  listened.reader.read(tokens(token(Y, 0), token(N, 1)));
  expect([settlements(listened).length, listened.notes]).toEqual([4, []]);
});

test('half each is announced by the list and final by the token', () => {
  const listened = heard([markets(CLOSED), resolution([500_000, 500_000]), tokens(token(Y, 0.5))]);
  expect(settlements(listened).map(([of, payout, isFinal]) => [of, payout, isFinal])).toEqual([
    ['71', '0.5', false],
    ['52', '0.5', false],
    ['71', '0.5', true],
  ]);
});

test('lists that contradict each other pay nobody; the token decides', () => {
  const listened = heard([markets(DECIDED), resolution([1_000_000, 0])]);
  expect(settlements(listened).map(([of, payout, isFinal]) => [of, payout, isFinal])).toEqual([
    ['71', '0', false],
    ['52', '1', false],
  ]);
  expect(listened.notes.map(({ detail }) => detail)).toEqual([
    `${Y}: it pays 0, and the venue now says 1`,
    `${N}: it pays 1, and the venue now says 0`,
  ]);
  listened.reader.read(tokens(token(Y, 1), token(N, 0)));
  expect(
    settlements(listened)
      .slice(2)
      .map(([of, payout, isFinal]) => [of, payout, isFinal]),
  ).toEqual([
    ['71', '1', true],
    ['52', '0', true],
  ]);
});

test('what was paid is not paid otherwise later', () => {
  const listened = heard([ws(MARKET_RESOLVED), tokens(token(Y, 0))]);
  expect(settlements(listened)).toHaveLength(2);
  expect(listened.notes).toEqual([{ kind: 'refused', detail: `${Y}: it pays 1, and the venue now says 0` }]);
});

test.each([
  ['not resolved', resolution([1_000_000, 0], 'posed')],
  ['more than a dollar', resolution([1_000_000, 1_000_000])],
  ['less than nothing', resolution([-1, 1_000_001])],
  [
    'without payouts',
    rest('resolutions', { data: [{ condition_id: MARKET, status: 'resolved', price: '1' }] }),
  ],
  ['of more outcomes', resolution([500_000, 250_000, 250_000])],
  ['prices of 0 and 0', markets({ ...CLOSED, outcomePrices: '["0","0"]' })],
  ['prices of a market that is open', markets({ ...GAMMA_MARKET, outcomePrices: '["1","0"]' })],
])('nothing is settled by a market that is %s', (_what, frame) => {
  expect(settlements(heard([markets(CLOSED), frame]))).toEqual([]);
});

test('a decided market stays closed, whatever the catalogue or a picture says later', () => {
  const listened = heard([markets(GAMMA_MARKET), ws(BOOK), ws(MARKET_RESOLVED)]);
  const before = listened.updates.length;
  listened.reader.read(markets(GAMMA_MARKET));
  listened.reader.read(rest('books', [BOOK], 50, 'c1'));
  expect(listened.updates).toHaveLength(before);
});

test('pictures that no stream and no poll continues are stale soon, and nobody can be asked', () => {
  const listened = heard([rest('book', BOOK)]);
  listened.reader.tick(at(6_001));
  listened.reader.tick(at(20_000));
  expect([doubts(listened), listened.needs]).toEqual([['disconnected'], []]);
});

const row = (seconds: number, more: object = {}) => ({
  token_id: Y,
  condition_id: MARKET,
  side: 'BUY',
  size: 12.5,
  price: 0.5037123456789,
  timestamp: seconds,
  transaction_hash: '0xeeef',
  ...more,
});

test('polled trades are history, each counted once, and never prints', () => {
  const now = Math.floor(START / 1_000);
  const rows = {
    data: [row(now + 2), row(now + 1, { size: 1 }), row(now - 60), row(now + 2, { token_id: '5' })],
  };
  const listened = heard([
    polled('trades', { data: [] }),
    polled('trades', rows, 3_000),
    polled('trades', rows, 6_000),
  ]);
  expect(told(listened)).toEqual([]);
  expect(countsOf(listened)).toMatchObject({
    trades: 2,
    tradesFromHistory: 2,
    quantityFromHistory: (135n * ONE) / 10n,
    tradesRepeated: 2,
  });
});

test('answers that are none are counted for what they are', () => {
  const { reader, notes } = heard([
    rest('books', '<html>'),
    rest('books', [{ asset_id: Y, bids: 5 }]),
    rest('books', []),
    rest('time', '1757908892'),
    rest('markets', { error: 'slow down' }),
    rest('tokens', { data: [{ token_id: 5 }] }),
    rest('trades', { data: [{ token_id: Y, size: 1, price: 1, transaction_hash: '' }] }),
  ]);
  expect(reader.frames).toEqual({ frames: 7, malformed: 2, venueErrors: 1, unfollowed: 0 });
  expect([...reader.unknown, ...reader.messages]).toEqual([
    ['rest:time', 1],
    ['rest:books', 1],
    ['rest:tokens', 1],
    ['rest:trades', 1],
  ]);
  expect(notes.map(({ detail }) => detail)).toEqual([
    'rest:books not JSON',
    'rest:books 0.market: Invalid input: expected string, received undefined',
    'rest:time 1757908892',
    'rest:markets: slow down',
    'resolutions condition_id: Invalid input: expected string, received undefined',
    'trades side: Invalid input: expected string, received undefined',
  ]);
});

test('a symbol that is no longer followed is forgotten', () => {
  const listened = listen({ instruments: INSTRUMENTS });
  listened.reader.read(ws(BOOK));
  const follow = { wire: 'polymarket' as const, receivedAt: at(1), follow: [], unfollow: [Y], detail: '' };
  listened.reader.changeFollowed(follow);
  listened.reader.read(ws(BOOK, 2));
  expect([told(listened), listened.reader.frames.unfollowed]).toEqual([['book'], 1]);
});

test('frames of the poll are read by their form, whatever their channel', () => {
  const listened = heard([{ ...ws(BOOK), connection: POLL }]);
  expect(listened.updates).toMatchObject([{ kind: 'book', isPolled: true }]);
});
