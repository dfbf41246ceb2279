import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Candle } from '../../../core/market/candle.ts';
import { compareCandles } from '../../../core/market/candle-compare.ts';
import { epochMs } from '../../../core/time.ts';

const START = 1_700_006_400_000;
const at = (n: number) => epochMs(START + n * 60_000);
const minute = (n: number, some: Partial<Candle> = {}): Candle => ({
  interval: '1m',
  start: at(n),
  open: price('10'),
  high: price('12'),
  low: price('9'),
  close: price('11'),
  volume: quantity('2'),
  trades: 5,
  complete: true,
  ...some,
});
const QUIET = { open: price('11'), high: price('11'), low: price('11'), volume: quantity('0'), trades: 0 };

test('equal bars agree, whatever their order', () => {
  expect(compareCandles([minute(1), minute(0)], [minute(0), minute(1)])).toEqual([
    { kind: 'agrees', start: at(0) },
    { kind: 'agrees', start: at(1) },
  ]);
});

test.each([
  ['open', { open: price('10.00000001') }],
  ['high', { high: price('13') }],
  ['low', { low: price('8') }],
  ['close', { close: price('10.5') }],
  ['volume', { volume: quantity('2.5') }],
  ['trades', { trades: 6 }],
] as const)('a difference in %s is named, with both bars', (field, some) => {
  const [ours, venues] = [minute(0), minute(0, some)];
  expect(compareCandles([ours], [venues])).toEqual([
    { kind: 'differs', start: at(0), fields: [field], ours, venues },
  ]);
});

test('every field that differs is named', () => {
  const [one] = compareCandles(
    [minute(0)],
    [minute(0, { high: price('13'), volume: quantity('3'), trades: 7 })],
  );
  expect(one).toMatchObject({ kind: 'differs', fields: ['high', 'volume', 'trades'] });
});

test('a venue that tells no count of trades is not held to ours', () => {
  expect(compareCandles([minute(0)], [minute(0, { trades: 0 })])).toEqual([{ kind: 'agrees', start: at(0) }]);
  const quiet = minute(0, QUIET);
  expect(compareCandles([minute(0)], [quiet])).toMatchObject([
    { fields: ['open', 'high', 'low', 'volume', 'trades'] },
  ]);
});

test('a bar that only one side has is missing at the other', () => {
  expect(compareCandles([minute(0)], [minute(1)])).toEqual([
    { kind: 'missing', start: at(0), at: 'venue' },
    { kind: 'missing', start: at(1), at: 'us' },
  ]);
});

test('a bar in which nothing traded agrees with a venue that has no row for it', () => {
  expect(compareCandles([minute(0, QUIET)], [])).toEqual([{ kind: 'agrees', start: at(0) }]);
});

test('a bar of ours that may miss prints is not judged', () => {
  const incomplete = minute(0, { complete: false, trades: 3 });
  expect(compareCandles([incomplete], [minute(0)])).toEqual([{ kind: 'unjudged', start: at(0) }]);
});
