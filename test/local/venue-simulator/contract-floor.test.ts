import { describe, expect, test } from 'vitest';
import { plusMs, SECOND_MS } from '../../../core/time.ts';
import { SeededRandom } from '../../../local/demo-market/random.ts';
import { ContractFloor, livesPlaceOf } from '../../../local/venue-simulator/contract-floor.ts';
import { contractListing, USUAL_PACE } from '../../../local/venue-simulator/contract-listing.ts';
import { MarketGraves } from '../../../local/venue-simulator/market-graves.ts';
import { SimFloor } from '../../../local/venue-simulator/sim-floor.ts';
import { ToldBook } from '../../../local/venue-simulator/told-book.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { START } from './sim-world.ts';

const BOOK = {
  ...USUAL_PACE,
  tick: '0.01',
  openingTicks: 50,
  ticksMin: 2,
  ticksMax: 98,
  usualLots: 5_000,
} as const;
const listing = (symbol: string, opposite?: string) =>
  contractListing({ venue: 'polymarket', symbol, ...(opposite && { opposite }), quote: 'pUSD' }, BOOK);

function open() {
  const timers = new VirtualTimers(START);
  const floor = new ContractFloor({ seed: 7, timers });
  return { floor, timers, pass: (ms: number) => timers.runUntil(plusMs(timers.now(), ms)) };
}

describe('a floor of contracts', () => {
  test('lets markets come and go while it is open', () => {
    const { floor, pass } = open();
    const moved = new Map<string, number>();
    floor.onMove(({ symbol }) => moved.set(symbol, (moved.get(symbol) ?? 0) + 1));
    floor.add(listing('A'));
    pass(SECOND_MS);
    floor.add(listing('B'));
    pass(SECOND_MS);
    floor.remove('A');
    const after = moved.get('A') ?? 0;
    pass(5 * SECOND_MS);
    expect([after > 5, moved.get('A'), (moved.get('B') ?? 0) > 30]).toEqual([true, after, true]);
    expect([floor.markets.map(({ symbol }) => symbol), floor.market('A')]).toEqual([['B'], undefined]);
  });

  test('makes the same market whatever else stands there', () => {
    const alone = open();
    const beside = open();
    beside.floor.add(listing('B'));
    const books = [alone, beside].map(({ floor, pass }) => {
      const { book } = floor.add(listing('A'));
      pass(10 * SECOND_MS);
      return [book.updateId, book.levels('bids', 9), book.levels('asks', 9)];
    });
    expect(books[0]).toEqual(books[1]);
  });

  test('finds a market by the instrument that it shows turned over, as long as it stands', () => {
    const { floor } = open();
    const market = floor.add(listing('Y', 'N'));
    expect([floor.showing('Y'), floor.showing('N'), floor.showing('Z')]).toEqual([
      { market, isMirrored: false },
      { market, isMirrored: true },
      undefined,
    ]);
    floor.remove('Y');
    expect(floor.showing('N')).toBeUndefined();
  });

  test('takes no market twice, and stops all at once', () => {
    const { floor, pass } = open();
    const { book } = floor.add(listing('A'));
    expect(() => floor.add(listing('A'))).toThrow('the market A stands already');
    floor.stop();
    const { updateId } = book;
    pass(SECOND_MS);
    expect(book.updateId).toBe(updateId);
  });

  test('keeps what is gone from the lists for another minute', () => {
    const { timers, floor, pass } = open();
    const graves = new MarketGraves(floor);
    for (const symbol of ['A', 'B']) {
      floor.add(listing(symbol));
      graves.bury(symbol, timers.now());
      pass(30 * SECOND_MS);
    }
    const standing = (): readonly string[] => floor.markets.map(({ symbol }) => symbol);
    graves.clear(plusMs(timers.now(), -1));
    expect(standing()).toEqual(['A', 'B']);
    graves.clear(timers.now());
    expect(standing()).toEqual(['B']);
    graves.clear(plusMs(timers.now(), 30 * SECOND_MS));
    expect(standing()).toEqual([]);
  });

  test('is what a venue of contracts needs', () => {
    const { timers, floor } = open();
    const plain = new SimFloor({ seed: 7, timers, listings: [] });
    const random = new SeededRandom(7, 'lives');
    expect(livesPlaceOf({ floor, random, timers })).toEqual({ floor, random, now: timers.now() });
    expect(() => livesPlaceOf({ floor: plain, random, timers })).toThrow('give their venue a ContractFloor');
  });
});

describe('a book as it was told', () => {
  const view = ({ lotsAt }: Pick<ToldBook, 'lotsAt'>, told: ToldBook) =>
    (['bids', 'asks'] as const).map((side) =>
      Array.from({ length: 100 }, (_, tick) => lotsAt.call(told, side, tick)),
    );

  test('becomes the market’s own by catching up, never crossed on the way, and each state is one of the market', () => {
    const { floor, pass } = open();
    const market = floor.add(listing('A'));
    const told = new ToldBook(market, START);
    const truth = new Truth(floor);
    const before = told.lotsAt('bids', market.book.bestBid);
    for (let n = 0; n < 20; n += 1) {
      for (const change of told.catchUp(START)) {
        expect(told.bestBid).toBeLessThan(told.bestAsk);
        expect(told.lotsAt(change.side, change.tick)).toBe(change.lots);
      }
      const own = (['bids', 'asks'] as const).map((side) => market.book.levels(side, 99).toReversed());
      expect([told.levels('bids'), told.levels('asks')]).toEqual(own);
      pass(3 * SECOND_MS);
    }
    expect([before, truth.isRight({ sequence: 0, levels: () => [] }, 'A')]).toEqual([0, true]);
  });

  test('is emptied level by level, or at once', () => {
    const { floor } = open();
    const market = floor.add(listing('A'));
    const told = new ToldBook(market, START);
    told.learn(START);
    const count = told.levels('bids').length + told.levels('asks').length;
    const changes = [...told.empty(START)];
    expect([count, changes.every(({ lots, by }) => lots === 0 && by < 0)]).toEqual([changes.length, true]);
    expect([
      told.bestBid,
      told.bestAsk,
      view(told, told)
        .flat()
        .some((lots) => lots > 0),
    ]).toEqual([0, 100, false]);
    told.learn(START);
    told.clear(START);
    expect([told.levels('bids'), told.levels('asks')]).toEqual([[], []]);
  });

  test('says by how much a level grew, and nothing where it is as it was', () => {
    const { floor } = open();
    const told = new ToldBook(floor.add(listing('A')), START);
    expect([
      told.set('bids', 40, 30, START),
      told.set('bids', 40, 30, START),
      told.set('bids', 40, 12, START),
      told.set('bids', 40, 0, START),
    ]).toEqual([
      { side: 'bids', tick: 40, lots: 30, by: 30 },
      undefined,
      { side: 'bids', tick: 40, lots: 12, by: -18 },
      { side: 'bids', tick: 40, lots: 0, by: -12 },
    ]);
  });

  test('is no state of the market while it is crossed', () => {
    const { floor } = open();
    const market = floor.add(listing('A'));
    const told = new ToldBook(market, START);
    const truth = new Truth(floor);
    told.set('asks', 60, 1, START);
    told.set('bids', 61, 1, START);
    const levelAt = (tick: number) => [{ price: BigInt(tick) * 1_000_000n, quantity: 1_000_000n }];
    const shown = { sequence: 0, levels: (side: 'bids' | 'asks') => levelAt(side === 'bids' ? 61 : 60) };
    expect(truth.isRight(shown as never, 'A')).toBe(false);
    const before = { sequence: 0, levels: (side: 'bids' | 'asks') => (side === 'bids' ? [] : levelAt(60)) };
    expect(truth.isRight(before as never, 'A')).toBe(true);
  });
});
