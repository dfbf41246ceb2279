import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { level } from '../../../core/market/samples.ts';
import {
  at,
  BTC,
  bookOf,
  countsOf,
  depth,
  type Listened,
  listen,
  mexcInstrument,
  picture,
  read,
  snapshot,
  stateOf,
  text,
  touch,
} from './frames.ts';

/** The venue page's check table; the snapshot's update id is 1000. */
const OLD = depth(980, 1000);
const STRADDLING = depth(996, 1004, [['100.01', '5']]);
const NEXT = depth(1005, 1005, [], [['100.02', '0']]);
const SNAPSHOT = snapshot(1000);

test.each([
  {
    row: 'from 980 to 1000 is dropped',
    frames: [OLD, SNAPSHOT],
    state: 'live 1000',
    counts: { bookBeforeSnapshot: 1, bookUpdates: 0 },
  },
  {
    row: 'from 996 to 1004 is applied: version 1004',
    frames: [STRADDLING, SNAPSHOT],
    state: 'live 1004',
    counts: { bookUpdates: 1 },
  },
  {
    row: 'from 996 to 1004 is applied also when it comes after the snapshot',
    frames: [depth(980, 995), SNAPSHOT, STRADDLING],
    state: 'live 1004',
    counts: { bookUpdates: 1, bookBeforeSnapshot: 1 },
  },
  {
    row: 'from 1005 to 1005 is applied',
    frames: [STRADDLING, SNAPSHOT, NEXT],
    state: 'live 1005',
    counts: { bookUpdates: 2 },
  },
  {
    row: 'from 1005 to 1005 again is dropped as old',
    frames: [STRADDLING, SNAPSHOT, NEXT, NEXT],
    state: 'live 1005',
    counts: { bookUpdates: 2, bookRepeated: 1, bookGaps: 0 },
  },
  {
    row: 'from 1008 to 1010 is a gap: resync',
    frames: [STRADDLING, SNAPSHOT, NEXT, depth(1008, 1010)],
    state: 'stale 0',
    counts: { bookGaps: 1 },
  },
  {
    row: 'first cached event from 1003 and snapshot 1000: the snapshot is fetched again',
    frames: [depth(1003, 1006), SNAPSHOT],
    state: 'unproven',
    counts: { snapshotsTooOld: 1, snapshots: 0 },
  },
  {
    row: 'first cached event from 1001 is contiguous and safe to accept',
    frames: [depth(1001, 1002), SNAPSHOT],
    state: 'live 1002',
    counts: { snapshots: 1 },
  },
  {
    row: 'a later event that begins inside what is known is no continuation either',
    frames: [STRADDLING, SNAPSHOT, depth(1003, 1006)],
    state: 'stale 0',
    counts: { bookGaps: 1 },
  },
  {
    row: 'an older event after a younger one changes nothing',
    frames: [STRADDLING, SNAPSHOT, NEXT, depth(990, 995)],
    state: 'live 1005',
    counts: { bookUpdates: 2, bookDisordered: 1 },
  },
])('$row', ({ frames, state, counts }) => {
  const listened = read(frames);
  expect(stateOf(listened)).toBe(state);
  expect(countsOf(listened)).toMatchObject(counts);
});

test('sizes are absolute, zero removes, a missing side means no change', () => {
  const listened = read([
    OLD,
    SNAPSHOT,
    depth(1001, 1002, [
      ['100.01', '5'],
      ['99.99', '0'],
      ['98', '0'],
    ]),
  ]);
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100.01', '5'), level('100', '1')]);
  expect(bookOf(listened)?.levels('asks', 9)).toEqual([level('100.02', '3'), level('100.03', '4')]);
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book', occurredAt: at(1002) });
});

test('a side as long as the request is not known whole, a shorter one is', () => {
  const listened = read([OLD, snapshot(1000, 0, { limit: 2, asks: [['100.02', '3']] })]);
  expect(bookOf(listened)?.isComplete('bids', 2)).toBe(false);
  expect(bookOf(listened)?.isComplete('asks', 2)).toBe(true);
});

/** The venue answers later and later moments; the reader is given the time by window edges only. */
function ticks(listened: Listened, from: number, through: number): void {
  for (let ms = from; ms <= through; ms += 250) listened.reader.tick(at(ms));
}

test('a snapshot that lags is asked for again after one to two seconds, once', () => {
  const listened = read([depth(1003, 1006, [], [], 10)]);
  expect(listened.needs).toEqual([
    { kind: 'snapshot', wire: 'mexc-spot', connection: undefined, symbol: 'BTCUSDT', why: 'the book begins' },
  ]);
  read([snapshot(1000, 100)], listened);
  expect(listened.needs).toHaveLength(1);
  ticks(listened, 250, 1_500);
  expect(listened.needs).toHaveLength(1);
  ticks(listened, 1_750, 2_500);
  expect(listened.needs).toHaveLength(2);
  read([snapshot(1004, 2_600)], listened);
  expect(stateOf(listened)).toBe('live 1006');
});

test('a snapshot that is not answered is asked for again after ten seconds', () => {
  const listened = read([depth(1003, 1006)]);
  ticks(listened, 0, 9_750);
  expect(listened.needs).toHaveLength(1);
  ticks(listened, 10_000, 12_000);
  expect(listened.needs).toHaveLength(2);
  read([snapshot(1006, 12_100)], listened);
  ticks(listened, 12_250, 40_000);
  expect(stateOf(listened)).toBe('live 1006');
  expect(listened.needs).toHaveLength(2);
});

test('a gap says so, empties the book, and heals by a snapshot and what came since', () => {
  const listened = read([OLD, SNAPSHOT, depth(1008, 1010), depth(1011, 1011)]);
  expect(listened.updates.at(-1)).toEqual({
    kind: 'book_doubted',
    instrumentId: BTC.id,
    doubt: 'gap',
    detail: '7 updates missing between 1000 and 1008',
  });
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([]);
  expect(listened.needs).toHaveLength(2);
  read([snapshot(1009)], listened);
  expect(stateOf(listened)).toBe('live 1011');
});

test.each([
  { what: 'a size that is no number', frame: depth(1001, 1001, [['100', 'x']]), field: 'bids.0.quantity' },
  { what: 'a negative size', frame: depth(1001, 1001, [], [['100.02', '-1']]), field: 'asks.0.quantity' },
  { what: 'a price of zero', frame: depth(1001, 1001, [['0', '1']]), field: 'bids.0.price' },
  {
    what: 'a price finer than any step',
    frame: depth(1001, 1001, [['100.000000001', '1']]),
    field: 'bids.0.price',
  },
  {
    what: 'a size beyond exact counting',
    frame: depth(1001, 1001, [['100', '999999999999']]),
    field: 'bids.0.quantity',
  },
])('$what is refused and makes the book unproven', ({ frame, field }) => {
  const listened = read([OLD, SNAPSHOT, frame]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'refused' });
  expect(listened.notes[0]?.detail).toContain(`BTCUSDT publicAggreDepths ${field}: `);
  expect(countsOf(listened).refused).toBe(1);
});

test('a book that crosses after a complete event is given up and never shown', () => {
  const listened = read([OLD, SNAPSHOT, depth(1001, 1001, [['100.05', '1']])]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'crossed' });
  expect(countsOf(listened)).toMatchObject({ bookCrossed: 1, bookUpdates: 1 });
});

test('a locked book is counted and stays', () => {
  const listened = read([OLD, SNAPSHOT, depth(1001, 1001, [['100.02', '1']])]);
  expect(stateOf(listened)).toBe('live 1001');
  expect(countsOf(listened).bookLocked).toBe(1);
});

test('versions that go back at a later time mean that the venue counts anew', () => {
  const listened = read([OLD, SNAPSHOT, depth(5, 6, [], [], 9_000)]);
  expect(listened.updates.at(-1)).toMatchObject({ detail: 'update ids went back from 1000 to 6' });
  read([snapshot(6, 9_100)], listened);
  expect(stateOf(listened)).toBe('live 6');
});

const BEST_BID = ['100.00', '1'] as const;
const BEST_ASK = ['100.02', '3'] as const;

test('best prices at the version of the book are compared and counted, and prove nothing', () => {
  const listened = read([
    OLD,
    SNAPSHOT,
    touch('1000', BEST_BID, BEST_ASK),
    depth(1001, 1001),
    touch('1001', ['99', '1'], BEST_ASK),
  ]);
  expect(countsOf(listened)).toMatchObject({ touchChecks: 2, touchAgreed: 1 });
  expect(stateOf(listened)).toBe('live 1001');
});

test('best prices newer than the book are news; versions that stand still or go back are counted', () => {
  const listened = read([
    OLD,
    SNAPSHOT,
    touch('1005', ['100.01', '1'], BEST_ASK),
    touch('1005', ['100.01', '1'], BEST_ASK),
    touch('1004', BEST_BID, BEST_ASK),
  ]);
  expect(listened.updates.filter(({ kind }) => kind === 'touch')).toEqual([
    { kind: 'touch', instrumentId: BTC.id, bidTicks: 10_001_000, askTicks: 10_002_000 },
  ]);
  expect(countsOf(listened)).toMatchObject({ touchRepeated: 1, bookDisordered: 1 });
});

test('best prices without a version, as before June 2026, are counted and otherwise left aside', () => {
  const listened = read([OLD, SNAPSHOT, touch('', ['100.01', '1'], BEST_ASK)]);
  expect(listened.updates.filter(({ kind }) => kind === 'touch')).toEqual([]);
  expect(listened.reader.messages.get('publicAggreBookTicker')).toBe(1);
});

test('a REST picture of a live book that is older, or the same, changes nothing', () => {
  const listened = read([STRADDLING, SNAPSHOT, snapshot(990, 50)]);
  read(
    [
      snapshot(1004, 60, {
        bids: [
          ['100.01', '5'],
          ['100.00', '1'],
          ['99.99', '2'],
        ],
      }),
    ],
    listened,
  );
  expect(stateOf(listened)).toBe('live 1004');
  expect(countsOf(listened)).toMatchObject({ snapshotsUnneeded: 2, bookGaps: 0 });
});

test('a REST picture of the same version that shows another book proves ours wrong', () => {
  const listened = read([
    OLD,
    SNAPSHOT,
    snapshot(1000, 50, {
      bids: [
        ['100.00', '1.5'],
        ['99.99', '2'],
      ],
    }),
  ]);
  expect(listened.updates.at(-1)).toMatchObject({
    kind: 'book_doubted',
    doubt: 'gap',
    detail: "the book differs from the venue's picture at update 1000",
  });
});

test('a REST picture ahead of a stream that stays behind proves the stream dead', () => {
  const listened = read([OLD, SNAPSHOT, snapshot(1020, 20_000)]);
  listened.reader.tick(at(24_999));
  expect(stateOf(listened)).toBe('live 1000');
  listened.reader.tick(at(25_000));
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.needs.at(-1)).toEqual({
    kind: 'reconnect',
    wire: 'mexc-spot',
    connection: undefined,
    symbol: '',
    why: 'BTCUSDT: the venue was at update 1020 while the stream stopped at 1000',
  });
});

test('a REST picture ahead of a stream that catches up proves nothing', () => {
  const listened = read([OLD, SNAPSHOT, snapshot(1020, 20_000), depth(1001, 1021, [], [], 20_100)]);
  ticks(listened, 20_250, 60_000);
  expect(stateOf(listened)).toBe('live 1021');
});

test('a stream that brings nothing at all while pictures move on is dead too', () => {
  const listened = read([snapshot(1000, 0), snapshot(1010, 20_000), snapshot(1010, 40_000)]);
  ticks(listened, 0, 50_000);
  expect(listened.needs).toEqual([]);
  read([snapshot(1011, 60_000)], listened);
  ticks(listened, 60_000, 66_000);
  expect(listened.needs.map(({ kind }) => kind)).toEqual(['reconnect']);
});

test('pictures of the top levels are the book where no diffs come', () => {
  const listened = read([picture(500), picture(501, [['100.01', '7']], [['100.02', '1']])]);
  expect(stateOf(listened)).toBe('live 501');
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100.01', '7')]);
  expect(bookOf(listened)?.isComplete('bids', 10)).toBe(true);
  expect(listened.updates.map((one) => one.kind === 'book' && one.isSnapshot)).toEqual([true, undefined]);
  expect(countsOf(listened)).toMatchObject({ bookUpdates: 2, snapshots: 0 });
  expect(listened.needs).toEqual([]);
});

test.each([
  {
    what: 'again',
    frame: picture(501, undefined, undefined, 501),
    counts: { bookRepeated: 1 },
    state: 'live 501',
  },
  {
    what: 'of an older version',
    frame: picture(499, undefined, undefined, 400),
    counts: { bookDisordered: 1 },
    state: 'live 501',
  },
  {
    what: 'of a lower version at a later time',
    frame: picture(3, undefined, undefined, 900),
    counts: { bookDisordered: 1 },
    state: 'live 3',
  },
  {
    what: 'that is crossed',
    frame: picture(502, [['100.05', '1']]),
    counts: { bookCrossed: 1 },
    state: 'stale 0',
  },
  {
    what: 'with a size that is no number',
    frame: picture(502, [['100.00', '1e3']]),
    counts: { refused: 1 },
    state: 'stale 0',
  },
])('a picture $what', ({ frame, counts, state }) => {
  const listened = read([picture(501), frame]);
  expect(stateOf(listened)).toBe(state);
  expect(countsOf(listened)).toMatchObject(counts);
});

test.each([
  { what: 'as later ones are', ms: 501 },
  { what: 'most of an hour ahead', ms: 3_000_000 },
  { what: 'with a stamp that is none', ms: 9_999_999_999_999 - at(0) },
])('one picture with a version beyond all others ends nothing, stamped $what', ({ ms }) => {
  const wrong = picture(Number.MAX_SAFE_INTEGER, undefined, undefined, ms);
  const listened = read([picture(501), { ...wrong, receivedAt: at(501) }]);
  read(
    [502, 503, 504, 505].map((version) => picture(version)),
    listened,
  );
  expect(stateOf(listened)).toBe('live 505');
});

test('REST pictures from before the first picture of the stream prove nothing against it', () => {
  const listened = read([snapshot(1000, 0), snapshot(1010, 20_000), snapshot(1020, 40_000)]);
  read([picture(1021, undefined, undefined, 41_000)], listened);
  ticks(listened, 41_000, 60_000);
  expect(listened.needs).toEqual([]);
  expect(stateOf(listened)).toBe('live 1021');
});

test('a snapshot that waits for its first diff keeps its levels while others are read', () => {
  const other = mexcInstrument('ELMUSDT', '0.01', '0.000001');
  const listened = listen([BTC, other]);
  const elm = text('rest:depth:ELMUSDT', '{"lastUpdateId":7,"bids":[["5","5"]],"asks":[]}');
  read([snapshot(1000), elm, depth(1001, 1001)], listened);
  expect(bookOf(listened)?.levels('bids', 9)).toEqual([level('100', '1'), level('99.99', '2')]);
});

test('after a crossed picture the next good one is a book again', () => {
  const listened = read([picture(501), picture(502, [['100.05', '1']]), picture(503)]);
  expect(stateOf(listened)).toBe('live 503');
});

test('pictures whose versions go back end the book before they begin a new one', () => {
  const listened = read([picture(501), picture(3, undefined, undefined, 900)]);
  expect(listened.updates.map(({ kind }) => kind)).toEqual(['book', 'book_doubted', 'book']);
  expect(listened.updates[1]).toMatchObject({ doubt: 'gap', detail: 'versions went back from 501 to 3' });
});

test('a stream of pictures that stays behind a REST picture is dead, and the REST picture does not repair it', () => {
  const listened = read([picture(501), snapshot(510, 30_000, { limit: 20 })]);
  ticks(listened, 30_000, 36_000);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.needs.map(({ kind }) => kind)).toEqual(['reconnect']);
  read([picture(511, undefined, undefined, 37_000)], listened);
  expect(stateOf(listened)).toBe('live 511');
});

test('from the first diff on diffs make the book and pictures are compared with it', () => {
  const listened = read([picture(999, undefined, undefined, 1), OLD]);
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted' });
  read([SNAPSHOT, picture(1000), depth(1001, 1001, [['100.01', '1']]), picture(1001)], listened);
  expect(stateOf(listened)).toBe('live 1001');
  expect(countsOf(listened)).toMatchObject({ touchChecks: 2, touchAgreed: 1 });
});

const polled = (id: number, ms: number, bids?: readonly (readonly [string, string])[]): Frame =>
  snapshot(id, ms, { connection: 'poll', limit: 100, ...(bids && { bids }) });

test('without a socket each REST picture is the book, until the next one is overdue', () => {
  const listened = read([polled(1000, 0), polled(1000, 5_000), polled(1004, 10_000)]);
  expect(listened.updates).toMatchObject([
    { kind: 'book', isPolled: true, isSnapshot: true, occurredAt: at(0) },
    { kind: 'book', isPolled: true, isSnapshot: true, occurredAt: at(5_000) },
    { kind: 'book', isPolled: true, isSnapshot: true, occurredAt: at(10_000) },
  ]);
  listened.reader.tick(at(25_000));
  expect(stateOf(listened)).toBe('live 1004');
  listened.reader.tick(at(25_001));
  expect(listened.updates.at(-1)).toMatchObject({ kind: 'book_doubted', doubt: 'disconnected' });
  expect(stateOf(listened)).toBe('stale 0');
});

test('a polled picture that is older than the one before is not shown', () => {
  const listened = read([polled(1004, 6_000, [['99', '1']])]);
  read([text('rest:depth:BTCUSDT', polled(1000, 3_000).raw, 6_500, { connection: 'poll' })], listened);
  expect(stateOf(listened)).toBe('live 1004');
  expect(countsOf(listened).bookDisordered).toBe(1);
});

test('a polled picture that cannot be read makes the polled book unproven', () => {
  const listened = read([polled(1000, 0)]);
  read(
    [text('rest:depth:BTCUSDT', '{"lastUpdateId":"x","bids":[],"asks":[]}', 100, { connection: 'poll' })],
    listened,
  );
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.notes.at(-1)?.detail).toContain('lastUpdateId');
});

test('a new connection begins with nothing', () => {
  const listened = listen();
  const on = (frame: Frame, connection: string): Frame => ({ ...frame, connection });
  read([on(OLD, 'a'), on(SNAPSHOT, 'a')], listened);
  listened.reader.changeConnection({
    wire: 'mexc-spot',
    receivedAt: at(2_000),
    connection: 'a',
    change: 'lost',
    detail: 'reset',
  });
  expect(listened.updates.map(({ kind }) => kind)).toContain('book_doubted');
  read([on(depth(1001, 1001), 'b')], listened);
  expect(listened.updates.at(-1)?.kind).not.toBe('book');
  read([on(snapshot(1000), 'b')], listened);
  expect(stateOf(listened)).toBe('live 1001');
});
