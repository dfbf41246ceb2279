import { describe, expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Candle, CandleInterval } from '../../../core/market/candle.ts';
import { foldCandles, inOrder, joinParts } from '../../../core/market/candle-fold.ts';
import { epochMs } from '../../../core/time.ts';

/** 00:00 UTC. */
const MIDNIGHT = 1_700_006_400_000;
const MINUTE = 60_000;
const at = (ms: number) => epochMs(MIDNIGHT + ms);

type Texts = readonly [
  open: string,
  high: string,
  low: string,
  close: string,
  volume: string,
  trades: number,
];
const bar = (interval: CandleInterval, startMs: number, texts: Texts, complete = true): Candle => ({
  interval,
  start: at(startMs),
  open: price(texts[0]),
  high: price(texts[1]),
  low: price(texts[2]),
  close: price(texts[3]),
  volume: quantity(texts[4]),
  trades: texts[5],
  complete,
});
const flat = (close: string): Texts => [close, close, close, close, '0', 0];
const minute = (n: number, texts: Texts, complete = true): Candle => bar('1m', n * MINUTE, texts, complete);
/** Five minutes: up, quiet, down, quiet, up. */
const FIVE = [
  minute(0, ['10', '12', '9', '11', '1.5', 3]),
  minute(1, flat('11')),
  minute(2, ['11', '11', '4', '5', '2', 7]),
  minute(3, flat('5')),
  minute(4, ['6', '8', '5', '7', '0.25', 1]),
];

describe('folding', () => {
  test('minutes make a bar of first open, extremes, last close and sums', () => {
    expect(foldCandles(FIVE, '5m')).toEqual([bar('5m', 0, ['10', '12', '4', '7', '3.75', 11])]);
  });

  test('the order of the minutes, and one that comes twice, change nothing', () => {
    expect(foldCandles([...FIVE.toReversed(), ...FIVE.slice(2, 3)], '5m')).toEqual(foldCandles(FIVE, '5m'));
  });

  test.each([
    { what: 'a missing minute', minutes: FIVE.toSpliced(1, 1), volume: '3.75' },
    { what: 'a missing last minute', minutes: FIVE.slice(0, 4), volume: '3.5' },
    {
      what: 'an incomplete minute',
      minutes: FIVE.with(3, minute(3, flat('5'), false)),
      volume: '3.75',
    },
    {
      what: 'a minute that begins elsewhere',
      minutes: FIVE.with(1, { ...minute(1, flat('11')), start: at(90_000) }),
      volume: '3.75',
    },
  ])('$what leaves the bar incomplete', ({ minutes, volume }) => {
    expect(foldCandles(minutes, '5m').map((one) => [one.volume, one.complete])).toEqual([
      [quantity(volume), false],
    ]);
  });

  test('a bar of quiet minutes alone repeats the newest close', () => {
    const quiet = [0, 1, 2, 3, 4].map((n) => minute(n, flat(n < 3 ? '5' : '6')));
    expect(foldCandles(quiet, '5m')).toEqual([bar('5m', 0, flat('6'))]);
  });

  test('what a venue told without a count of trades counts by its volume', () => {
    const told = FIVE.map((one) => ({ ...one, trades: 0 }));
    expect(foldCandles(told, '5m')).toEqual([bar('5m', 0, ['10', '12', '4', '7', '3.75', 0])]);
  });

  test('where there is no minute at all there is no bar', () => {
    const far = minute(60, flat('3'));
    expect(foldCandles([...FIVE, far], '5m').map((one) => [one.start, one.complete])).toEqual([
      [at(0), true],
      [at(60 * MINUTE), false],
    ]);
    expect(foldCandles([], '1d')).toEqual([]);
  });

  test.each(['5m', '15m', '1h', '1d'] as const)(
    'a day of minutes makes %s bars as the fives of it do',
    (interval) => {
      const day = Array.from({ length: 1_440 }, (_, n) =>
        minute(n, n % 7 === 3 ? flat('9') : ['9', `${10 + (n % 13)}`, `${1 + (n % 5)}`, '9', '0.125', n % 4]),
      );
      const fives = foldCandles(day, '5m');
      expect(fives).toHaveLength(288);
      if (interval !== '5m') expect(foldCandles(day, interval)).toEqual(foldCandles(fives, interval));
      const sums = foldCandles(day, interval).map((one) => one.trades);
      expect(sums.reduce((a, b) => a + b, 0)).toBe(day.reduce((sum, one) => sum + one.trades, 0));
    },
  );

  test('bars are not folded into shorter ones, nor two lengths at a time', () => {
    expect(() => foldCandles(FIVE, '1m')).toThrow('into longer ones only');
    expect(() => foldCandles([...FIVE, bar('5m', 0, flat('1'))], '1h')).toThrow('one interval');
  });
});

test.each([
  { what: 'nothing', parts: [], joined: 'quiet' },
  { what: 'quiet parts', parts: ['quiet', 'quiet'], joined: 'quiet' },
  { what: 'a part that nobody saw', parts: ['quiet', undefined], joined: undefined },
] as const)('$what makes no bar', ({ parts, joined }) => {
  expect(joinParts('5m', at(0), parts)).toBe(joined);
});

test('of two bars of one stretch the complete one stays, of two incomplete ones the one that saw more', () => {
  const [first, second] = [minute(0, ['1', '1', '1', '1', '5', 1]), minute(0, ['2', '2', '2', '2', '4', 1])];
  const incomplete = (one: Candle): Candle => ({ ...one, complete: false });
  expect(inOrder([first, second])).toEqual([first]);
  expect(inOrder([incomplete(first), second])).toEqual([second]);
  expect(inOrder([first, incomplete(second)])).toEqual([first]);
  expect(inOrder([incomplete(second), incomplete(first)])).toEqual([incomplete(first)]);
  expect(inOrder([incomplete(first), incomplete(second)])).toEqual([incomplete(first)]);
});
