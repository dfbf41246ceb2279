import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LevelMessage } from '../../../../adapters/venues/coinbase/mapper.ts';
import { Witness } from '../../../../adapters/venues/coinbase/witness.ts';
import { OrderBook, type SideName } from '../../../../core/market/order-book.ts';
import { at, BTC } from './listen.ts';

type Levels = readonly (readonly [ticks: number, lots: number])[];

function message(bids: Levels, asks: Levels = []): LevelMessage {
  const made = new LevelMessage();
  for (const [ticks, lots] of bids) made.bids.push(ticks, lots);
  for (const [ticks, lots] of asks) made.asks.push(ticks, lots);
  return made;
}

function bookWith(bids: Levels, asks: Levels = []): OrderBook {
  const book = new OrderBook(BTC);
  for (const [ticks, lots] of bids) book.set('bids', ticks, lots);
  for (const [ticks, lots] of asks) book.set('asks', ticks, lots);
  return book;
}

const BOOK: Levels = [
  [100, 1],
  [99, 2],
  [98, 3],
];

test.each([
  {
    what: 'another size',
    picture: [
      [100, 1],
      [99, 5],
      [98, 3],
    ] as Levels,
  },
  {
    what: 'a level that the book lacks',
    picture: [
      [100, 1],
      [99, 2],
      [98, 3],
      [97, 4],
    ] as Levels,
  },
  {
    what: 'no level where the book has one',
    picture: [
      [100, 1],
      [98, 3],
    ] as Levels,
  },
  { what: 'nothing at all', picture: [] as Levels },
])('$what in two pictures, while the stream says nothing of it, proves a loss', ({ picture }) => {
  const witness = new Witness();
  const book = bookWith(BOOK);
  expect(witness.check(book, message(picture), at(0))).toBeNull();
  expect(witness.check(book, message(picture), at(5_000))).toMatch(
    /^two pictures show \d lots at \d+ ticks of the bids/,
  );
});

test.each([
  { what: 'the picture was older and has caught up', second: BOOK, touched: [] as Levels },
  {
    what: 'the picture moved on',
    second: [
      [100, 1],
      [99, 7],
      [98, 3],
    ] as Levels,
    touched: [] as Levels,
  },
  {
    what: 'the stream spoke of the level meanwhile',
    second: [
      [100, 1],
      [99, 5],
      [98, 3],
    ] as Levels,
    touched: [[99, 2]] as Levels,
  },
])('a difference proves nothing when $what', ({ second, touched }) => {
  const witness = new Witness();
  const book = bookWith(BOOK);
  expect(
    witness.check(
      book,
      message([
        [100, 1],
        [99, 5],
        [98, 3],
      ]),
      at(0),
    ),
  ).toBeNull();
  witness.touched(message(touched));
  expect(witness.check(book, message(second), at(5_000))).toBeNull();
});

test('two answers closer than five seconds may be one, and count as one', () => {
  const witness = new Witness();
  const book = bookWith(BOOK);
  const wrong = message([[100, 9]]);
  expect(witness.check(book, wrong, at(0))).toBeNull();
  expect(witness.check(book, wrong, at(4_999))).toBeNull();
  expect(witness.check(book, wrong, at(5_000))).not.toBeNull();
});

test('levels of the book beyond a short picture are not missed in it, on either side', () => {
  const witness = new Witness();
  const book = bookWith(BOOK, [
    [101, 1],
    [102, 2],
  ]);
  for (const ms of [0, 5_000, 10_000])
    expect(witness.check(book, message([[100, 1]], [[101, 1]]), at(ms))).toBeNull();
});

test('asks are compared from the lowest', () => {
  const witness = new Witness();
  const book = bookWith(
    [],
    [
      [101, 1],
      [102, 2],
      [103, 3],
    ],
  );
  const wrong = message(
    [],
    [
      [101, 1],
      [103, 3],
    ],
  );
  expect(witness.check(book, wrong, at(0))).toBeNull();
  expect(witness.check(book, wrong, at(5_000))).toBe(
    'two pictures show 0 lots at 102 ticks of the asks, the book 2',
  );
});

interface Change {
  readonly side: SideName;
  readonly ticks: number;
  readonly lots: number;
}
const change: fc.Arbitrary<Change> = fc.record({
  side: fc.constantFrom<SideName[]>('bids', 'asks'),
  ticks: fc.integer({ min: 1, max: 12 }),
  lots: fc.nat(3),
});

/** The venue's book after so many changes; asks lie above bids. */
function truth(changes: readonly Change[], count: number): OrderBook {
  const book = new OrderBook(BTC);
  for (const one of changes.slice(0, count)) book.set(one.side, place(one), one.lots);
  return book;
}
const place = ({ side, ticks }: Change): number => (side === 'asks' ? 100 + ticks : 100 - ticks);
function pictureOf(book: OrderBook): LevelMessage {
  const made = new LevelMessage();
  for (const side of ['bids', 'asks'] as const)
    for (let rank = 0; rank < book[side].size; rank += 1)
      made[side].push(book[side].ticksAt(rank), book[side].lotsAt(rank));
  return made;
}

test.each([
  { which: 'older', sign: -1 },
  { which: 'newer', sign: 1 },
])('a stream that loses nothing is never accused by pictures that are $which', ({ sign }) => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 4, maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(60), fc.nat(3)), { minLength: 2, maxLength: 8 }),
      (changes, checks) => {
        const witness = new Witness();
        const book = new OrderBook(BTC);
        let applied = 0;
        const ordered = checks.toSorted(([a], [b]) => a - b);
        for (const [n, [count, skew]] of ordered.entries()) {
          for (; applied < Math.min(count, changes.length); applied += 1)
            tell(changes[applied], book, witness);
          // What lies between two answers is longer than either side lags behind.
          const next = ordered[n + 1]?.[0] ?? changes.length;
          const before = ordered[n - 1]?.[0] ?? 0;
          const shown = Math.min(Math.max(applied + sign * skew, before), next, changes.length);
          expect(witness.check(book, pictureOf(truth(changes, shown)), at(n * 5_000))).toBeNull();
        }
      },
    ),
    { seed: 5, numRuns: 1_000 },
  );
});

function tell(one: Change | undefined, book: OrderBook, witness: Witness): void {
  if (one === undefined) return;
  book.set(one.side, place(one), one.lots);
  const spoken = new LevelMessage();
  spoken[one.side].push(place(one), one.lots);
  witness.touched(spoken);
}
