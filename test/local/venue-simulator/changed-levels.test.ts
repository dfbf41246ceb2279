import { expect, test } from 'vitest';
import { ChangedLevels } from '../../../local/venue-simulator/changed-levels.ts';
import { SimBook } from '../../../local/venue-simulator/sim-book.ts';

const make = (): SimBook =>
  new SimBook({
    seed: 3,
    label: 'OAK',
    ticksMin: 900,
    ticksMax: 1_100,
    openingTicks: 1_000,
    usualLots: 50,
    levels: 10,
  });

test('what was collected makes an older copy of the book the present one, each level named once', () => {
  const book = make();
  const changed = new ChangedLevels(book);
  const copies = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  for (const side of ['bids', 'asks'] as const)
    for (const { tick, lots } of book.levels(side, 1_000)) copies[side].set(tick, lots);
  for (let round = 0; round < 200; round += 1) {
    for (let n = 0; n < 1 + (round % 9); n += 1) {
      book.step();
      changed.note();
    }
    for (const side of ['bids', 'asks'] as const) {
      const levels = changed.take(side);
      expect(new Set(levels.map(({ tick }) => tick)).size).toBe(levels.length);
      for (const { tick, lots } of levels)
        if (lots === 0) copies[side].delete(tick);
        else copies[side].set(tick, lots);
      const whole = book.levels(side, 1_000).map(({ tick, lots }) => [tick, lots] as const);
      expect(copies[side]).toEqual(new Map(whole));
    }
    expect(changed.isEmpty).toBe(true);
  }
});

test('levels come best first: bids high to low, asks low to high', () => {
  const book = make();
  const changed = new ChangedLevels(book);
  for (let n = 0; n < 50; n += 1) {
    book.step();
    changed.note();
  }
  const bids = changed.take('bids').map(({ tick }) => tick);
  const asks = changed.take('asks').map(({ tick }) => tick);
  expect(bids).toEqual(bids.toSorted((a, b) => b - a));
  expect(asks).toEqual(asks.toSorted((a, b) => a - b));
  expect(bids.length * asks.length).toBeGreaterThan(0);
});
