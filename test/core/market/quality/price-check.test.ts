import { expect, test } from 'vitest';
import { PriceCheck, type PriceKind } from '../../../../core/market/quality/price-check.ts';
import { priceScaleOf } from '../../../../core/market/quality/price-scale.ts';
import { epochMs } from '../../../../core/time.ts';
import { OAK } from '../samples.ts';
import { RAIN } from './contract.ts';

const START = 1_700_000_000_000;
const ASSET = priceScaleOf(OAK);
const CONTRACT = priceScaleOf(RAIN);

/** Prices by second: one number is that second's only price, a list its prices in order. */
type Seconds = readonly (number | readonly number[])[];

/** The seconds in which a price was an outlier; one twice when it were told twice. */
function outlyingSeconds(check: PriceCheck, seconds: Seconds, from = 0, kind: PriceKind = 'trade'): number[] {
  return seconds.flatMap((prices, n) =>
    [prices].flat().flatMap((price, place) => {
      const at = epochMs(START + (from + n) * 1_000 + place);
      return check.isOutlier(Math.round(price * 1e8), kind, at) ? [from + n] : [];
    }),
  );
}

/** A quiet market at 100: a tick up, a tick down, for so many seconds. */
const quiet = (seconds: number, level = 100): number[] =>
  Array.from({ length: seconds }, (_, n) => level + (n % 2) * 0.01);

function warm(scale = ASSET, level = 100): PriceCheck {
  const check = new PriceCheck(scale);
  outlyingSeconds(check, quiet(60, level));
  return check;
}

test.each([
  ['a percent too high', 101, [60]],
  ['a percent too low', 99, [60]],
  ['ten times too high', 1_000, [60]],
  ['ten times too low', 10, [60]],
  ['15 basis points off, at the edge of the band', 100.14, []],
  ['17 basis points off', 100.18, [60]],
] as const)('in a quiet market a price %s (%d) fails in seconds %j', (_what, price, failed) => {
  expect(outlyingSeconds(warm(), [price, ...quiet(60)], 60)).toEqual(failed);
});

test('nothing is judged in the first 20 seconds with a price', () => {
  const prices = [...quiet(10), 150, ...quiet(8)];
  expect(outlyingSeconds(new PriceCheck(ASSET), prices)).toEqual([]);
  expect(outlyingSeconds(new PriceCheck(ASSET), [...quiet(20), 150])).toEqual([20]);
  expect(outlyingSeconds(new PriceCheck(ASSET), [...quiet(19), 150])).toEqual([]);
});

test('fails at most once in a second, and sees a wrong price that is not the last of its second', () => {
  expect(outlyingSeconds(warm(), [[100, 101, 102, 1_000, 100], 100], 60)).toEqual([60]);
});

test('a level that holds is accepted after two seconds, and so is the way back', () => {
  const there = Array(10).fill(101);
  const back = Array(10).fill(100);
  expect(outlyingSeconds(warm(), [...there, ...back], 60)).toEqual([60, 61]);
  // After ten times the price the band is six percent wide, not nine times the price.
  expect(outlyingSeconds(warm(), [...Array(10).fill(1_000), ...back], 60)).toEqual([60, 61, 70, 71]);
});

test('a price that comes back wrong every fourth second fails each time, so that the breaker hears of it', () => {
  const prices = Array.from({ length: 60 }, (_, n) => (n % 4 === 0 ? 101 : 100));
  expect(outlyingSeconds(warm(), prices, 60)).toHaveLength(15);
});

test.each([
  ['ten basis points a second for two minutes', 0.001, 120, 2],
  ['half a percent a second for a minute', -0.005, 60, 2],
  ['one percent a second for half a minute', -0.01, 30, 2],
  ['two percent a second for twenty seconds', -0.02, 20, 8], // a third of the value; the band is six percent at most
] as const)('a trend out of a quiet market, %s, costs few failures', (_what, step, seconds, failures) => {
  const prices = Array.from({ length: seconds }, (_, n) => 100 * (1 + step) ** (n + 1));
  expect(outlyingSeconds(warm(), prices, 60).length).toBe(failures);
});

test('a crash in waves with rebounds costs a few failures, not ten', () => {
  // As the demo market crashes: a quarter of the value in a minute, in four waves.
  const waves = [
    [7, -0.075],
    [4, 0.015],
    [9, -0.085],
    [5, 0.02],
    [12, -0.075],
    [6, 0.0125],
    [14, -0.0625],
  ] as const;
  let price = 100;
  const prices = waves.flatMap(([seconds, share]) =>
    Array.from({ length: seconds }, () => {
      price += (100 * share) / seconds;
      return price;
    }),
  );
  expect(price).toBeCloseTo(75, 0);
  expect(outlyingSeconds(warm(), prices, 60)).toEqual([60, 61]);
});

test('a best bid fails only above the band, a best ask only below it', () => {
  const failed = (kind: PriceKind, price: number) => outlyingSeconds(warm(), [price, 100], 60, kind).length;
  expect({
    bidAbove: failed('bid', 102),
    bidWithdrawn: failed('bid', 50),
    askBelow: failed('ask', 98),
    askWithdrawn: failed('ask', 200),
  }).toEqual({ bidAbove: 1, bidWithdrawn: 0, askBelow: 1, askWithdrawn: 0 });
});

test('bounces of a coarse tick are no outliers: sigma is two ticks at least', () => {
  const coin = priceScaleOf({ tickSize: OAK.tickSize, contract: undefined });
  const check = new PriceCheck(coin);
  outlyingSeconds(check, Array(60).fill(0.2));
  // A tick is 5 % here: six of them are inside, seven are not.
  expect(outlyingSeconds(check, [0.26, 0.2, 0.2, 0.2, 0.28, 0.2], 60)).toEqual([64]);
});

test('a contract is judged in cents, whatever its level', () => {
  const seen = ([level, price]: readonly [number, number]) =>
    outlyingSeconds(warm(CONTRACT, level), [price, level], 60).length;
  expect(
    (
      [
        [0.03, 0.08], // a penny contract that more than doubles
        [0.45, 0.5],
        [0.45, 0.52],
        [0.45, 0.55], // the price of "no" for that of "yes"
        [0.97, 0.92],
        [0.97, 0.03],
      ] as const
    ).map(seen),
  ).toEqual([0, 0, 1, 1, 0, 1]);
});

test('a contract may run from a half to one in a few seconds', () => {
  const run = [0.55, 0.6, 0.68, 0.75, 0.83, 0.9, 0.94, 0.96, 0.98, 0.99];
  expect(outlyingSeconds(warm(CONTRACT, 0.5), [...run, ...Array(30).fill(0.99)], 60)).toEqual([61, 62]);
});

test('a silence widens the band, and one of more than a minute begins anew', () => {
  const afterSilence = (seconds: number, ...prices: number[]) =>
    outlyingSeconds(warm(), prices, 59 + seconds).length;
  // 3 x 5 bps x sqrt(1 + 45 / 15) = 30 bps
  expect([afterSilence(1, 100.25), afterSilence(46, 100.25), afterSilence(46, 100.35)]).toEqual([1, 0, 1]);
  expect([afterSilence(60, 150), afterSilence(61, 150)]).toEqual([1, 0]);
});

test('rules that change keep what was learned', () => {
  const check = warm();
  check.useScale({ ...ASSET, floorShare: 0.01 });
  expect(outlyingSeconds(check, [102, 104], 60)).toEqual([61]);
});

test('a time before an earlier one counts as that one', () => {
  const check = warm();
  check.isOutlier(101e8, 'trade', epochMs(START + 60_000));
  expect(check.isOutlier(101e8, 'trade', epochMs(START + 30_000))).toBe(false);
  expect(check.isOutlier(101e8, 'trade', epochMs(START + 61_000))).toBe(true);
});
