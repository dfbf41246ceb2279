import { expect, test } from 'vitest';
import type { DepthEvent, SnapshotEvent } from '../../../adapters/venues/depth-events.ts';
import { DiffBook, type DiffRule } from '../../../adapters/venues/diff-book.ts';
import { LevelList } from '../../../adapters/venues/levels.ts';
import { SameIdWitness } from '../../../adapters/venues/picture-witness.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { noQualityCounts } from '../../../core/market/quality.ts';
import { epochMs } from '../../../core/time.ts';
import { OAK } from '../../core/market/samples.ts';

const witness: DiffRule['witness'] = (book) => new SameIdWitness(book);
const LOOSE: DiffRule = { isStrict: false, doTouchesProve: true, retryMs: [0, 1_000], witness };
const STRICT: DiffRule = { isStrict: true, doTouchesProve: false, retryMs: [1_500, 1_500], witness };

const NOW = epochMs(1);

type Levels = readonly (readonly [number, number])[];

function list(levels: Levels): LevelList {
  const into = new LevelList();
  for (const [ticks, lots] of levels) into.push(ticks, lots);
  return into;
}

const diff = (
  firstId: number,
  lastId: number,
  bids: Levels = [],
  at: number | null = lastId,
): DepthEvent => ({
  occurredAt: at === null ? null : epochMs(at),
  firstId,
  lastId,
  bids: list(bids),
  asks: list([]),
});

const BIDS: Levels = [
  [100, 1],
  [99, 2],
];
const picture = (lastId: number, bids: Levels = BIDS, asks: Levels = [[102, 3]]): SnapshotEvent => ({
  lastId,
  limit: undefined,
  bids: list(bids),
  asks: list(asks),
});

function synced(rule: DiffRule) {
  const counts = noQualityCounts();
  const said: string[] = [];
  const book = new OrderBook(OAK);
  const sync = new DiffBook(book, counts, rule, {
    changed: (_, isSnapshot) => said.push(isSnapshot ? 'proven' : 'changed'),
    doubted: (doubt, detail) => said.push(`${doubt}: ${detail}`),
    requestSnapshot: (why) => said.push(`snapshot: ${why}`),
    streamDied: (why) => said.push(`dead: ${why}`),
  });
  return { book, counts, said, sync };
}

function live(rule: DiffRule) {
  const one = synced(rule);
  one.sync.onDepth(diff(1, 10), NOW);
  one.sync.onSnapshot(picture(10), epochMs(0));
  one.said.length = 0;
  return one;
}

test.each([
  { rule: LOOSE, name: 'loose', said: ['changed', 'changed'] },
  {
    rule: STRICT,
    name: 'strict',
    said: [
      'changed',
      'gap: updates 11 to 13 do not continue 12',
      'snapshot: updates 11 to 13 do not continue 12',
    ],
  },
])('a diff that overlaps a later one: $name', ({ rule, said }) => {
  const one = live(rule);
  one.sync.onDepth(diff(9, 12), NOW);
  one.sync.onDepth(diff(11, 13), NOW);
  expect(one.said).toEqual(said);
});

test.each([LOOSE, STRICT])('buffered diffs must continue each other: %o', (rule) => {
  const one = synced(rule);
  one.sync.onDepth(diff(1, 3), NOW);
  one.sync.onDepth(diff(3, 5), NOW);
  expect(one.counts.bookGaps).toBe(rule.isStrict ? 1 : 0);
  one.sync.onSnapshot(picture(4), epochMs(0));
  expect(one.book.status).toBe('live');
});

test('best prices that differ at the same update id prove the book wrong, where the venue says that they are its own', () => {
  const touch = { updateId: 10, bidTicks: 99, bidLots: 1, askTicks: 102, askLots: 3 };
  const loose = live(LOOSE);
  expect(loose.sync.onTouch(touch)).toBe(false);
  expect(loose.said).toEqual(["gap: the book differs from the venue's best prices at update 10"]);
  const strict = live(STRICT);
  expect(strict.sync.onTouch(touch)).toBe(true);
  expect(strict.said).toEqual([]);
  expect(strict.counts).toMatchObject({ touchChecks: 1, touchAgreed: 0 });
});

test('a snapshot that is too old is asked for again at once, or when the venue may have a newer one', () => {
  const loose = synced(LOOSE);
  loose.sync.onDepth(diff(20, 21), NOW);
  loose.sync.onSnapshot(picture(10), epochMs(0));
  expect(loose.said).toEqual(['snapshot: the book begins', 'snapshot: the book begins']);
  const strict = synced(STRICT);
  strict.sync.onDepth(diff(20, 21), NOW);
  strict.sync.onSnapshot(picture(10), epochMs(0));
  for (const ms of [0, 500, 1_000, 1_499]) strict.sync.tick(epochMs(ms));
  expect(strict.said).toHaveLength(1);
  strict.sync.tick(epochMs(1_500));
  expect(strict.said).toHaveLength(2);
  expect(strict.counts.snapshotsTooOld).toBe(1);
});

test.each([
  {
    what: 'the newest again',
    event: diff(1, 10, [], 99),
    counts: { bookRepeated: 1, bookDisordered: 0, bookGaps: 0 },
  },
  {
    what: 'an older one',
    event: diff(1, 5, [], 5),
    counts: { bookRepeated: 0, bookDisordered: 1, bookGaps: 0 },
  },
  {
    what: 'an older id at a later time',
    event: diff(1, 5, [], 99),
    counts: { bookDisordered: 1, bookGaps: 1 },
  },
  {
    what: 'an older id without a time',
    event: diff(1, 5, [], null),
    counts: { bookDisordered: 1, bookGaps: 1 },
  },
])('of diffs that are not newer, $what', ({ event, counts }) => {
  const one = live(STRICT);
  one.sync.onDepth(event, NOW);
  expect(one.counts).toMatchObject(counts);
  expect(one.book.status).toBe(counts.bookGaps === 0 ? 'live' : 'stale');
});

test.each([
  { what: 'the same levels', bids: BIDS, status: 'live' },
  { what: 'the same levels in another order', bids: BIDS.toReversed(), status: 'live' },
  { what: 'another size', bids: [[100, 1.5]] as Levels, status: 'stale' },
  { what: 'a level less', bids: [[99, 2]] as Levels, status: 'stale' },
  { what: 'a level more', bids: [[101, 1], ...BIDS] as Levels, status: 'stale' },
  { what: 'no level', bids: [] as Levels, status: 'stale' },
])('a picture of the book’s own update id with $what leaves it $status', ({ bids, status }) => {
  const one = live(LOOSE);
  one.sync.onSnapshot(picture(10, bids), epochMs(9));
  expect(one.book.status).toBe(status);
  expect(one.counts.snapshotsUnneeded).toBe(1);
});

test('only the best twenty levels are compared: deeper ones may be older than the book’s own snapshot', () => {
  const deep = (last: number): Levels => Array.from({ length: 21 }, (_, n) => [100 - n, n === 20 ? last : 1]);
  const one = synced(LOOSE);
  one.sync.onDepth(diff(1, 10), NOW);
  one.sync.onSnapshot(picture(10, deep(1)), epochMs(0));
  one.sync.onSnapshot(picture(10, deep(2)), epochMs(1));
  expect(one.book.status).toBe('live');
});

test('a picture ahead of the stream convicts it after five seconds, once, unless the stream catches up', () => {
  const one = live(LOOSE);
  one.sync.onSnapshot(picture(12), epochMs(1_000));
  one.sync.onSnapshot(picture(15), epochMs(2_000));
  one.sync.tick(epochMs(5_999));
  expect(one.said).toEqual([]);
  for (const ms of [6_000, 6_500, 20_000]) one.sync.tick(epochMs(ms));
  const why = 'the venue was at update 12 while the stream stopped at 10';
  expect(one.said).toEqual([`gap: ${why}`, `dead: ${why}`]);

  const well = live(LOOSE);
  well.sync.onSnapshot(picture(12), epochMs(1_000));
  well.sync.onDepth(diff(11, 12), NOW);
  well.sync.tick(epochMs(9_000));
  expect(well.said).toEqual(['changed']);
});

test('what a picture showed before the venue counted anew convicts nobody', () => {
  const one = live(LOOSE);
  one.sync.onSnapshot(picture(15), epochMs(1_000));
  one.sync.onDepth(diff(1, 2, [], 2_000), NOW);
  one.sync.tick(epochMs(9_000));
  expect(one.said).toEqual([
    'gap: update ids went back from 10 to 2',
    'snapshot: update ids went back from 10 to 2',
  ]);
});

test('the lists of an event may be used again: what waits was copied', () => {
  const one = synced(LOOSE);
  const event = diff(1, 11, [[101, 7]]);
  one.sync.onDepth(event, NOW);
  event.bids.length = 0;
  one.sync.onSnapshot(picture(10), epochMs(0));
  expect(one.book.bestBid).toBe(101);
});

const FAR = 9_999_999_999_999;

test('a range of ids that no message can bring is refused, and the next diffs build the book anew', () => {
  const one = live(LOOSE);
  one.sync.onDepth(diff(11, Number.MAX_SAFE_INTEGER, [], FAR), NOW);
  const why = `updates 11 to ${Number.MAX_SAFE_INTEGER} are more than one message can bring`;
  expect(one.said).toEqual([`refused: ${why}`]);
  for (const id of [12, 13]) one.sync.onDepth(diff(id, id, [[98, id]]), NOW);
  expect(one.said.slice(1)).toEqual([`snapshot: ${why}`]);
  one.sync.onSnapshot(picture(12), NOW);
  expect([one.book.status, one.book.sequence, one.book.bids.lotsOf(98)]).toEqual(['live', 13, 13]);
  expect(one.counts).toMatchObject({ refused: 1, bookDisordered: 0 });
});

test.each([LOOSE, STRICT])('a stamp far ahead of its message does not make later diffs old: %o', (rule) => {
  const one = live(rule);
  one.sync.onDepth(diff(11, 900, [], FAR), NOW);
  one.sync.onDepth(diff(12, 12), NOW);
  expect(one.said[1]).toBe('gap: update ids went back from 900 to 12');
  expect(one.book.status).toBe('stale');
});

test.each([
  { what: 'that continue each other are a count that began anew', ids: [12, 13, 14, 15], status: 'stale' },
  { what: 'with one left out are late', ids: [12, 13, 15, 16], status: 'live' },
  { what: 'that come again and again are late', ids: [12, 12, 12, 12, 12], status: 'live' },
  { what: 'with a newer one among them are late', ids: [12, 13, 14, 901, 15], status: 'live' },
])('four old diffs $what', ({ ids, status }) => {
  const one = live(STRICT);
  const later = 3_000_000;
  one.sync.onDepth(diff(11, 900, [], later), NOW);
  for (const id of ids) one.sync.onDepth(diff(id, id), NOW);
  expect(one.book.status).toBe(status);
  expect(one.counts.bookDisordered).toBe(ids.filter((id) => id < 900).length);
});

test('one touch with an id beyond all others does not end the comparison with best prices', () => {
  const one = live(STRICT);
  const touch = (updateId: number) => ({ updateId, bidTicks: 100, bidLots: 1, askTicks: 102, askLots: 3 });
  one.sync.onTouch(touch(Number.MAX_SAFE_INTEGER));
  expect([11, 12, 13, 14, 15].map((id) => one.sync.onTouch(touch(id)))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});

const many = (count: number, from = 1): Levels => Array.from({ length: count }, (_, n) => [from + n, 1]);

test('what waits for a snapshot is bounded in levels: the oldest are forgotten', () => {
  const one = synced(LOOSE);
  for (let id = 1; id <= 5; id += 1) one.sync.onDepth(diff(id, id, many(60_000)), NOW);
  // 4 x 60,000 levels fit into 250,000; without the first a picture of before it is too old.
  one.sync.onSnapshot(picture(0), NOW);
  expect([one.book.status, one.counts.snapshotsTooOld]).toEqual(['syncing', 1]);
  one.sync.onSnapshot(picture(1, [], []), NOW);
  expect([one.book.status, one.book.sequence]).toEqual(['live', 5]);
});

test('a diff that leaves more levels than a market has is refused, and the book is doubted', () => {
  const one = synced(LOOSE);
  one.sync.onDepth(diff(1, 10), NOW);
  one.sync.onSnapshot(picture(10, [], []), NOW);
  one.said.length = 0;
  one.sync.onDepth(diff(11, 11, many(150_000)), NOW);
  one.sync.onDepth(diff(12, 12, many(60_000, 150_001)), NOW);
  expect(one.said).toEqual(['changed', 'refused: update 12 leaves more levels than a market has']);
  expect([one.book.status, one.book.bids.size, one.counts.refused]).toEqual(['stale', 0, 1]);
});
