import { expect, test } from 'vitest';
import { candleRequest, toCandles } from '../../../../adapters/venues/kalshi/candlesticks.ts';
import { price, quantity } from '../../../../core/amounts.ts';
import { epochMs } from '../../../../core/time.ts';
import { A, B } from './frames.ts';

const NOW = epochMs(1_790_463_630_000);

test('asks for bars of up to a hundred markets', () => {
  const query = {
    symbols: [A, B],
    interval: '1h',
    from: epochMs(3_600_000),
    to: epochMs(7_200_999),
  } as const;
  expect(candleRequest({ ...query, rest: 'http://local' }).url).toBe(
    `http://local/markets/candlesticks?market_tickers=${A},${B}&start_ts=3600&end_ts=7200&period_interval=60&include_latest_before_start=true`,
  );
});

const bar = (end: number, prices: object, more: object = {}) => ({
  end_period_ts: end,
  volume_fp: '12.50',
  price: prices,
  yes_bid: { open_dollars: '0.0000' },
  yes_ask: { open_dollars: '1.0000' },
  ...more,
});
const TRADED = {
  open_dollars: '0.5000',
  high_dollars: '0.5600',
  low_dollars: '0.4800',
  close_dollars: '0.5500',
  mean_dollars: '0.5',
};
const QUIET = { open_dollars: null, close_dollars: null, previous_dollars: '0.5500' };
/** As the venue writes one before which nothing was ever traded. */
const BLANK = { open_dollars: null, close_dollars: null, previous_dollars: null };
const read = (...candlesticks: unknown[]) =>
  toCandles(JSON.stringify({ markets: [{ market_ticker: A, candlesticks }] }), '1m', NOW);

const told = {
  interval: '1m',
  open: price('0.5'),
  high: price('0.56'),
  low: price('0.48'),
  close: price('0.55'),
  trades: 0,
} as const;

test('reads bars by the time at which they end, and the last one as not complete', () => {
  expect(
    read(
      bar(1_790_463_660, TRADED),
      bar(1_790_463_600, TRADED, { volume_fp: undefined, volume: 3 }),
      bar(1_790_463_540, BLANK, { volume_fp: '0.00' }),
    ),
  ).toEqual({
    candles: new Map([
      [
        A,
        [
          { ...told, start: 1_790_463_540_000, volume: quantity('3'), complete: true },
          { ...told, start: 1_790_463_600_000, volume: quantity('12.5'), complete: false },
        ],
      ],
    ]),
    problems: [],
  });
});

const flat = {
  interval: '1m',
  open: price('0.55'),
  high: price('0.55'),
  low: price('0.55'),
  close: price('0.55'),
  volume: quantity('0'),
  trades: 0,
} as const;

test('a bar in which nothing traded repeats the price that is told as the one before', () => {
  expect(read(bar(1_790_463_600, QUIET, { volume_fp: '0.00' }))).toEqual({
    candles: new Map([[A, [{ ...flat, start: 1_790_463_540_000, complete: true }]]]),
    problems: [],
  });
});

test.each([
  { title: 'in front', rows: [bar(1_790_463_600, QUIET), bar(1_790_463_600, TRADED)] },
  { title: 'behind', rows: [bar(1_790_463_600, TRADED), bar(1_790_463_600, QUIET)] },
])('the price before stands $title of a bar in which something traded, and is none itself', ({ rows }) => {
  const { candles } = read(...rows);
  expect(candles.get(A)).toEqual([
    { ...told, start: 1_790_463_540_000, volume: quantity('12.5'), complete: true },
  ]);
});

test.each([
  { what: 'between two minutes', row: bar(1_790_463_630, QUIET) },
  { what: 'with a price that is none', row: bar(1_790_463_600, { ...QUIET, previous_dollars: 'x' }) },
])('a price before $what tells nothing, and is no trouble', ({ row }) => {
  expect(read(row)).toEqual({ candles: new Map([[A, []]]), problems: [] });
});

test.each([
  { what: bar(1_790_463_630, TRADED), why: 'end_period_ts: bars of 1m do not end there' },
  {
    what: bar(1_790_463_600, { ...TRADED, high_dollars: '0.5200' }),
    why: 'price: high and low do not hold the others',
  },
  { what: bar(1_790_463_600, { ...TRADED, low_dollars: null }), why: 'price: not four prices' },
  { what: bar(1_790_463_600, { ...TRADED, low_dollars: 'x' }), why: 'price: not four prices' },
  { what: bar(1_790_463_600, TRADED, { volume_fp: '-1.00' }), why: 'volume_fp: not a plain decimal' },
])('leaves a bar out: $why', ({ what, why }) => {
  const { candles, problems } = read(what);
  expect(candles.get(A)).toEqual([]);
  expect(problems).toEqual([`${A} ${what.end_period_ts}: ${why}`]);
});

test.each([
  { text: 'no JSON', why: 'markets: the answer has no list of them' },
  { text: '{"markets":[{"candlesticks":[]}]}', why: 'markets.0.market_ticker: must be a text' },
  { text: '{"markets":[{"market_ticker":"A","candlesticks":7}]}', why: 'A: markets.0: ' },
])('says what is wrong with an answer: $why', ({ text, why }) => {
  expect(toCandles(text, '1m', NOW).problems).toEqual([expect.stringContaining(why)]);
});
