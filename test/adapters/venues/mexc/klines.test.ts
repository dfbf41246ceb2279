import { expect, test } from 'vitest';
import { klinesRequest, toCandles } from '../../../../adapters/venues/mexc/klines.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';

const START = 1_789_999_980_000;
const row = (start: number, open = '64240.00', high = '64260.00', low = '64239.50', close = '64250.00') => [
  start,
  open,
  high,
  low,
  close,
  '3.5',
  start + 59_999,
  '224857.25',
];
const bar = (start: number, complete: boolean) => ({
  interval: '1m',
  start: epochMs(start),
  open: price('64240'),
  high: price('64260'),
  low: price('64239.5'),
  close: price('64250'),
  volume: quantity('3.5'),
  trades: 0,
  complete,
});

test('bars come oldest first, each once; one that has not ended is not complete', () => {
  const text = JSON.stringify([row(START + 60_000), row(START), row(START)]);
  expect(toCandles(text, '1m', epochMs(START + 60_000))).toEqual({
    candles: [bar(START, true), bar(START + 60_000, false)],
    problems: [],
  });
});

test.each([
  { what: 'a time in seconds', one: row(START / 1_000), problem: 'klines 0.0: must be in milliseconds' },
  {
    what: 'a start between minutes',
    one: row(START + 1),
    problem: `klines 0.start: ${START + 1} is no start of 1m`,
  },
  { what: 'a price that is none', one: row(START, 'x'), problem: 'klines 0.1: must be an unsigned decimal' },
  {
    what: 'a price that is too fine',
    one: row(START, '1.0000000001'),
    problem: "klines 0.1: finer than 10^-8, '1.0000000001'",
  },
  {
    what: 'a high below the close',
    one: row(START, '5', '6', '4', '7'),
    problem: 'klines 0.high: high and low must bracket open and close, and be above zero',
  },
  {
    what: 'too few columns',
    one: [START, '1'],
    problem: 'klines 0.2: Invalid input: expected string, received undefined',
  },
])('$what is named and left out', ({ one, problem }) => {
  const page = toCandles(JSON.stringify([one, row(START)]), '1m', epochMs(START));
  expect(page.candles).toHaveLength(1);
  expect(page.problems).toEqual([problem]);
});

test('an error answer is no list of bars', () => {
  expect(toCandles('{"code":-1121,"msg":"Invalid symbol."}', '1m', epochMs(START)).problems).toEqual([
    'klines: not a list of bars, {"code":-1121,"msg":"Invalid symbol."}',
  ]);
});

test.each([
  { interval: '1m', name: '1m' },
  { interval: '5m', name: '5m' },
  { interval: '15m', name: '15m' },
  { interval: '1h', name: '60m' },
  { interval: '1d', name: '1d' },
] as const)('asks for $interval bars as $name', ({ interval, name }) => {
  expect(klinesRequest('BTCUSDT', interval, epochMs(START), epochMs(START + 5)).url).toBe(
    `https://api.mexc.com/api/v3/klines?symbol=BTCUSDT&interval=${name}&startTime=${START}&endTime=${START + 5}&limit=1000`,
  );
});
