import { expect, test } from 'vitest';
import {
  advancedKlinesRequest,
  exchangeKlinesRequest,
  toCandles,
} from '../../../../adapters/venues/coinbase/klines.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';

const FROM = epochMs(1_789_999_800_000);
const LATE = epochMs(1_800_000_000_000);
const bar = (start: number, low: string, high: string, open: string, close: string, volume: string) => ({
  start: String(start),
  low,
  high,
  open,
  close,
  volume,
});

test('bars of Advanced Trade come newest first with named columns, and leave oldest first', () => {
  const text = JSON.stringify({
    candles: [bar(1_789_999_860, '2', '5', '3', '4', '0.5'), bar(1_789_999_800, '1', '4', '2', '3', '1.25')],
  });
  expect(toCandles(text, '1m', LATE)).toEqual({
    candles: [
      {
        interval: '1m',
        start: FROM,
        open: price('2'),
        high: price('4'),
        low: price('1'),
        close: price('3'),
        volume: quantity('1.25'),
        trades: 0,
        complete: true,
      },
      expect.objectContaining({ start: FROM + 60_000, close: price('4') }),
    ],
    problems: [],
  });
});

test('bars of Exchange are rows of numbers in the order time, low, high, open, close, volume, read without losing a digit', () => {
  const text = '[[1789999800,0.00000001,64260.12345678,64200.1,64250,12345678.87654321]]';
  expect(toCandles(text, '5m', LATE).candles).toMatchObject([
    {
      low: 1n,
      high: 6_426_012_345_678n,
      open: 6_420_010_000_000n,
      close: 6_425_000_000_000n,
      volume: 1_234_567_887_654_321n,
    },
  ]);
});

test.each([
  { wire: '1e-8', units: 1n },
  { wire: '1.5e-07', units: 15n },
  { wire: '1.2E+2', units: 12_000_000_000n },
  { wire: '2e1', units: 2_000_000_000n },
  { wire: '34.123400000000004', units: 3_412_340_000n }, // a sum in floating point
  { wire: '0.999999999', units: 100_000_000n },
  { wire: '0.0000000149', units: 1n },
])('a volume of $wire is $units units', ({ wire, units }) => {
  const text = `[[1789999800,1,1,1,1,${wire}]]`;
  expect(toCandles(text, '1m', LATE)).toMatchObject({ candles: [{ volume: units }], problems: [] });
});

test('the bar that runs is not complete', () => {
  const text = '[[1789999860,1,1,1,1,1],[1789999800,1,1,1,1,1]]';
  const { candles } = toCandles(text, '1m', epochMs(FROM + 60_000));
  expect(candles.map(({ complete }) => complete)).toEqual([true, false]);
});

test.each([
  { row: '[1789999801,1,1,1,1,1]', why: 'candles 0.start: 1789999801000 is no start of 1m' },
  { row: '[1789999800000,1,1,1,1,1]', why: "candles 0.start: must be in seconds, '1789999800000'" },
  {
    row: '[1789999800,2,1,1,1,1]',
    why: 'candles 0.high: high and low must bracket open and close, and be above zero',
  },
  {
    row: '[1789999800,0,1,1,1,1]',
    why: 'candles 0.high: high and low must bracket open and close, and be above zero',
  },
  { row: '[1789999800,1,1,1,1,-1]', why: "candles 0.volume: not an unsigned decimal, '-1'" },
  {
    row: '[1789999800,1,1,0.000000001,1,1]',
    why: "candles 0.open: not a decimal of at most 8 places, '0.000000001'",
  },
  { row: '[1789999800,1,1,1]', why: "candles 0.close: not a decimal of at most 8 places, 'undefined'" },
  { row: 'null', why: "candles 0.start: must be in seconds, 'undefined'" },
])('the row $row is a problem, the others are read', ({ row, why }) => {
  const { candles, problems } = toCandles(`[${row},[1789999740,1,1,1,1,1]]`, '1m', LATE);
  expect(problems).toEqual([why]);
  expect(candles).toHaveLength(1);
});

test.each([
  { text: '', why: 'candles: not JSON' },
  {
    text: '{"message":"granularity too small"}',
    why: 'candles: not a list of bars, {"message":"granularity too small"}',
  },
])('the answer $text is a problem', ({ text, why }) => {
  expect(toCandles(text, '1m', LATE)).toEqual({ candles: [], problems: [why] });
});

test('requests name the granularity and the range as each interface wants it', () => {
  const through = epochMs(FROM + 3_600_000);
  expect(advancedKlinesRequest('BTC-USD', '1h', FROM, through, 'http://h').url).toBe(
    'http://h/api/v3/brokerage/market/products/BTC-USD/candles?start=1789999800&end=1790003400&granularity=ONE_HOUR&limit=350',
  );
  expect(exchangeKlinesRequest('BTC-USD', '15m', FROM, through, 'http://h').url).toBe(
    'http://h/products/BTC-USD/candles?granularity=900&start=2026-09-21T14:10:00.000Z&end=2026-09-21T15:10:00.000Z',
  );
});
