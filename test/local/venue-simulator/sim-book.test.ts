import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BookDigest } from '../../../local/venue-simulator/book-digest.ts';
import { SimBook } from '../../../local/venue-simulator/sim-book.ts';

const make = (over: Partial<ConstructorParameters<typeof SimBook>[0]> = {}): SimBook =>
  new SimBook({
    seed: 7,
    label: 'OAK',
    ticksMin: 900,
    ticksMax: 1_100,
    openingTicks: 1_000,
    usualLots: 50,
    levels: 20,
    ...over,
  });

const stateOf = (book: SimBook) => ({
  updateId: book.updateId,
  tradeId: book.tradeId,
  bids: book.levels('bids', 1_000),
  asks: book.levels('asks', 1_000),
});

function digestOf(book: SimBook): number {
  const digest = new BookDigest();
  for (const side of ['bids', 'asks'] as const)
    for (const { tick, lots } of book.levels(side, 1_000)) digest.toggle(side, tick, lots);
  return digest.value;
}

test('a book is never crossed, never locked, and has both sides, within its bounds, whatever happens', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2, max: 98 }),
      (seed, levels, opening) => {
        const book = make({ seed, levels, ticksMin: 1, ticksMax: 99, openingTicks: opening, usualLots: 3 });
        for (let n = 0; n < 300; n += 1) {
          book.step();
          const { bids, asks } = stateOf(book);
          const [bid, ask] = [book.bestBid, book.bestAsk];
          expect([bids[0], asks[0]]).toEqual([
            { tick: bid, lots: book.lotsAt('bids', bid) },
            { tick: ask, lots: book.lotsAt('asks', ask) },
          ]);
          const isSane = [...bids, ...asks].every(({ tick, lots }) => tick >= 1 && tick <= 99 && lots >= 1);
          const sizes = bids.length === book.sizeOf('bids') && asks.length === book.sizeOf('asks');
          expect(bid < ask && isSane && sizes).toBe(true);
        }
      },
    ),
    { seed: 11, numRuns: 60 },
  );
});

test('the changes that a step tells make the book of before into the book of after', () => {
  const book = make();
  const copy = new Map<string, number>();
  for (const side of ['bids', 'asks'] as const)
    for (const { tick, lots } of book.levels(side, 1_000)) copy.set(`${side} ${tick}`, lots);
  let id = book.updateId;
  for (let n = 0; n < 5_000; n += 1) {
    book.step();
    for (const { side, tick, lots } of book.changes) {
      if (lots === 0) copy.delete(`${side} ${tick}`);
      else copy.set(`${side} ${tick}`, lots);
    }
    // Each change has an id of its own.
    expect(book.updateId).toBe(id + book.changes.length);
    id = book.updateId;
  }
  const levels = (['bids', 'asks'] as const).flatMap((side) =>
    book.levels(side, 1_000).map(({ tick, lots }) => [`${side} ${tick}`, lots] as const),
  );
  expect(new Map(levels)).toEqual(copy);
});

test('a trade takes from the best level what the book then lacks', () => {
  const book = make();
  let trades = 0;
  for (let n = 0; n < 2_000; n += 1) {
    const before = { buy: book.levels('asks', 2), sell: book.levels('bids', 2) };
    const tradeId = book.tradeId;
    book.step();
    for (const [m, trade] of book.trades.entries()) {
      trades += 1;
      const level = before[trade.aggressor][m];
      expect(trade.id).toBe(tradeId + 1 + m);
      expect(trade.tick).toBe(level?.tick);
      const side = trade.aggressor === 'buy' ? 'asks' : 'bids';
      expect(book.lotsAt(side, trade.tick)).toBe((level?.lots ?? 0) - trade.lots);
    }
  }
  // A quarter of the steps are takers.
  expect(trades).toBeGreaterThan(400);
});

test('the digest that changes keep is the digest of the levels', () => {
  const book = make();
  const seen = new Set<number>();
  for (let n = 0; n < 1_000; n += 1) {
    book.step();
    expect(book.digest).toBe(digestOf(book));
    seen.add(book.digest);
  }
  expect(seen.size).toBeGreaterThan(900);
});

test('a digest tells sides, prices and sizes apart, and forgets the order in which levels came', () => {
  const of = (...levels: (readonly ['bids' | 'asks', number, number])[]): number => {
    const digest = new BookDigest();
    for (const level of levels) digest.toggle(...level);
    return digest.value;
  };
  const all = [
    of(['bids', 10, 5]),
    of(['asks', 10, 5]),
    of(['bids', 11, 5]),
    of(['bids', 10, 6]),
    // 2^32 more lots are other lots.
    of(['bids', 10, 5 + 4_294_967_296]),
    of(['bids', 10, 5], ['asks', 12, 5]),
    of(),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(of(['asks', 12, 5], ['bids', 10, 5])).toBe(of(['bids', 10, 5], ['asks', 12, 5]));
  expect(of(['bids', 10, 5], ['bids', 10, 5])).toBe(of());
});

test('the same seed makes the same market, another seed or label another', () => {
  const after = (over: Parameters<typeof make>[0]) => {
    const book = make(over);
    for (let n = 0; n < 200; n += 1) book.step();
    return stateOf(book);
  };
  expect(after({})).toEqual(after({}));
  expect(after({ seed: 8 })).not.toEqual(after({}));
  expect(after({ label: 'ELM' })).not.toEqual(after({}));
});

test('the price wanders, and comes back from its bounds', () => {
  const book = make({ ticksMin: 980, ticksMax: 1_020, levels: 8 });
  const mids = new Set<number>();
  for (let n = 0; n < 50_000; n += 1) {
    book.step();
    mids.add(Math.round((book.bestBid + book.bestAsk) / 2));
  }
  expect(mids.size).toBeGreaterThan(10);
  expect(Math.min(...mids)).toBeGreaterThanOrEqual(980);
  expect(Math.max(...mids)).toBeLessThanOrEqual(1_020);
});

test('an opening price that is no price between the bounds is a bug', () => {
  expect(() => make({ openingTicks: 900 })).toThrow('OAK: the opening price must lie between the bounds');
});
