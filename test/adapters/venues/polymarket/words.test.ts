import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalOf, unitsOf } from '../../../../adapters/venues/polymarket/amounts.ts';
import { conditionOf, isTokenId } from '../../../../adapters/venues/polymarket/ids.ts';
import { stepsOf } from '../../../../adapters/venues/polymarket/steps.ts';
import { timeOfStamp, timeOfText } from '../../../../adapters/venues/polymarket/times.ts';
import { price } from '../../../../core/amounts.ts';
import { bookGrid, parseSteps } from '../../../../core/market/grid.ts';
import { MARKET, Y } from './samples.ts';

const CENTS = bookGrid(price('0.01'));

test.each([
  ['0.5', 50_000],
  ['0.50', 50_000],
  ['.5', 50_000],
  ['.48', 48_000],
  ['0.9655', 96_550],
  ['1', 100_000],
  ['0.500000000000000000', 50_000],
  ['0.9655555', 'off_grid'],
  ['.', 'not_decimal'],
  ['5.', 'not_decimal'],
  ['', 'not_decimal'],
  ['+0.5', 'not_decimal'],
  ['1e-2', 'not_decimal'],
  ['99999999999999999', 'too_large'],
])('%j is %s steps of 10^-5', (text, steps) => {
  expect(stepsOf(text, CENTS)).toBe(steps);
});

test('steps are those of the careful way, whatever the text', () => {
  const grids = ['0.1', '0.01', '0.005', '0.0025', '0.001', '0.0001'].map((tick) => bookGrid(price(tick)));
  const decimal = fc
    .tuple(fc.nat(20_000), fc.stringMatching(/^\d{0,9}$/))
    .map(([a, b]) => (b ? `${a}.${b}` : `${a}`));
  fc.assert(
    fc.property(fc.constantFrom(...grids), fc.oneof(decimal, fc.string()), (grid, text) => {
      fc.pre(!text.startsWith('.'));
      expect(stepsOf(text, grid)).toBe(parseSteps(text, grid));
    }),
    { seed: 11, numRuns: 3_000 },
  );
});

test.each([
  [0.01, '0.01'],
  [0.0001, '0.0001'],
  [1e-7, '0.0000001'],
  [5, '5'],
  [1057192.140909, '1057192.140909'],
  ['13037548.06990308', '13037548.06990308'],
  ['0.123456789', '0.12345678'],
  ['.5', '0.5'],
  [-3.5, '-3.5'],
  ['five', null],
  [Number.NaN, null],
  [null, null],
  [{}, null],
])('%j is the amount %s', (value, text) => {
  expect(decimalOf(value)).toBe(text);
  expect(unitsOf(value) === undefined).toBe(text === null);
});

test.each([
  ['2026-03-12T09:20:00Z', Date.UTC(2026, 2, 12, 9, 20)],
  ['2026-03-20T00:12:36.429499Z', Date.UTC(2026, 2, 20, 0, 12, 36, 429)],
  ['2026-04-05 15:10:00+00', Date.UTC(2026, 3, 5, 15, 10)],
  ['2026-04-05 11:10:00-04', Date.UTC(2026, 3, 5, 15, 10)],
  ['2026-04-05T17:10:00+02:00', Date.UTC(2026, 3, 5, 15, 10)],
  ['2026-07-29', null],
  ['2026-13-45T00:00:00Z', null],
  ['0001-01-01T00:00:00Z', null],
  ['', null],
  [undefined, null],
])('%j is the moment %s', (text, at) => {
  expect(timeOfText(text)).toBe(at);
});

test('a stamp is milliseconds as text', () => {
  expect([timeOfStamp('1757908892351'), timeOfStamp('1757908892'), timeOfStamp(null)]).toEqual([
    1757908892351,
    null,
    null,
  ]);
});

test('condition ids join in one form, of 31 bytes or 32', () => {
  const short = `0x${'ab'.repeat(31)}`;
  expect([
    conditionOf(short),
    conditionOf(`${short}00`),
    conditionOf(MARKET.toUpperCase().replace('0X', '0x')),
  ]).toEqual([`${short}00`, `${short}00`, MARKET]);
  expect([conditionOf('0x12'), conditionOf('none'), conditionOf(undefined)]).toEqual([null, null, null]);
});

test('a token is a whole number of at most 78 digits', () => {
  expect([Y, '1', '9'.repeat(79), '0x12', '1.5', ''].map(isTokenId)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
