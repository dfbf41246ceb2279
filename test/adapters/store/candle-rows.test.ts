import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromRow, toRow } from '../../../adapters/store/candle-rows.ts';
import { asPrice, asQuantity, price, quantity } from '../../../core/amounts.ts';
import { HISTORY_INTERVALS, INTERVAL_MS, type StoredCandle } from '../../../core/market/candle.ts';
import { epochMs, plusMs } from '../../../core/time.ts';

const BLOCK = epochMs(1_700_006_400_000);
const minute = (n: number, some: Partial<StoredCandle> = {}): StoredCandle => ({
  interval: '1m',
  start: plusMs(BLOCK, n * 60_000),
  open: price('10'),
  high: price('12.5'),
  low: price('9'),
  close: price('11'),
  volume: quantity('3.25'),
  trades: 42,
  complete: true,
  source: 'own',
  ...some,
});
const QUIET = { open: price('11'), high: price('11'), low: price('11'), volume: quantity('0'), trades: 0 };

test.each([
  { row: '7v 10 12.5 9 11 3.25 42', bar: minute(7, { source: 'venue' }) },
  { row: '0 10 12.5 9 11 3.25 42', bar: minute(0) },
  { row: '59i 10 12.5 9 11 3.25 42', bar: minute(59, { complete: false }) },
  { row: '8 11', bar: minute(8, QUIET) },
  { row: '8vi 11', bar: minute(8, { ...QUIET, source: 'venue', complete: false }) },
  { row: '8 11 11 11 11 0.5 0', bar: minute(8, { ...QUIET, volume: quantity('0.5') }) },
  { row: '8 11 11 11 11 0 1', bar: minute(8, { ...QUIET, trades: 1 }) },
  { row: '8 10 11 11 11 0 0', bar: minute(8, { ...QUIET, open: price('10') }) },
  { row: '8 10 12.5 9 11 0 0', bar: minute(8, { volume: quantity('0'), trades: 0 }) },
])("'$row' is a bar", ({ row, bar }) => {
  expect(toRow(bar, BLOCK)).toBe(row);
  expect(fromRow(row, '1m', BLOCK)).toEqual(bar);
});

test.each([
  '',
  '7',
  '7 ',
  '7x 11',
  '7iv 11',
  '7 -11',
  '7 1e3',
  '7 11 12',
  '7 1 1 1 1 1',
  '7 1 1 1 1 1 1.5',
  '100 11',
])("'%s' is no row", (row) => {
  expect(fromRow(row, '1m', BLOCK)).toBeUndefined();
});

test.each([
  { what: 'a negative price', some: { close: asPrice(-1n) } },
  { what: 'a negative volume', some: { volume: asQuantity(-1n) } },
  { what: 'a start outside of the block', some: { start: plusMs(BLOCK, -60_000) } },
  { what: 'a start between two places', some: { start: plusMs(BLOCK, 1) } },
])('$what is no bar to store', ({ some }) => {
  expect(() => toRow(minute(3, some), BLOCK)).toThrow('must have unsigned amounts and a place');
});

test('every bar is its row read again', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 22n });
  const anyBar = fc
    .record({
      interval: fc.constantFrom(...HISTORY_INTERVALS),
      place: fc.nat(59),
      open: amount.map(asPrice),
      high: amount.map(asPrice),
      low: amount.map(asPrice),
      close: amount.map(asPrice),
      volume: amount.map(asQuantity),
      trades: fc.nat(),
      complete: fc.boolean(),
      source: fc.constantFrom('own' as const, 'venue' as const),
    })
    .map(({ place, ...bar }) => ({ ...bar, start: plusMs(BLOCK, place * INTERVAL_MS[bar.interval]) }));
  fc.assert(
    fc.property(anyBar, (bar) => {
      expect(fromRow(toRow(bar, BLOCK), bar.interval, BLOCK)).toEqual(bar);
    }),
    { seed: 20_261_121, numRuns: 500 },
  );
});
