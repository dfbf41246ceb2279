import { expect, test } from 'vitest';
import { type ConnectionChange, type Frame, POLL } from '../../../adapters/venues/frame-source.ts';
import type { MarketUpdate } from '../../../core/market/market-update.ts';
import { ELM, OAK } from '../../core/market/samples.ts';
import {
  at,
  countsOf,
  depth,
  frame,
  type Listened,
  listen,
  on,
  snapshot,
  touch,
  trade,
} from './binance/frames.ts';
import { listing } from './binance/samples.ts';

const change = (
  connection: string,
  what: ConnectionChange['change'],
  detail = `${connection} ${what}`,
): ConnectionChange => ({ wire: 'binance-spot', receivedAt: at(0), connection, change: what, detail });

/** Reads frames and changes of connections in order. */
function read(...items: readonly (Frame | ConnectionChange)[]): Listened {
  const listened = listen();
  take(listened, ...items);
  return listened;
}

function take({ reader }: Listened, ...items: readonly (Frame | ConnectionChange)[]): void {
  for (const item of items) {
    if ('change' in item) reader.changeConnection(item);
    else reader.read(item);
  }
}

/** What a connection says until its book is live at 1001. */
const proof = (connection: string): readonly (Frame | ConnectionChange)[] => [
  change(connection, 'opened'),
  on(connection, depth(1000, 1001)),
  on(connection, snapshot(1000)),
];
const kinds = ({ updates }: Listened) => updates.map(({ kind }) => kind);
const books = ({ updates }: Listened) =>
  updates.filter((one): one is Extract<MarketUpdate, { kind: 'book' }> => one.kind === 'book');
const book = (listened: Listened) => books(listened).at(-1)?.book;
const printed = ({ updates }: Listened) =>
  updates.flatMap((one) => (one.kind === 'trade' ? [one.lastTradeId] : []));

test('in a planned change the second connection proves its book and takes the lead without a doubt', () => {
  const listened = read(...proof('a'), ...proof('b'), on('b', depth(1002, 1002)));
  expect(books(listened)).toHaveLength(1);
  const before = book(listened);
  take(listened, change('a', 'closed', 'b took over'), on('b', depth(1003, 1003)));
  expect(kinds(listened)).toEqual(['book', 'book', 'book']);
  expect(book(listened)).not.toBe(before);
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1003 });
  expect(books(listened).map(({ isSnapshot }) => isSnapshot)).toEqual([true, true, undefined]);
});

test('only the leading connection is heard about books and best prices', () => {
  const listened = read(...proof('a'), ...proof('b'));
  take(
    listened,
    on('b', depth(1002, 1002)),
    on('b', touch(1005, ['100.01', '1'], ['100.02', '3'])),
    on('a', touch(1004, ['100.01', '2'], ['100.02', '3'])),
  );
  expect(kinds(listened)).toEqual(['book', 'touch']);
});

test('trades are printed once, whichever connection brings them first', () => {
  const [one, two, three] = [trade(1, '100', '1'), trade(2, '100', '1'), trade(3, '100', '1')];
  const listened = read(
    ...proof('a'),
    on('a', one),
    ...proof('b'),
    on('b', two),
    on('a', two),
    on('a', three),
    on('b', three),
  );
  take(listened, change('a', 'closed'), on('b', trade(4, '100', '1')));
  expect(printed(listened)).toEqual([1, 2, 3, 4]);
  expect(countsOf(listened)).toMatchObject({ trades: 4, tradesRepeated: 2, tradeGaps: 0 });
  expect(kinds(listened)).not.toContain('trades_lost');
});

test('a connection that is lost without another one leaves a doubt and trades that nobody saw', () => {
  const listened = read(...proof('a'), change('a', 'lost', 'nothing came for 60 s'));
  expect(listened.updates.slice(1)).toEqual([
    {
      kind: 'book_doubted',
      instrumentId: OAK.id,
      doubt: 'disconnected',
      detail: 'nothing came for 60 s',
    },
    {
      kind: 'trades_lost',
      instrumentId: OAK.id,
      flag: 'disconnected',
      detail: 'nothing came for 60 s',
    },
  ]);
  take(listened, ...proof('b'));
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1001 });
  expect(countsOf(listened).resyncs).toBe(1);
});

test('a connection that is lost while another one carries the same costs nothing', () => {
  const listened = read(...proof('a'), ...proof('b'), change('a', 'lost'));
  expect(kinds(listened)).toEqual(['book', 'book']);
  expect(book(listened)?.status).toBe('live');
});

test('a connection that is lost while the other one has no proof yet leaves a doubt until it has', () => {
  const listened = read(
    ...proof('a'),
    change('b', 'opened'),
    on('b', depth(1000, 1001)),
    change('a', 'lost'),
  );
  expect(kinds(listened)).toEqual(['book', 'book_doubted']);
  take(listened, on('b', snapshot(1001)));
  expect(kinds(listened)).toEqual(['book', 'book_doubted', 'book']);
});

test('a gap on the leading connection gives the lead to the other; the healed one does not take it back', () => {
  const listened = read(...proof('a'), ...proof('b'));
  take(listened, on('a', depth(1005, 1005)));
  expect(kinds(listened)).toEqual(['book', 'book']);
  expect(listened.needs.at(-1)).toMatchObject({ kind: 'snapshot', connection: 'a', symbol: 'OAKUSDT' });
  take(listened, on('a', snapshot(1004)), on('a', depth(1006, 1006)), on('b', depth(1002, 1007)));
  expect(books(listened)).toHaveLength(3);
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1007 });
  expect(countsOf(listened).bookGaps).toBe(1);
});

test('a gap on a connection that does not lead is its own affair', () => {
  const listened = read(...proof('a'), ...proof('b'), on('b', depth(1005, 1005)));
  expect(kinds(listened)).toEqual(['book']);
  expect(countsOf(listened).bookGaps).toBe(1);
});

test('an answer that one connection asked for does not disturb the other', () => {
  const listened = read(
    ...proof('a'),
    change('b', 'opened'),
    on('b', depth(1003, 1003)),
    on('a', snapshot(1500, [['1', '1']])),
    on('b', depth(1004, 1004)),
  );
  expect(kinds(listened)).toEqual(['book']);
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1001 });
  take(listened, on('b', snapshot(1003)), change('a', 'closed'));
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1004 });
});

test('a connection that opens anew under its old name begins with nothing', () => {
  const listened = read(...proof('a'), change('a', 'opened'));
  expect(listened.updates.at(-1)).toMatchObject({
    kind: 'book_doubted',
    doubt: 'disconnected',
    detail: 'the connection was opened anew',
  });
  take(listened, on('a', depth(3, 4)), on('a', snapshot(3)));
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 4 });
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, bookDisordered: 0 });
});

test('what is asked for names the connection on which the book has to continue, or none where one only was kept', () => {
  const listened = read(change('a', 'opened'), on('a', depth(1, 1)), depth(1, 1));
  expect(listened.needs).toEqual([
    {
      kind: 'snapshot',
      wire: 'binance-spot',
      connection: 'a',
      symbol: 'OAKUSDT',
      why: 'the book begins',
    },
    {
      kind: 'snapshot',
      wire: 'binance-spot',
      connection: undefined,
      symbol: 'OAKUSDT',
      why: 'the book begins',
    },
  ]);
});

const polled = (lastUpdateId: number): Frame => on(POLL, snapshot(lastUpdateId));

test('polled pictures lead until a stream is proven, and are not heard beside it', () => {
  const listened = read(change(POLL, 'opened'), polled(900), polled(950));
  expect(books(listened).map(({ isPolled }) => isPolled)).toEqual([true, true]);
  take(listened, ...proof('a'), polled(1100));
  expect(books(listened).map(({ isPolled }) => isPolled)).toEqual([true, true, false]);
  take(listened, change(POLL, 'closed'), on('a', depth(1002, 1002)));
  expect(books(listened).map(({ isPolled }) => isPolled)).toEqual([true, true, false, undefined]);
  expect(kinds(listened)).not.toContain('book_doubted');
});

test('a stream that is lost beside polled pictures leaves them in the lead, and its trades lost', () => {
  const listened = read(...proof('a'), change(POLL, 'opened'), polled(1100), change('a', 'lost'));
  expect(books(listened).at(-1)).toMatchObject({ isPolled: true, book: { sequence: 1100 } });
  expect(kinds(listened)).toEqual(['book', 'book', 'trades_lost']);
});

test('a venue that pauses stops all its instruments, and they resume as their own rules say', () => {
  const listened = listen({ instruments: [OAK, ELM] });
  const { reader, updates } = listened;
  const halted = JSON.stringify({ symbols: [listing({ status: 'HALT' })] });
  reader.read(frame('rest:exchangeInfo', halted));
  const venue = (venueOpen: boolean) =>
    reader.changeVenue({ wire: 'binance-spot', receivedAt: at(0), venueOpen, detail: 'maintenance' });
  updates.length = 0;
  venue(false);
  venue(true);
  expect(
    updates.flatMap((one) => (one.kind === 'trading' ? [[one.instrumentId, one.tradable]] : [])),
  ).toEqual([
    [OAK.id, false],
    [ELM.id, false],
    [OAK.id, false],
    [ELM.id, true],
  ]);
});

test('rules that come while the venue is closed open nothing', () => {
  const { reader, updates } = listen();
  reader.changeVenue({ wire: 'binance-spot', receivedAt: at(0), venueOpen: false, detail: '' });
  reader.read(frame('rest:exchangeInfo', JSON.stringify({ symbols: [listing()] })));
  expect(updates.at(-1)).toMatchObject({ kind: 'instrument', tradable: false });
});

test('a change of the tick or lot size starts the books of all connections over', () => {
  const listened = read(...proof('a'), ...proof('b'));
  const [prices, lots, ...rest] = listing().filters;
  const coarser = listing({ filters: [prices, { ...lots, stepSize: '0.01' }, ...rest] });
  take(listened, frame('rest:exchangeInfo', JSON.stringify({ symbols: [coarser] })));
  expect(book(listened)?.status).toBe('stale');
  take(listened, on('b', depth(1002, 1002)), on('b', snapshot(1001)));
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1002, lots: { step: 1_000n } });
  take(listened, change('b', 'lost'));
  expect(listened.updates.slice(-2)).toMatchObject([
    { kind: 'book_doubted', doubt: 'disconnected' },
    { kind: 'trades_lost', flag: 'disconnected' },
  ]);
});

test('a proof that is asked for begins the books of all connections anew, which is no failure of theirs', () => {
  const listened = read(...proof('a'), ...proof('b'));
  listened.needs.length = 0;
  listened.reader.prove(OAK.id, 'its breaker closes');
  expect(book(listened)?.status).toBe('stale');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'disconnected' });
  expect(listened.needs.map(({ kind, connection }) => [kind, connection])).toEqual([
    ['snapshot', 'a'],
    ['snapshot', 'b'],
  ]);
  take(listened, on('b', depth(1002, 1002)), on('b', snapshot(1001)));
  expect(books(listened).at(-1)).toMatchObject({
    isSnapshot: true,
    book: { status: 'live', sequence: 1002 },
  });
});

test('a symbol that is no longer followed is forgotten on every connection, and begins anew when followed again', () => {
  const listened = read(...proof('a'));
  const { reader } = listened;
  const follow = (symbols: readonly string[], gone: readonly string[]) =>
    reader.changeFollowed({
      wire: 'binance-spot',
      receivedAt: at(0),
      follow: symbols,
      unfollow: gone,
      detail: '',
    });
  follow([], ['OAKUSDT']);
  take(listened, on('a', depth(1002, 1002)));
  expect(reader.frames.unfollowed).toBe(1);
  expect([...reader.followed()]).toEqual([]);
  follow(['OAKUSDT'], []);
  take(listened, frame('rest:exchangeInfo', JSON.stringify({ symbols: [listing()] })));
  take(listened, on('a', depth(1003, 1003)), on('a', snapshot(1002)));
  expect(book(listened)).toMatchObject({ status: 'live', sequence: 1003 });
});

test('every frame is counted, whatever connection brings it', () => {
  const listened = read(...proof('a'), ...proof('b'), polled(1), depth(1, 2));
  expect(listened.reader.frames.frames).toBe(6);
  expect(Object.fromEntries(listened.reader.messages)).toEqual({ depth: 3, snapshot: 3 });
});
