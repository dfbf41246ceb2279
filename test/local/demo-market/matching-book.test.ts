import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Side } from '../../../core/market/window.ts';
import type { RestingOrder } from '../../../local/demo-market/book-side.ts';
import { MatchingBook } from '../../../local/demo-market/matching-book.ts';

/** Asks 10 and 5 lots at tick 101 (in this order), 7 lots at 102; bids 4 lots at 99. */
function stocked(): MatchingBook {
  const book = new MatchingBook();
  book.place('sell', 101, 10);
  book.place('sell', 101, 5);
  book.place('sell', 102, 7);
  book.place('buy', 99, 4);
  book.takeNews();
  return book;
}

test('an order that crosses nothing rests and is told as the level it makes', () => {
  const book = new MatchingBook();
  const order = book.place('buy', 99, 4);
  expect(order).toEqual({ id: 1, side: 'buy', tick: 99, lots: 4 });
  expect(book.takeNews()).toEqual({ matches: [], changes: [{ side: 'buy', tick: 99, lots: 4 }] });
  expect(book.takeNews()).toEqual({ matches: [], changes: [] });
});

test('a taker fills the older order at a price before the younger', () => {
  const book = stocked();
  expect(book.take('buy', 12)).toBe(12);
  expect(book.takeNews()).toEqual({
    matches: [
      { tick: 101, lots: 10, aggressor: 'buy', makerOrderId: 1, takerOrderId: 5 },
      { tick: 101, lots: 2, aggressor: 'buy', makerOrderId: 2, takerOrderId: 5 },
    ],
    changes: [{ side: 'sell', tick: 101, lots: 3 }],
  });
});

test('a taker walks to the next price when the best is used up', () => {
  const book = stocked();
  expect(book.take('buy', 20)).toBe(20);
  expect(book.takeNews().changes).toEqual([
    { side: 'sell', tick: 101, lots: 0 },
    { side: 'sell', tick: 102, lots: 2 },
  ]);
  expect(book.best('sell')).toBe(102);
});

test.each([
  { side: 'buy', limit: 101, taken: 15 },
  { side: 'buy', limit: 100, taken: 0 },
  { side: 'buy', limit: null, taken: 22 }, // the whole side, and no more
  { side: 'sell', limit: 99, taken: 4 },
  { side: 'sell', limit: 100, taken: 0 },
] as const)('a $side of 50 lots with limit $limit takes $taken', ({ side, limit, taken }) => {
  expect(stocked().take(side, 50, limit)).toBe(taken);
});

test('a crossing order takes what its limit allows and rests the remainder', () => {
  const book = stocked();
  expect(book.place('buy', 101, 18)).toEqual({ id: 5, side: 'buy', tick: 101, lots: 3 });
  expect([book.best('buy'), book.best('sell')]).toEqual([101, 102]);
});

test('a canceled order leaves its queue once', () => {
  const book = new MatchingBook();
  const first = book.place('sell', 101, 10);
  const second = book.place('sell', 101, 5);
  if (!first || !second) throw new Error('both orders rest');
  expect(book.cancel(first)).toBe(true);
  expect(book.cancel(first)).toBe(false);
  expect(book.lotsAt('sell', 101)).toBe(5);
  book.take('buy', 5);
  expect(book.cancel(second)).toBe(false);
  expect(book.best('sell')).toBeNull();
});

test('levels come best first and no more than asked for', () => {
  const book = stocked();
  book.place('buy', 97, 1);
  book.place('buy', 98, 2);
  expect(book.levels('sell', 5)).toEqual([
    { tick: 101, lots: 15 },
    { tick: 102, lots: 7 },
  ]);
  expect(book.levels('buy', 2)).toEqual([
    { tick: 99, lots: 4 },
    { tick: 98, lots: 2 },
  ]);
});

test.each([
  { tick: 0, lots: 1, says: 'a price must be a positive whole tick, got 0' },
  { tick: 1.5, lots: 1, says: 'a price must be a positive whole tick, got 1.5' },
  { tick: 1, lots: 0, says: 'a size must be a positive whole lot, got 0' },
])('an order of $lots lots at tick $tick is a bug', ({ tick, lots, says }) => {
  expect(() => new MatchingBook().place('buy', tick, lots)).toThrow(says);
});

const side = fc.constantFrom<Side>('buy', 'sell');
const action = fc.oneof(
  fc.record({
    kind: fc.constant('place' as const),
    side,
    tick: fc.integer({ min: 95, max: 105 }),
    lots: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ kind: fc.constant('take' as const), side, lots: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(40) }),
);

test('every lot that rested is resting, matched or canceled, at each price, and the book never crosses', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const book = new MatchingBook();
      const orders: RestingOrder[] = [];
      const expected = new Map<string, number>();
      const add = (key: string, lots: number) => expected.set(key, (expected.get(key) ?? 0) + lots);
      for (const one of actions) {
        if (one.kind === 'place') {
          const order = book.place(one.side, one.tick, one.lots);
          if (order) {
            orders.push(order);
            add(`${one.side}${one.tick}`, order.lots);
          }
        } else if (one.kind === 'take') {
          book.take(one.side, one.lots);
        } else {
          const order = orders[one.index];
          const lots = order?.lots ?? 0;
          if (order && book.cancel(order)) add(`${order.side}${order.tick}`, -lots);
        }
        const { matches, changes } = book.takeNews();
        for (const { aggressor, tick, lots } of matches)
          add(`${aggressor === 'buy' ? 'sell' : 'buy'}${tick}`, -lots);
        for (const change of changes.slice(-1))
          expect(book.lotsAt(change.side, change.tick)).toBe(change.lots);
        for (const [key, lots] of expected) {
          const on = key.startsWith('buy') ? 'buy' : 'sell';
          expect(book.lotsAt(on, Number(key.slice(on.length)))).toBe(lots);
        }
        const [bid, ask] = [book.best('buy'), book.best('sell')];
        if (bid !== null && ask !== null) expect(bid).toBeLessThan(ask);
      }
    }),
    { seed: 20_261, numRuns: 300 },
  );
});
