import { expect, test } from 'vitest';
import { opposite, type Side } from '../../../core/market/window.ts';
import { OrderFlow } from '../../../local/demo-market/order-flow.ts';

const MINUTES_10 = 600_000;

function flow(seed: number): OrderFlow {
  return new OrderFlow({
    seed,
    label: 'OAKUSDT',
    openingTicks: 10_000,
    unitLots: 1_000,
    lotsMin: 75,
    startAt: 0,
    crash: null,
  });
}

test('what is traded at a price is exactly what the level there loses, and the book never crosses', () => {
  const market = flow(7);
  const shown = new Map<string, number>();
  let matched = 0;
  while (market.nextAt < MINUTES_10) {
    market.step();
    const { matches, changes } = market.book.takeNews();
    const taken = new Map<string, { side: Side; tick: number; lots: number }>();
    for (const { aggressor, tick, lots } of matches) {
      const key = `${opposite(aggressor)}${tick}`;
      const before = taken.get(key)?.lots ?? 0;
      taken.set(key, { side: opposite(aggressor), tick, lots: before + lots });
      matched += 1;
    }
    for (const [key, { side, tick, lots }] of taken)
      expect((shown.get(key) ?? 0) - lots).toBe(market.book.lotsAt(side, tick));
    for (const { side, tick, lots } of changes) shown.set(`${side}${tick}`, lots);
    expect(market.book.best('buy') ?? 0).toBeLessThan(market.book.best('sell') ?? 0);
  }
  expect(matched).toBeGreaterThan(600);
});

test('time never goes backward from one action to the next', () => {
  const market = flow(3);
  let last = market.nextAt;
  for (let step = 0; step < 20_000; step += 1) {
    market.step();
    expect(market.nextAt).toBeGreaterThanOrEqual(last);
    last = market.nextAt;
  }
  expect(last).toBeGreaterThan(30_000);
});

test('hundreds of levels stand on each side from the first action to ten minutes later', () => {
  const market = flow(7);
  for (const until of [1_000, MINUTES_10]) {
    while (market.nextAt < until) market.step();
    for (const side of ['buy', 'sell'] as const)
      expect(market.book.levels(side, 1_000).length).toBeGreaterThan(150);
  }
});
