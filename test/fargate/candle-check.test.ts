import { expect, test } from 'vitest';
import { price, quantity } from '../../core/amounts.ts';
import type { Candle } from '../../core/market/candle.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import { HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { CandleCheck } from '../../fargate/candle-check.ts';
import { aBar, MIDNIGHT } from '../support/bars.ts';

const OAK = instrumentId('binance', 'OAKUSDT');
const ELM = instrumentId('coinbase', 'ELM-USD');
const minute = (n: number) => plusMs(MIDNIGHT, n * MINUTE_MS);
const range = (from: number, through: number): number[] =>
  Array.from({ length: through - from + 1 }, (_, n) => from + n);

/** Our minutes of these numbers; some of them changed. */
function check(
  numbers: readonly number[],
  changed: Readonly<Record<number, Partial<Candle>>> = {},
): CandleCheck {
  const made = new CandleCheck();
  for (const n of numbers) made.took(OAK, aBar('1m', n, 'own', changed[n]));
  return made;
}

const told = (
  numbers: readonly number[],
  changed: Readonly<Record<number, Partial<Candle>>> = {},
  [from, through] = [0, 59],
): Extract<MarketUpdate, { kind: 'candles' }> => ({
  kind: 'candles',
  instrumentId: OAK,
  interval: '1m',
  from: minute(from),
  through: minute(through),
  candles: numbers.map((n) => aBar('1m', n, 'venue', changed[n])),
  source: 'venue',
});

test('asks for the minutes of an hour two minutes after it, once', () => {
  const made = check(range(0, 59));
  expect(made.due(minute(61), plusMs(minute(62), -1))).toEqual([]);
  expect(made.due(plusMs(minute(62), -1), minute(62))).toEqual([
    [OAK, { from: minute(0), through: minute(59) }],
  ]);
  expect(made.due(minute(62), minute(63))).toEqual([]);
  // A window that was late shows the hour all the same.
  expect(made.due(minute(110), minute(125))).toHaveLength(1);
});

test('asks for what it saw the whole of: from the first complete minute on, and for nothing of an hour before that', () => {
  const made = check(range(40, 70), { 40: { complete: false } });
  expect(made.due(minute(61), minute(62))).toEqual([[OAK, { from: minute(41), through: minute(59) }]]);
  const late = check(range(60, 70));
  expect(late.due(minute(61), minute(62))).toEqual([]);
});

test('counts each minute by what became of it, and sums up what the volumes are off by', () => {
  const made = check(
    range(0, 59).filter((n) => n !== 7),
    { 3: { volume: quantity('5') }, 4: { volume: quantity('4') }, 9: { complete: false } },
  );
  made.due(minute(61), minute(62));
  made.told(
    told(
      range(0, 59).filter((n) => n !== 12),
      { 9: { volume: quantity('99') }, 20: { high: price('13') } },
    ),
  );
  // Of 3 and 4 one moved a print of 1 to the other; 20 has another high; 7 and 12 are not there; 9 may miss prints.
  const counts = { agrees: 54, differs: 3, missing: 2, unjudged: 1 };
  expect(made.compared()).toEqual(new Map([['binance', counts]]));
  expect(made.hours()).toEqual([{ instrumentId: OAK, hour: MIDNIGHT, ...counts, volumeOffBps: 0 }]);
});

test('volumes that do not cancel out are off: prints were lost', () => {
  const made = check(range(0, 59), { 5: { volume: quantity('1') } });
  made.due(minute(61), minute(62));
  made.told(told(range(0, 59)));
  // 1 + 2 + ... + 60 is 1830, and we have 5 less.
  expect(made.hours()).toMatchObject([{ agrees: 59, differs: 1, volumeOffBps: -27.32 }]);
});

test('a minute in which nothing traded agrees, though the venue has no row for it', () => {
  const quiet = { open: price('11'), high: price('11'), low: price('11'), volume: quantity('0'), trades: 0 };
  const made = check(range(0, 59), { 8: quiet });
  made.due(minute(61), minute(62));
  made.told(told(range(0, 59).filter((n) => n !== 8)));
  expect(made.hours()).toMatchObject([{ agrees: 60, missing: 0 }]);
});

test.each([
  { title: 'about a part of the hour', update: told(range(0, 58), {}, [0, 58]) },
  { title: 'about longer bars', update: { ...told(range(0, 59)), interval: '5m' as const } },
  { title: 'about another instrument', update: { ...told(range(0, 59)), instrumentId: ELM } },
])('an answer $title is no check', ({ update }) => {
  const made = check(range(0, 59));
  made.due(minute(61), minute(62));
  made.told(update);
  expect(made.hours()).toEqual([]);
  // The right one still is, once.
  made.told(told(range(0, 70), {}, [-15, 70]));
  made.told(told(range(0, 59)));
  expect(made.compared()).toEqual(
    new Map([['binance', { agrees: 60, differs: 0, missing: 0, unjudged: 0 }]]),
  );
});

test('counts go on over the hours; what is followed no longer has no hour', () => {
  const made = new CandleCheck();
  for (const hour of [0, 1]) {
    for (const n of range(60 * hour, 60 * hour + 59)) made.took(OAK, aBar('1m', n));
    made.due(minute(61 + 60 * hour), minute(62 + 60 * hour));
    made.told(told(range(60 * hour, 60 * hour + 59), {}, [60 * hour, 60 * hour + 59]));
  }
  expect(made.compared().get('binance')).toMatchObject({ agrees: 120 });
  expect(made.hours()).toMatchObject([{ hour: plusMs(MIDNIGHT, HOUR_MS), agrees: 60 }]);
  made.forget(OAK);
  expect(made.hours()).toEqual([]);
  expect(made.due(minute(181), minute(182))).toEqual([]);
  expect(made.compared().get('binance')).toMatchObject({ agrees: 120 });
});

test('longer bars of ours are not compared', () => {
  const made = new CandleCheck();
  made.took(OAK, aBar('1h', 0));
  expect(made.due(minute(61), minute(62))).toEqual([]);
});
