import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { level, OAK } from '../../../core/market/samples.ts';
import { ASKS, at, BIDS, bookOf, countsOf, depth, frame, type Listened, listen, touch } from './frames.ts';

type Levels = readonly (readonly [string, string])[];

/** A picture by REST of as many levels as were asked for, so that what lies beyond is unknown. */
const partly = (lastUpdateId: number, bids: Levels, asks: Levels, limit: number, ms = 0): Frame =>
  frame(
    'rest:depth:OAKUSDT',
    JSON.stringify({ lastUpdateId, bids, asks }),
    ms,
    `https://x/api/v3/depth?symbol=OAKUSDT&limit=${limit}`,
  );

/** A picture of all there is. */
const snapshot = (lastUpdateId: number, bids: Levels = BIDS, asks: Levels = ASKS, ms = 0): Frame =>
  partly(lastUpdateId, bids, asks, 1_000, ms);

/** Live at update 1002. */
const LIVE = [depth(1000, 1000), snapshot(1000), depth(1001, 1002, [['99.98', '7']])];
const BIDS_NOW: Levels = [...BIDS, ['99.98', '7']];

function read(...frames: readonly Frame[]): Listened {
  const listened = listen();
  for (const one of [...LIVE, ...frames]) listened.reader.read(one);
  return listened;
}

const stateOf = (listened: Listened) => `${bookOf(listened)?.status} ${bookOf(listened)?.sequence}`;
const wasProven = ({ updates }: Listened): boolean => {
  const last = updates.at(-1);
  return last?.kind === 'book' && last.isSnapshot === true;
};

test.each([
  { when: 'at once, being of the same update', frames: [snapshot(1002, BIDS_NOW)] },
  {
    when: 'when the diffs reach its update',
    frames: [snapshot(1004, [...BIDS_NOW, ['99.97', '1']]), depth(1003, 1004, [['99.97', '1']])],
  },
  {
    when: 'when a diff passes its update',
    frames: [
      snapshot(1004, [...BIDS_NOW, ['99.97', '1']]),
      depth(1003, 1003),
      depth(1004, 1009, [
        ['99.97', '1'],
        ['99.96', '2'],
      ]),
    ],
  },
])('a picture that agrees with a live book proves it $when', ({ frames }) => {
  const listened = read(...frames);
  expect(bookOf(listened)?.status).toBe('live');
  expect(wasProven(listened)).toBe(true);
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, snapshots: 1, snapshotsUnneeded: 1 });
});

test.each([
  { what: 'another size', bids: [['100.00', '1.001'], BIDS[1], BIDS_NOW[2]] },
  { what: 'a level more', bids: [...BIDS_NOW, ['99.97', '1']] },
  { what: 'a level less', bids: BIDS },
  { what: 'another side', bids: BIDS_NOW, asks: [ASKS[0]] },
])('a picture of the same update with $what proves that a message is missing', ({ bids, asks = ASKS }) => {
  const listened = read(snapshot(1002, bids as Levels, asks as Levels));
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toMatchObject({
    kind: 'book_doubted',
    doubt: 'gap',
    detail: expect.stringContaining("differs from the venue's picture of update 1002, "),
  });
  expect(countsOf(listened).bookGaps).toBe(1);
});

test('a picture that differs after the diffs that follow it proves that a message is missing', () => {
  const listened = read(snapshot(1004, [...BIDS_NOW, ['99.97', '1']]), depth(1003, 1005, [['99.96', '1']]));
  expect(stateOf(listened)).toBe('stale 0');
  listened.reader.read(snapshot(1005, [['100', '9']]));
  listened.reader.read(depth(1006, 1006));
  expect(stateOf(listened)).toBe('live 1006');
});

test('a picture older than the book is not applied; another one is asked for that can meet its diffs', () => {
  const listened = read(snapshot(1001, [['1', '1']]));
  expect(stateOf(listened)).toBe('live 1002');
  expect(wasProven(listened)).toBe(false);
  expect(listened.requests).toHaveLength(2);
  for (const one of [depth(1003, 1003, [['99.97', '1']]), depth(1004, 1006, [['99.97', '0']])])
    listened.reader.read(one);
  listened.reader.read(snapshot(1004, BIDS_NOW));
  expect(stateOf(listened)).toBe('live 1006');
  expect(wasProven(listened)).toBe(true);
  expect(listened.requests).toHaveLength(2);
});

test('an answer that is older than its question says nothing, and no third is asked for', () => {
  const listened = read(snapshot(1001), snapshot(1001));
  expect(stateOf(listened)).toBe('live 1002');
  expect(listened.requests).toHaveLength(2);
});

test('a stream that does not reach a picture within five seconds is dead, though its socket lives', () => {
  const listened = read(snapshot(1005, BIDS_NOW, ASKS, 100));
  listened.reader.tick(at(5_099));
  expect(stateOf(listened)).toBe('live 1002');
  listened.reader.tick(at(5_100));
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.updates.at(-1)).toEqual({
    kind: 'book_doubted',
    instrumentId: OAK.id,
    doubt: 'gap',
    detail: 'the venue was at update 1005 while the stream stopped at 1002',
  });
  expect(listened.needs.at(-1)).toEqual({
    kind: 'reconnect',
    wire: 'binance-spot',
    connection: undefined,
    symbol: '',
    why: 'OAKUSDT: the venue was at update 1005 while the stream stopped at 1002',
  });
  listened.reader.tick(at(60_000));
  expect(listened.needs.filter(({ kind }) => kind === 'reconnect')).toHaveLength(1);
});

test('a stream that reaches the picture in time lives, and so does a quiet one of which nothing was missed', () => {
  const ahead = read(snapshot(1005, BIDS_NOW, ASKS, 100), depth(1003, 1005, [], [], 4_000));
  const quiet = read(snapshot(1002, BIDS_NOW, ASKS, 100));
  for (const listened of [ahead, quiet]) {
    listened.reader.tick(at(5_100));
    expect(bookOf(listened)?.status).toBe('live');
    expect(listened.needs.filter(({ kind }) => kind === 'reconnect')).toEqual([]);
  }
});

test('best prices ahead of the diffs for five seconds prove the same: their updates are counted together', () => {
  const listened = read(touch(1004, ['100.01', '1'], ['100.02', '3'], 100));
  for (const ms of [200, 5_199]) listened.reader.tick(at(ms));
  expect(stateOf(listened)).toBe('live 1002');
  listened.reader.tick(at(5_200));
  expect(stateOf(listened)).toBe('stale 0');
  expect(listened.needs.at(-1)).toMatchObject({ kind: 'reconnect' });
  const inTime = read(touch(1004, ['100.01', '1'], ['100.02', '3'], 100));
  inTime.reader.tick(at(200));
  inTime.reader.read(depth(1003, 1004, [['100.01', '1']], [], 300));
  inTime.reader.tick(at(5_200));
  expect(stateOf(inTime)).toBe('live 1004');
});

test('a stream that dies while its book waits for a snapshot is found dead by it', () => {
  const listened = read(depth(1009, 1009), snapshot(1020, BIDS, ASKS, 100));
  listened.reader.tick(at(5_100));
  expect(bookOf(listened)?.status).toBe('stale');
  expect(listened.needs.at(-1)).toMatchObject({ kind: 'reconnect' });
});

const DEEP: Levels = Array.from({ length: 20 }, (_, n) => [`${99 - n}`, '1']);
const HIGH: Levels = Array.from({ length: 20 }, (_, n) => [`${101 + n}`, '1']);
/** The best nineteen bids are taken: one known level is left, a twentieth of the picture. */
const FALL = depth(
  1001,
  1001,
  DEEP.slice(0, 19).map(([at]) => [at, '0'] as const),
);

function fallen(): Listened {
  const listened = listen();
  for (const one of [depth(1000, 1000), partly(1000, DEEP, HIGH, 20)]) listened.reader.read(one);
  listened.reader.tick(at(1_000));
  expect(listened.requests).toHaveLength(1);
  listened.reader.read(FALL);
  return listened;
}

test('when the market nears the edge of the levels that are known, the book is completed before it is there', () => {
  const listened = fallen();
  listened.reader.tick(at(2_000));
  expect(listened.needs.at(-1)).toMatchObject({ kind: 'snapshot', why: expect.stringContaining('the edge') });
  listened.reader.read(depth(1002, 1003, [['79', '3']]));
  const below: Levels = [['80', '1'], ...Array.from({ length: 19 }, (_, n) => [`${78 - n}`, '2'] as const)];
  listened.reader.read(partly(1002, below, HIGH, 20, 2_300));
  expect(stateOf(listened)).toBe('live 1003');
  expect(bookOf(listened)?.levels('bids', 4)).toEqual([
    level('80', '1'),
    level('79', '3'),
    level('78', '2'),
    level('77', '2'),
  ]);
  expect(countsOf(listened)).toMatchObject({ bookGaps: 0, snapshotsUnneeded: 0 });
  listened.reader.tick(at(30_000));
  expect(listened.requests).toHaveLength(2);
});

test('a completion that does not come is asked for again every ten seconds', () => {
  const listened = fallen();
  for (const ms of [2_000, 3_000, 11_999]) listened.reader.tick(at(ms));
  expect(listened.requests).toHaveLength(2);
  listened.reader.tick(at(12_000));
  expect(listened.requests).toHaveLength(3);
});

test('what a picture shows beyond the known levels is no difference, unless the stream spoke of it', () => {
  const unspoken = fallen();
  unspoken.reader.read(
    partly(1001, [['80', '1'], ...DEEP.map(() => ['70', '2'] as const).slice(1)], HIGH, 20),
  );
  expect(bookOf(unspoken)?.status).toBe('live');
  const spoken = fallen();
  spoken.reader.read(depth(1002, 1002, [['75', '4']]));
  spoken.reader.read(
    partly(
      1002,
      [
        ['80', '1'],
        ['70', '2'],
      ],
      HIGH,
      20,
    ),
  );
  expect(bookOf(spoken)?.status).toBe('stale');
});

test('a book that was asked for whole is never completed', () => {
  const listened = listen();
  const one = depth(1001, 1001, [
    ['100.00', '0'],
    ['99.99', '0'],
  ]);
  for (const next of [depth(1000, 1000), partly(1000, BIDS, ASKS, 1_000), one]) listened.reader.read(next);
  listened.reader.tick(at(20_000));
  expect(listened.requests).toHaveLength(1);
});
