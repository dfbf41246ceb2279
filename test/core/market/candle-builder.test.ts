import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Candle } from '../../../core/market/candle.ts';
import { CandleBuilder } from '../../../core/market/candle-builder.ts';
import { epochMs } from '../../../core/time.ts';

const START = 1_700_000_000_000;
const at = (ms: number) => epochMs(START + ms);

/** Five-second bars, begun 1 s into the first one, with a proven book. */
function builder(): CandleBuilder {
  const made = new CandleBuilder('5s', at(1_000));
  made.doubt(false, at(1_000));
  return made;
}

const brief = (candle: Candle) =>
  [candle.start - START, candle.open, candle.high, candle.low, candle.close, candle.volume].map(Number);

test('opens, stretches and closes a bar by the prints received in it', () => {
  const made = builder();
  made.add(price('10'), quantity('1'), 1, at(6_000));
  made.add(price('12'), quantity('2'), 3, at(7_000));
  made.add(price('9'), quantity('1'), 1, at(8_000));
  made.add(price('11'), quantity('1'), 1, at(9_999));
  made.add(price('50'), quantity('1'), 1, at(10_000));
  const [bar, ...others] = made.takeClosed(at(10_000));
  expect(others).toEqual([]);
  expect(bar).toEqual({
    interval: '5s',
    start: at(5_000),
    open: price('10'),
    high: price('12'),
    low: price('9'),
    close: price('11'),
    volume: quantity('5'),
    trades: 6,
    complete: true,
  });
});

test('a bar without prints repeats the last close with no volume', () => {
  const made = builder();
  made.add(price('10'), quantity('1'), 1, at(6_000));
  const bars = made.takeClosed(at(20_000));
  expect(bars.map((bar) => bar.trades)).toEqual([1, 0, 0]);
  expect(bars.map(brief).slice(1)).toEqual([
    [10_000, 10e8, 10e8, 10e8, 10e8, 0],
    [15_000, 10e8, 10e8, 10e8, 10e8, 0],
  ]);
});

test('there is no bar before the first price, and the bar in which the feed began is incomplete', () => {
  const made = builder();
  expect(made.takeClosed(at(0))).toEqual([]);
  made.add(price('10'), quantity('1'), 1, at(4_000));
  expect(made.takeClosed(at(5_000)).map((bar) => bar.complete)).toEqual([false]);
  expect(made.takeClosed(at(10_000)).map((bar) => bar.complete)).toEqual([true]);
});

test('a doubt marks every bar it touches, a lost trade only its own', () => {
  const made = builder();
  made.add(price('10'), quantity('1'), 1, at(4_000));
  made.doubt(true, at(9_000));
  made.doubt(false, at(16_000));
  made.taint(at(23_000));
  const bars = made.takeClosed(at(30_000));
  expect(bars.map((bar) => [bar.start - START, bar.complete])).toEqual([
    [0, false],
    [5_000, false],
    [10_000, false],
    [15_000, false],
    [20_000, false],
    [25_000, true],
  ]);
});
