import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BookSide } from '../../../core/market/book-side.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { level, OAK } from './samples.ts';

/** Prices in cents and sizes in thousandths, on the book's finer grids. */
const ticks = (cents: number): number => cents * 1_000;
const lots = (thousandths: number): number => thousandths * 1_000;

function book(bids: readonly [number, number][], asks: readonly [number, number][]): OrderBook {
  const made = new OrderBook(OAK);
  for (const [at, size] of bids) made.set('bids', ticks(at), lots(size));
  for (const [at, size] of asks) made.set('asks', ticks(at), lots(size));
  return made;
}

test('shows the best levels first, whatever order they came in', () => {
  const made = book(
    [
      [9_998, 5],
      [10_000, 1],
      [9_999, 2],
    ],
    [
      [10_003, 4],
      [10_001, 7],
    ],
  );
  expect(made.levels('bids', 2)).toEqual([level('100', '0.001'), level('99.99', '0.002')]);
  expect(made.levels('asks', 9)).toEqual([level('100.01', '0.007'), level('100.03', '0.004')]);
  expect([made.bestBid, made.bestAsk]).toEqual([ticks(10_000), ticks(10_001)]);
});

test('replaces a size, removes a level at zero, and does not mind removing what is not there', () => {
  const made = book(
    [
      [10_000, 1],
      [9_999, 2],
    ],
    [],
  );
  made.set('bids', ticks(10_000), lots(8));
  made.set('bids', ticks(9_999), 0);
  made.set('bids', ticks(9_000), 0);
  expect(made.levels('bids', 9)).toEqual([level('100', '0.008')]);
});

test.each([
  { bids: [10_000], asks: [10_001], crossed: false, locked: false },
  { bids: [10_001], asks: [10_001], crossed: false, locked: true },
  { bids: [10_002], asks: [10_001], crossed: true, locked: false },
  { bids: [10_002], asks: [], crossed: false, locked: false },
  { bids: [], asks: [10_001], crossed: false, locked: false },
  { bids: [], asks: [], crossed: false, locked: false },
])('bids $bids against asks $asks: crossed $crossed, locked $locked', ({ bids, asks, crossed, locked }) => {
  const made = book(
    bids.map((at) => [at, 1]),
    asks.map((at) => [at, 1]),
  );
  expect([made.isCrossed, made.isLocked]).toEqual([crossed, locked]);
});

test('a side is complete only when the picture was whole and no level is left out', () => {
  const made = book(
    [
      [10_000, 1],
      [9_999, 1],
    ],
    [[10_001, 1]],
  );
  expect(made.isComplete('bids', 5)).toBe(false);
  made.sawAll(true, false);
  expect(made.isComplete('bids', 2)).toBe(true);
  expect(made.isComplete('bids', 1)).toBe(false);
  expect(made.isComplete('asks', 5)).toBe(false);
});

test('a cleared book shows nothing and knows no sequence', () => {
  const made = book([[10_000, 1]], [[10_001, 1]]);
  made.sequence = 7;
  made.sawAll(true, true);
  made.clear('stale');
  expect([made.status, made.sequence, made.bestBid, made.bestAsk]).toEqual(['stale', 0, 0, 0]);
  expect(made.levels('asks', 5)).toEqual([]);
  expect(made.isComplete('bids', 5)).toBe(false);
});

/** Levels of a side after `before` was set and then `added`, one by one and all at once. */
function bothWays(name: 'bids' | 'asks', before: Change[], added: Change[]) {
  const one = new BookSide(name);
  const all = new BookSide(name);
  for (const [ticks, lots] of before) {
    one.set(ticks, lots);
    all.set(ticks, lots);
  }
  for (const [ticks, lots] of added) one.set(ticks, lots);
  const ticks = Float64Array.from(added, ([at]) => at);
  all.setAll(
    ticks,
    Float64Array.from(added, ([, lots]) => lots),
    added.length,
  );
  return [one, all].map((side) =>
    Array.from({ length: side.size }, (_, rank) => [side.ticksAt(rank), side.lotsAt(rank)]),
  );
}
type Change = readonly [ticks: number, lots: number];

const upTo = (count: number, of: (n: number) => Change): Change[] =>
  Array.from({ length: count }, (_, n) => of(n));
const stepOf = (n: number): number => ((n * 7_919) % 5_003) + 1;

test.each([
  { what: 'best bid first', added: upTo(5_000, (n) => [9_000 - n, n + 1]) },
  { what: 'worst bid first', added: upTo(5_000, (n) => [n + 1, n + 1]) },
  { what: 'without an order, some twice', added: upTo(6_000, (n) => [stepOf(n), n % 5]) },
  { what: 'one price, again and again', added: upTo(5_000, (n) => [7, 5_000 - n]) },
  { what: 'that all remove', added: upTo(5_000, (n) => [n + 1, 0]) },
])('many levels at once are as one after the other: $what', ({ added }) => {
  for (const before of [[], upTo(4_000, (n) => [2 * n + 1, 9])])
    for (const name of ['bids', 'asks'] as const) {
      const [one, all] = bothWays(name, before, added);
      expect(all).toEqual(one);
    }
});

test('whatever is loaded at once is as one after the other', () => {
  const change = fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 65, maxLength: 120 }), (added) => {
      const [one, all] = bothWays('asks', [], added);
      expect(all).toEqual(one);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('two hundred thousand levels of a side are a book, one more is none', () => {
  const made = book([], []);
  const ticks = Float64Array.from({ length: 200_000 }, (_, n) => n + 1);
  made.bids.setAll(ticks, ticks, ticks.length);
  expect([made.bids.size, made.isOverfull]).toEqual([200_000, false]);
  made.set('bids', 200_001, 1);
  expect(made.isOverfull).toBe(true);
  made.clear('stale');
  expect([made.bids.size, made.isOverfull]).toEqual([0, false]);
});

test('a side equals a sorted map after any changes, beyond its first capacity too', () => {
  const change = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(
      fc.constantFrom('bids' as const, 'asks' as const),
      fc.array(change, { maxLength: 4_000, size: 'max' }),
      (name, changes) => {
        const side = new BookSide(name);
        const model = new Map<number, number>();
        for (const [at, size] of changes) {
          side.set(at, size);
          if (size === 0) model.delete(at);
          else model.set(at, size);
        }
        const sorted = [...model].sort(([a], [b]) => (name === 'bids' ? b - a : a - b));
        const shown = sorted.map((_, rank) => [side.ticksAt(rank), side.lotsAt(rank)]);
        expect(shown).toEqual(sorted);
        expect(side.size).toBe(sorted.length);
        expect(side.best).toBe(sorted[0]?.[0] ?? 0);
        for (const [at, size] of changes.slice(0, 20)) {
          expect(side.lotsOf(at)).toBe(model.get(at) ?? 0);
          expect(side.lotsOf(at + 0.5)).toBe(0);
          expect(size).toBeGreaterThanOrEqual(0);
        }
      },
    ),
    { seed: 2, numRuns: 60 },
  );
});
