import { expect, test } from 'vitest';
import { quantity } from '../../core/amounts.ts';
import type { StoredCandle } from '../../core/market/candle.ts';
import { KeptBars } from '../../fargate/kept-bars.ts';
import { aBar, barStart } from '../support/bars.ts';

const all = (): boolean => true;

function kept(...bars: readonly StoredCandle[]): KeptBars {
  const made = new KeptBars();
  for (const bar of bars) made.put(bar);
  return made;
}

const incomplete = (n: number): StoredCandle =>
  aBar('1m', n, 'own', { complete: false, volume: quantity('1') });

test('gives each bar out once to be stored, shorter ones than a minute never', () => {
  const bars = kept(aBar('1m', 0), aBar('5m', 0), aBar('15s', 0), aBar('1s', 0));
  expect(bars.unstored).toBe(2);
  expect(bars.takeUnstored(({ interval }) => interval === '5m')).toEqual([aBar('5m', 0)]);
  expect(bars.takeUnstored(all)).toEqual([aBar('1m', 0)]);
  expect(bars.takeUnstored(all)).toEqual([]);
  expect(bars.unstored).toBe(0);
});

test.each([
  {
    title: "the venue's takes the place of an incomplete one",
    bars: [incomplete(0), aBar('1m', 0, 'venue')],
    stored: [aBar('1m', 0, 'venue')],
  },
  {
    title: "the venue's never takes the place of a complete one",
    bars: [aBar('1m', 0), aBar('1m', 0, 'venue', { volume: quantity('9') })],
    stored: [aBar('1m', 0)],
  },
  {
    title: "our own takes the place of the venue's",
    bars: [aBar('1m', 0, 'venue'), aBar('1m', 0)],
    stored: [aBar('1m', 0)],
  },
  { title: 'the same bar again is no news', bars: [aBar('1m', 0), aBar('1m', 0)], stored: [aBar('1m', 0)] },
])('of two bars of one time the better is stored: $title', ({ bars, stored }) => {
  expect(kept(...bars).takeUnstored(all)).toEqual(stored);
});

test('what is stored is not stored again unless a better one comes', () => {
  const bars = kept(incomplete(0), aBar('1m', 1), aBar('1m', 2, 'venue'));
  bars.takeUnstored(all);
  bars.put(incomplete(0));
  bars.put(aBar('1m', 1, 'venue'));
  bars.put(aBar('1m', 2, 'venue'));
  expect(bars.unstored).toBe(0);
  bars.put(aBar('1m', 0, 'venue'));
  expect(bars.takeUnstored(all)).toEqual([aBar('1m', 0, 'venue')]);
});

test('what could not be stored waits again, but for what a better one replaced meanwhile', () => {
  const bars = kept(incomplete(0), aBar('1m', 1));
  const taken = bars.takeUnstored(all);
  bars.put(aBar('1m', 0, 'venue'));
  bars.putBack(taken);
  expect(bars.takeUnstored(all)).toEqual([aBar('1m', 0, 'venue'), aBar('1m', 1)]);
});

test('two hours of stored minutes stay at hand, and of other stored bars those that are folded from', () => {
  const bars = kept(
    ...Array.from({ length: 200 }, (_, n) => aBar('1m', n)),
    ...Array.from({ length: 60 }, (_, n) => aBar('1h', n)),
    ...Array.from({ length: 60 }, (_, n) => aBar('5m', n)),
  );
  bars.takeUnstored(all);
  const starts = (interval: '1m' | '5m' | '1h') =>
    bars.between(interval, barStart(interval, -9), barStart(interval, 999)).map(({ start }) => start);
  expect(starts('1m')).toEqual(Array.from({ length: 120 }, (_, n) => barStart('1m', n + 80)));
  expect(starts('1h')).toEqual(Array.from({ length: 48 }, (_, n) => barStart('1h', n + 12)));
  expect(starts('5m')).toEqual([]);
  expect(bars.between('1m', barStart('1m', 100), barStart('1m', 101))).toEqual([
    aBar('1m', 100),
    aBar('1m', 101),
  ]);
});

test('a store that takes nothing for days is not waited for by everything: the oldest bars go, and are counted', () => {
  const bars = kept(...Array.from({ length: 5_003 }, (_, n) => aBar('1m', n)));
  expect([bars.unstored, bars.dropped]).toEqual([5_000, 3]);
  expect(bars.takeUnstored(all)[0]).toEqual(aBar('1m', 3));
});
