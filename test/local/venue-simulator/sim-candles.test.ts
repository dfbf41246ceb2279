import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import { SimCandles } from '../../../local/venue-simulator/sim-candles.ts';

/** 2026-09-21T14:13:20Z; its minute began 20 s before. */
const OPENED = 1_790_000_000_000;
const MINUTE = OPENED - 20_000;

const make = (seed = 7): SimCandles =>
  new SimCandles({
    seed,
    label: 'OAK',
    ticksMin: 900,
    ticksMax: 1_100,
    openingTicks: 1_000,
    usualLots: 50,
    openedAt: OPENED,
  });
const trade = (tick: number, lots: number) => ({ id: 1, aggressor: 'buy' as const, tick, lots });

test('a bar holds the first, highest, lowest and last price of its trades, their lots and their turnover', () => {
  const candles = make();
  candles.take(trade(1_000, 2), MINUTE + 25_000);
  candles.take(trade(1_004, 1), MINUTE + 30_000);
  candles.take(trade(998, 3), MINUTE + 59_999);
  candles.take(trade(1_010, 9), MINUTE + MINUTE_MS);
  expect(candles.bar(MINUTE, MINUTE_MS, MINUTE + MINUTE_MS)).toEqual({
    start: MINUTE,
    open: 1_000,
    high: 1_004,
    low: 998,
    close: 998,
    lots: 6,
    turnover: 5_998n, // 2000 + 1004 + 2994
    trades: 3,
  });
  expect(candles.lastTicks).toBe(1_010);
});

test('a minute without a trade has no bar, and a longer bar is the sum of its minutes', () => {
  const candles = make();
  candles.take(trade(1_000, 2), MINUTE + 25_000);
  candles.take(trade(1_005, 4), MINUTE + 2 * MINUTE_MS + 1);
  const now = MINUTE + 3 * MINUTE_MS;
  const starts = candles.bars(MINUTE_MS, MINUTE, now).map(({ start }) => (start - MINUTE) / MINUTE_MS);
  expect(starts).toEqual([0, 2]);
  expect(candles.bar(MINUTE, 3 * MINUTE_MS, now)).toMatchObject({
    open: 1_000,
    close: 1_005,
    lots: 6,
    trades: 2,
  });
});

test('before the market opened there is a past without holes, the same each time, which ends near where it opens', () => {
  const from = MINUTE - 100 * MINUTE_MS;
  const bars = make().bars(MINUTE_MS, from, MINUTE - 1);
  expect(bars.length).toBe(100);
  expect(make().bars(MINUTE_MS, from, MINUTE - 1)).toEqual(bars);
  expect(make(8).bars(MINUTE_MS, from, MINUTE - 1)).not.toEqual(bars);
  for (const [n, bar] of bars.entries()) {
    expect(bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close)).toBe(true);
    expect(bar.low >= 900 && bar.high <= 1_100).toBe(true);
    // Each begins where the one before ended.
    if (n > 0) expect(bar.open).toBe(bars[n - 1]?.close);
  }
  expect(Math.abs((bars.at(-1)?.close ?? 0) - 1_000)).toBeLessThanOrEqual(3);
});

test('an hour of the past is its sixty minutes', () => {
  const candles = make();
  const start = MINUTE - (MINUTE % HOUR_MS) - HOUR_MS;
  const minutes = candles.bars(MINUTE_MS, start, start + HOUR_MS - 1);
  expect(candles.bar(start, HOUR_MS, OPENED)).toEqual({
    start,
    open: minutes[0]?.open,
    high: Math.max(...minutes.map(({ high }) => high)),
    low: Math.min(...minutes.map(({ low }) => low)),
    close: minutes.at(-1)?.close,
    lots: minutes.reduce((sum, { lots }) => sum + lots, 0),
    turnover: minutes.reduce((sum, { turnover }) => sum + turnover, 0n),
    trades: minutes.reduce((sum, { trades }) => sum + trades, 0),
  });
});

test('the last day is what a bar of a day and of the minute that runs are together, also when asked twice', () => {
  const candles = make();
  const now = MINUTE + 40_000;
  const past = candles.bar(MINUTE - DAY_MS, DAY_MS, MINUTE);
  expect(candles.lastDay(now)).toEqual(past);
  candles.take(trade(1_099, 7), now);
  expect(candles.lastDay(now)).toMatchObject({ close: 1_099, lots: (past?.lots ?? 0) + 7 });
  candles.take(trade(1_001, 1), now);
  expect(candles.lastDay(now)).toMatchObject({ high: 1_099, close: 1_001, lots: (past?.lots ?? 0) + 8 });
});

test('old minutes are forgotten, so that a long run does not fill the memory', () => {
  const candles = make();
  for (let n = 0; n < 3_000; n += 1) candles.take(trade(1_000, 1), MINUTE + n * MINUTE_MS);
  expect(candles.bar(MINUTE, MINUTE_MS, MINUTE + 3_000 * MINUTE_MS)).toBeUndefined();
  expect(candles.bar(MINUTE + 2_999 * MINUTE_MS, MINUTE_MS, MINUTE + 3_000 * MINUTE_MS)?.lots).toBe(1);
});
