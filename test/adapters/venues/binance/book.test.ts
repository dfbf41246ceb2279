import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { ELM, level, OAK } from '../../../core/market/samples.ts';
import { at, bookOf, countsOf, depth, frame, type Listened, listen, snapshot, touch } from './frames.ts';

function read(frames: readonly Frame[]): Listened {
  const listened = listen();
  for (const one of frames) listened.reader.read(one);
  return listened;
}

const stateOf = (listened: Listened) => {
  const book = bookOf(listened);
  return book === undefined ? 'unproven' : `${book.status} ${book.sequence}`;
};

/** The venue page's check table; the snapshot's update id is 1000. */
const A = depth(990, 995);
const B = depth(996, 1003, [['100.01', '5']]);
const C = depth(1004, 1004, [], [['100.02', '0']]);
const SNAPSHOT = snapshot(1000);

test.each([
  {
    row: 'U=990 u=995: an event before the snapshot is dropped',
    frames: [A, SNAPSHOT],
    state: 'live 1000',
    counts: { bookBeforeSnapshot: 1, bookUpdates: 0 },
  },
  {
    row: 'U=996 u=1003: the event that straddles the snapshot is applied',
    frames: [A, B, SNAPSHOT],
    state: 'live 1003',
    counts: { bookBeforeSnapshot: 1, bookUpdates: 1 },
  },
  {
    row: 'the straddling event may come after the snapshot',
    frames: [A, SNAPSHOT, B],
    state: 'live 1003',
    counts: { bookUpdates: 1 },
  },
  {
    row: 'U=1004 u=1004: the next event is applied',
    frames: [A, B, SNAPSHOT, C],
    state: 'live 1004',
    counts: { bookUpdates: 2 },
  },
  {
    row: 'U=1004 u=1004 again: the same event is ignored',
    frames: [A, B, SNAPSHOT, C, C],
    state: 'live 1004',
    counts: { bookUpdates: 2, bookRepeated: 1 },
  },
  {
    row: 'U=1007 u=1009: a jump is a gap',
    frames: [A, B, SNAPSHOT, C, depth(1007, 1009)],
    state: 'stale 0',
    counts: { bookGaps: 1 },
    requests: 2,
  },
  {
    row: 'U=1005 first, with the same snapshot: it is too old, and asked for again',
    frames: [depth(1005, 1005), SNAPSHOT],
    state: 'unproven',
    counts: { snapshotsTooOld: 1, snapshots: 0 },
    requests: 2,
  },
  {
    row: 'a first event that continues the snapshot exactly is safe',
    frames: [depth(1001, 1002), SNAPSHOT],
    state: 'live 1002',
    counts: { snapshots: 1 },
  },
  { row: 'a snapshot alone proves nothing', frames: [SNAPSHOT], state: 'unproven', counts: { snapshots: 0 } },
  {
    row: 'a snapshot before any event waits for it',
    frames: [SNAPSHOT, depth(1001, 1001)],
    state: 'live 1001',
    counts: { snapshots: 1 },
  },
  {
    row: 'an event older than the one before is ignored',
    frames: [A, B, SNAPSHOT, C, depth(996, 1002, [['1', '1']])],
    state: 'live 1004',
    counts: { bookUpdates: 2, bookDisordered: 1, bookRepeated: 0 },
  },
  {
    row: 'a new symbol, of which nothing ever changed, begins with its first event',
    frames: [depth(1, 2), snapshot(-1, [], [])],
    state: 'live 2',
    counts: { snapshots: 1 },
  },
  {
    row: 'a snapshot for a live book is not needed',
    frames: [A, SNAPSHOT, snapshot(2000)],
    state: 'live 1000',
    counts: { snapshotsUnneeded: 1 },
  },
  {
    row: 'an event contained in the snapshot that comes after it is dropped',
    frames: [A, SNAPSHOT, depth(996, 999)],
    state: 'live 1000',
    counts: { bookBeforeSnapshot: 2 },
  },
  {
    row: 'a hole among the buffered events starts the buffer over',
    frames: [A, depth(998, 1001), SNAPSHOT],
    state: 'live 1001',
    counts: { bookGaps: 1 },
  },
])('$row', ({ frames, state, counts, requests }) => {
  const listened = read(frames);
  expect(stateOf(listened)).toBe(state);
  expect(countsOf(listened)).toMatchObject(counts);
  if (requests !== undefined) expect(listened.requests).toHaveLength(requests);
});

test('levels are absolute: set, replaced, removed; removing an unknown one is normal', () => {
  const listened = read([
    A,
    SNAPSHOT,
    depth(
      1001,
      1002,
      [
        ['100.01', '5'],
        ['99.99', '0.0000'],
        ['98', '0'],
      ],
      [['100.02', '7']],
    ),
  ]);
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100.01', '5'), level('100', '1')]);
  expect(bookOf(listened)?.levels('asks', 9)).toEqual([level('100.02', '7'), level('100.03', '4')]);
});

test('a gap clears the book, says so, asks for a snapshot once, and heals with it', () => {
  const listened = read([A, SNAPSHOT, depth(1007, 1009), depth(1010, 1010)]);
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'gap', instrumentId: OAK.id });
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([]);
  expect(listened.requests).toEqual(['OAKUSDT', 'OAKUSDT']);
  listened.reader.read(snapshot(1008));
  expect(stateOf(listened)).toBe('live 1010');
});

test('a gap of one symbol leaves the others alone', () => {
  const listened = listen({ instruments: [OAK, ELM] });
  const elm = (one: Frame): Frame =>
    frame(one.channel.replace('oak', 'elm'), one.raw.replaceAll('oak', 'elm').replaceAll('OAK', 'ELM'));
  for (const one of [A, SNAPSHOT]) {
    listened.reader.read(one);
    listened.reader.read(elm(one));
  }
  listened.reader.read(depth(1007, 1009));
  const elmBook = listened.updates.find((update) => update.kind === 'book' && update.instrumentId === ELM.id);
  expect(elmBook).toMatchObject({ book: { status: 'live', sequence: 1000 } });
  expect(bookOf({ ...listened, updates: listened.updates.filter((one) => one !== elmBook) })?.status).toBe(
    'stale',
  );
});

test('a snapshot that does not come is asked for again after a hundred events', () => {
  const listened = read(Array.from({ length: 201 }, (_, n) => depth(2000 + n, 2000 + n)));
  expect(listened.requests).toHaveLength(2);
});

test('a snapshot that does not come is asked for again after ten seconds of a quiet stream', () => {
  const listened = read([A]);
  for (const ms of [1_000, 10_999]) listened.reader.tick(at(ms));
  expect(listened.requests).toHaveLength(1);
  listened.reader.tick(at(11_000));
  expect(listened.requests).toHaveLength(2);
});

test('snapshots that stay too old are asked for once a second', () => {
  const listened = read([depth(1005, 1005), SNAPSHOT, SNAPSHOT]);
  expect(listened.requests).toHaveLength(2);
  for (const ms of [1_000, 1_999]) listened.reader.tick(at(ms));
  expect(listened.requests).toHaveLength(2);
  listened.reader.tick(at(2_000));
  expect(listened.requests).toHaveLength(3);
});

test('a book that crosses after a complete event is given up', () => {
  const listened = read([A, SNAPSHOT, depth(1001, 1001, [['100.05', '1']])]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'crossed' });
  expect(countsOf(listened).bookCrossed).toBe(1);
});

test('a snapshot that is crossed itself proves nothing', () => {
  const listened = read([A, snapshot(1000, [['101', '1']], [['100', '1']])]);
  expect(stateOf(listened)).toBe('unproven');
  expect(countsOf(listened).bookCrossed).toBe(1);
});

test.each([
  { what: 'a price finer than a thousandth of the tick', bids: [['100.000001', '1']] as const },
  { what: 'a size finer than a thousandth of the lot', bids: [['100.00', '0.0000001']] as const },
  { what: 'a size that is no number', bids: [['100.00', 'NaN']] as const },
  { what: 'a negative size', bids: [['100.00', '-1']] as const },
  { what: 'a price of zero', bids: [['0.00', '1']] as const },
  { what: 'a size beyond exact counting', bids: [['100.00', '99999999999999']] as const },
])('$what is refused and makes the book unproven', ({ bids }) => {
  const listened = read([A, SNAPSHOT, depth(1001, 1001, bids), depth(1002, 1002)]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'refused' });
  expect(countsOf(listened).refused).toBe(1);
  expect(listened.notes[0]?.detail).toMatch(/^OAKUSDT depth b\.0\.[01]: /);
});

test('an order that rests from a time of smaller ticks or lots is shown as it is', () => {
  const listened = read([A, SNAPSHOT, depth(1001, 1001, [['100.005', '1.0005']])]);
  expect(bookOf(listened)?.levels('bids', 1)).toEqual([level('100.005', '1.0005')]);
});

test('a malformed depth frame of a known symbol makes its book unproven', () => {
  const listened = read([
    A,
    SNAPSHOT,
    frame('oakusdt@depth@100ms', '{"stream":"oakusdt@depth@100ms","data":{"e":"depthUp'),
  ]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.reader.frames.malformed).toBe(1);
});

test('ids that go back with a later time mean that the venue counts anew', () => {
  const listened = read([A, SNAPSHOT, depth(1001, 1001), depth(5, 6, [], [], 9_000)]);
  expect(stateOf(listened)).toBe('stale 0');
  listened.reader.read(snapshot(6));
  expect(stateOf(listened)).toBe('live 6');
});

const BEST_BID = ['100.00', '1.000'] as const;
const BEST_ASK = ['100.02', '3.000'] as const;

test.each([
  { when: 'came before the book', frames: [A, touch(1000, BEST_BID, BEST_ASK), SNAPSHOT] },
  { when: 'comes after the book', frames: [A, SNAPSHOT, touch(1000, BEST_BID, BEST_ASK)] },
])('best prices of the same update id that agree are counted when the message $when', ({ frames }) => {
  const listened = read(frames);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 1, touchAgreed: 1 });
  expect(stateOf(listened)).toBe('live 1000');
});

test.each([
  { what: 'bid price', bid: ['99.99', '1.000'] as const, ask: BEST_ASK },
  { what: 'bid size', bid: ['100.00', '1.001'] as const, ask: BEST_ASK },
  { what: 'ask price', bid: BEST_BID, ask: ['100.03', '3.000'] as const },
  { what: 'ask size', bid: BEST_BID, ask: ['100.02', '2.999'] as const },
])('another $what at the same update id proves the book wrong', ({ bid, ask }) => {
  for (const frames of [
    [A, SNAPSHOT, touch(1000, bid, ask)],
    [A, touch(1000, bid, ask), SNAPSHOT],
  ]) {
    const listened = read(frames);
    expect(countsOf(listened)).toMatchObject({ touchChecks: 1, touchAgreed: 0 });
    expect(bookOf(listened)?.status ?? 'stale').toBe('stale');
    expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'gap' });
  }
});

test('best prices newer than the book are news, older or repeated ones are not', () => {
  const listened = read([
    A,
    SNAPSHOT,
    touch(999, BEST_BID, BEST_ASK),
    touch(1005, ['100.01', '1'], BEST_ASK),
    touch(1005, ['100.01', '1'], BEST_ASK),
  ]);
  expect(listened.updates.filter((update) => update.kind === 'touch')).toEqual([
    { kind: 'touch', instrumentId: OAK.id, bidTicks: 10_001_000, askTicks: 10_002_000 },
  ]);
  expect(countsOf(listened).touchRepeated).toBe(1);
});

test('a side shorter than what was asked for is known whole', () => {
  const listened = listen();
  listened.reader.read(A);
  const url = 'https://api.example/api/v3/depth?symbol=OAKUSDT&limit=1000';
  listened.reader.read(frame('rest', SNAPSHOT.raw, 0, url));
  expect(bookOf(listened)?.isComplete('asks', 2)).toBe(true);
  expect(stateOf(read([A, SNAPSHOT]))).toBe('live 1000');
  expect(bookOf(read([A, SNAPSHOT]))?.isComplete('asks', 2)).toBe(false);
});

test('the book is stamped with the venue time of its newest event', () => {
  const listened = read([A, SNAPSHOT, depth(1001, 1001, [], [], 4_321)]);
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book', occurredAt: at(4_321) });
});
