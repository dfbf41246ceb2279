import { expect, test } from 'vitest';
import { klinesRequest, toCandles, toClosedKline } from '../../../../adapters/venues/binance/klines.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';
import { combined, SAMPLES } from './samples.ts';

const MINUTE = 60_000;
/** The opening of the sample bar. */
const OPEN = 1_789_999_980_000;
const row = (changes: Record<number, unknown> = {}): unknown[] =>
  Object.assign(
    [
      OPEN,
      '64240.00',
      '64260.00',
      '64239.50',
      '64250.00',
      '3.5',
      OPEN + MINUTE - 1,
      '224857.25',
      101,
      '1.5',
      '96370.00',
      '0',
    ],
    changes,
  );
const CANDLE = {
  interval: '1m',
  start: epochMs(OPEN),
  open: price('64240'),
  high: price('64260'),
  low: price('64239.5'),
  close: price('64250'),
  volume: quantity('3.5'),
  trades: 101,
  complete: true,
} as const;
const over = epochMs(OPEN + MINUTE);
const text = (...rows: unknown[]): string => JSON.stringify(rows);

test('bars are asked for by the moments at which they begin', () => {
  expect(klinesRequest('币USDT', '1h', epochMs(OPEN), epochMs(OPEN + MINUTE)).url).toBe(
    'https://data-api.binance.vision/api/v3/klines?symbol=%E5%B8%81USDT&interval=1h&startTime=1789999980000&endTime=1790000040000&limit=1000',
  );
  expect(klinesRequest('AUSDT', '1d', over, over, 'http://127.0.0.1:1').url).toMatch(
    /^http:\/\/127\.0\.0\.1:1\//,
  );
});

test('a row of twelve is a bar', () => {
  expect(toCandles(text(row()), '1m', over)).toEqual({ candles: [CANDLE], problems: [] });
});

test('the bar that is still open is not complete, until the moment of its end', () => {
  const open = row({ 0: OPEN + MINUTE, 6: OPEN + 2 * MINUTE - 1 });
  const complete = (now: number) =>
    toCandles(text(row(), open), '1m', epochMs(now)).candles.map((one) => one.complete);
  expect(complete(OPEN + 2 * MINUTE - 1)).toEqual([true, false]);
  expect(complete(OPEN + 2 * MINUTE)).toEqual([true, true]);
});

test('bars come oldest first and once each, the later telling counting', () => {
  const [first, second] = [row({ 8: 7 }), row({ 0: OPEN + MINUTE })];
  const { candles } = toCandles(text(second, row(), first), '1m', epochMs(OPEN + 5 * MINUTE));
  expect(candles).toEqual([
    { ...CANDLE, trades: 7 },
    { ...CANDLE, start: OPEN + MINUTE },
  ]);
});

test('a bar without a trade has no volume', () => {
  const quiet = row({ 1: '5', 2: '5', 3: '5', 4: '5', 5: '0.00000000', 8: 0 });
  expect(toCandles(text(quiet), '1m', over).candles).toMatchObject([{ volume: 0n, trades: 0 }]);
});

test.each([
  { what: 'no row', one: 7, words: 'klines 0.' },
  { what: 'too short', one: [OPEN, '1', '1', '1', '1'], words: 'klines 0.' },
  {
    what: 'a time in microseconds',
    one: row({ 0: OPEN * 1_000 }),
    words: 'klines 0.0: a time must be in milliseconds',
  },
  {
    what: 'a start between bars',
    one: row({ 0: OPEN + 1 }),
    words: `klines 0.start: ${OPEN + 1} is no start of 1m`,
  },
  { what: 'a price as a number', one: row({ 1: 64240 }), words: 'klines 0.1: ' },
  { what: 'a price that is none', one: row({ 1: 'NaN' }), words: 'klines 0.open: not an unsigned decimal' },
  {
    what: 'a price finer than 10^-8',
    one: row({ 4: '1.000000001' }),
    words: 'klines 0.close: not an unsigned',
  },
  { what: 'a volume below zero', one: row({ 5: '-1' }), words: 'klines 0.volume: not an unsigned decimal' },
  { what: 'a high below the close', one: row({ 2: '64249.99' }), words: 'klines 0.high: ' },
  { what: 'a low above the open', one: row({ 3: '64240.01' }), words: 'klines 0.high: ' },
  { what: 'a low of zero', one: row({ 3: '0' }), words: 'klines 0.high: ' },
  { what: 'trades below zero', one: row({ 8: -1 }), words: 'klines 0.8: ' },
])('a row with $what is left out, and the field is named', ({ one, words }) => {
  const { candles, problems } = toCandles(text(one, row()), '1m', over);
  expect(candles).toEqual([CANDLE]);
  expect(problems).toEqual([expect.stringContaining(words)]);
});

test.each(['', '{}', '{"code":-1121,"msg":"Invalid symbol."}', 'null'])('%j holds no bars', (body) => {
  expect(toCandles(body, '1m', over)).toEqual({
    candles: [],
    problems: [`klines: not a list of bars, ${body}`],
  });
});

const sample = SAMPLES.find(({ as }) => as === 'kline');
const closed = (changes: object = {}): string => {
  const { k, ...rest } = JSON.parse(sample?.raw ?? '');
  return JSON.stringify({ ...rest, k: { ...k, x: true, ...changes } });
};

test('a bar of the stream counts when it is closed', () => {
  expect(toClosedKline(sample?.raw ?? '')).toBeNull();
  expect(toClosedKline(closed())).toEqual({ symbol: 'BTCUSDT', candle: CANDLE });
});

test('a bar in the combined envelope is the same bar', () => {
  if (sample === undefined) throw new Error('there is a sample of a bar');
  expect(toClosedKline(combined({ ...sample, raw: closed() }).raw)).toEqual(toClosedKline(closed()));
});

test('bars of an interval that is not ours are left alone', () => {
  expect(toClosedKline(closed({ i: '3m' }))).toBeNull();
  expect(toClosedKline(closed({ i: '1s' }))).toMatchObject({ candle: { interval: '1s' } });
});

test.each([
  { what: 'text', one: 'PING', words: 'Invalid input' },
  { what: 'another message', one: '{"e":"trade"}', words: 'e: ' },
  { what: 'no bar', one: '{"e":"kline","s":"BTCUSDT"}', words: 'k: ' },
  { what: 'a start between bars', one: closed({ t: OPEN + 5 }), words: 'k.start: ' },
  { what: 'an impossible bar', one: closed({ h: '1' }), words: 'k.high: ' },
])('of $what it says why it is no bar', ({ one, words }) => {
  expect(toClosedKline(one)).toContain(words);
});
