import { expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { asQuantity } from '../../core/amounts.ts';
import { type Candle, type HistoryInterval, INTERVAL_MS } from '../../core/market/candle.ts';
import { foldCandles, inOrder } from '../../core/market/candle-fold.ts';
import { findGaps, gapsAt } from '../../core/market/candle-gaps.ts';
import { CandleLadder } from '../../core/market/candle-ladder.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import {
  beatAt,
  DAY_MS,
  type EpochMs,
  epochMs,
  HOUR_MS,
  isoTime,
  MINUTE_MS,
  plusMs,
} from '../../core/time.ts';
import { candleFile } from './candle-file.ts';

const FILES = {
  btc1m: ['binance-btcusdt-1m-20260419-20260421', '1m'],
  eth1m: ['binance-ethusdt-1m-20260419-20260421', '1m'],
  btc1h: ['binance-btcusdt-1h-20201117-20210516', '1h'],
  eth1h: ['binance-ethusdt-1h-20201117-20210516', '1h'],
  eth5m: ['binanceus-ethusd-5m-20230313-20230315', '5m'],
  coinbaseBtc: ['coinbase-btcusd-1m-20180404-20180405', '1m'],
  coinbaseEth: ['coinbase-ethusd-1m-20180404-20180405', '1m'],
} as const;
type Name = keyof typeof FILES;
const read = (name: Name): { candles: Candle[]; interval: HistoryInterval } => {
  const [file, interval] = FILES[name];
  return { candles: candleFile(file, interval), interval };
};
const ends = (candles: readonly Candle[]): [EpochMs, EpochMs] => [
  candles[0]?.start ?? epochMs(0),
  candles.at(-1)?.start ?? epochMs(0),
];
const volumeOf = (candles: readonly Candle[]): bigint =>
  candles.reduce((sum, candle) => sum + candle.volume, 0n);

/** The seven stretches that the venue's hourly history of that winter lacks. */
const WINTER_2021 = [
  ['2020-11-30T06:00:00.000Z', 1],
  ['2020-12-21T15:00:00.000Z', 3],
  ['2020-12-25T02:00:00.000Z', 1],
  ['2021-02-11T04:00:00.000Z', 1],
  ['2021-03-06T02:00:00.000Z', 1],
  ['2021-04-20T02:00:00.000Z', 2],
  ['2021-04-25T05:00:00.000Z', 3],
] as const;

test.each<{ name: Name; rows: number; repeated: number; gaps: readonly (readonly [string, number])[] }>([
  { name: 'btc1m', rows: 3_000, repeated: 0, gaps: [] },
  { name: 'eth1m', rows: 3_000, repeated: 0, gaps: [] },
  { name: 'eth5m', rows: 580, repeated: 0, gaps: [] },
  { name: 'btc1h', rows: 4_314, repeated: 5, gaps: WINTER_2021 },
  { name: 'eth1h', rows: 4_314, repeated: 5, gaps: WINTER_2021 },
  {
    name: 'coinbaseBtc',
    rows: 2_447,
    repeated: 0,
    gaps: [
      ['2018-04-04T16:46:00.000Z', 1],
      ['2018-04-04T16:48:00.000Z', 432],
    ],
  },
  {
    name: 'coinbaseEth',
    rows: 2_449,
    repeated: 0,
    gaps: [
      ['2018-04-04T16:48:00.000Z', 4],
      ['2018-04-04T16:53:00.000Z', 427],
    ],
  },
])('$name: $repeated bars come twice, and these are missing: $gaps', ({ name, rows, repeated, gaps }) => {
  const { candles, interval } = read(name);
  expect(candles).toHaveLength(rows);
  expect(rows - inOrder(candles).length).toBe(repeated);
  const found = findGaps(candles, interval, ...ends(candles));
  expect(found.map((gap) => [isoTime(gap.from), gap.bars])).toEqual(gaps);
  expect(found.every((gap) => gap.kind === 'missing')).toBe(true);
});

test('five bars of four hours are missing in nine years', () => {
  const bars = candleFile('coinbase-btcusd-4h-20160518-20251028', '1h');
  expect(bars).toHaveLength(20_695);
  const gaps = gapsAt(4 * HOUR_MS, inOrder(bars), ...ends(bars));
  expect(gaps.map((gap) => [isoTime(gap.from), gap.bars])).toEqual([
    ['2017-02-28T20:00:00.000Z', 1],
    ['2018-08-10T04:00:00.000Z', 3],
    ['2025-10-25T16:00:00.000Z', 1],
  ]);
});

test.each<{ name: Name; into: HistoryInterval; bars: number; incomplete: number }>([
  // 2 days and 2 hours: 13:56 to 15:55, so that the first and the last bar of each length are cut off.
  { name: 'btc1m', into: '5m', bars: 601, incomplete: 2 },
  { name: 'btc1m', into: '15m', bars: 201, incomplete: 2 },
  { name: 'btc1m', into: '1h', bars: 51, incomplete: 2 },
  { name: 'btc1m', into: '1d', bars: 3, incomplete: 2 },
  { name: 'eth5m', into: '1h', bars: 49, incomplete: 1 },
  // Two whole days but for 16:46 and 16:48 to 23:59: 17:00 to 23:59 are no bars at all.
  { name: 'coinbaseBtc', into: '1h', bars: 41, incomplete: 1 },
  { name: 'coinbaseBtc', into: '1d', bars: 2, incomplete: 1 },
  // 180 whole days and the first hour of another; each of the seven stretches lies in a day of its own.
  { name: 'btc1h', into: '1d', bars: 181, incomplete: 8 },
])(
  '$name folds into $bars bars of $into, $incomplete of them incomplete',
  ({ name, into, bars, incomplete }) => {
    const { candles, interval } = read(name);
    const folded = foldCandles(candles, into);
    expect(folded).toHaveLength(bars);
    expect(folded.filter((one) => !one.complete)).toHaveLength(incomplete);
    expect(volumeOf(folded)).toBe(volumeOf(inOrder(candles)));
    const lacking = findGaps(
      candles,
      interval,
      folded[0]?.start ?? epochMs(0),
      lastPartOf(folded, interval, into),
    );
    const touched = new Set(
      lacking.flatMap((gap) =>
        Array.from({ length: gap.bars }, (_, n) =>
          beatAt(plusMs(gap.from, n * INTERVAL_MS[interval]), INTERVAL_MS[into]),
        ),
      ),
    );
    expect(folded.every((one) => one.complete !== touched.has(one.start))).toBe(true);
    for (const one of folded) {
      const parts = candles.filter((part) => beatAt(part.start, INTERVAL_MS[into]) === one.start);
      expect([one.open, one.close]).toEqual([parts[0]?.open, parts.at(-1)?.close]);
    }
  },
);

const lastPartOf = (folded: readonly Candle[], part: HistoryInterval, into: HistoryInterval): EpochMs =>
  plusMs(folded.at(-1)?.start ?? epochMs(0), INTERVAL_MS[into] - INTERVAL_MS[part]);

test('a feed that began at 14:20:30 and was told the day before that closes it as the minutes say', () => {
  const midnight = beatAt(epochMs(1_776_700_000_000), DAY_MS);
  // Told without a count of trades; the prints below make four a minute.
  const day = read('btc1m').candles.filter((one) => beatAt(one.start, DAY_MS) === midnight);
  expect(day).toHaveLength(1_440);
  const begunAt = plusMs(midnight, 14 * HOUR_MS + 20 * MINUTE_MS + 30_000);
  const ladder = new CandleLadder(begunAt);
  ladder.doubt(false, begunAt);
  const toldAt = plusMs(begunAt, 45_000);
  for (const one of day.filter((minute) => minute.start + MINUTE_MS <= toldAt))
    expect(ladder.seed(one, toldAt)).toBe('taken');
  for (const { start, open, high, low, close, volume } of day) {
    if (start + MINUTE_MS <= toldAt) continue;
    // 14:21 began while it was asked: its prints came after the answer.
    for (const [n, price] of [open, high, low, close].entries())
      ladder.add(price, n === 0 ? volume : asQuantity(0n), 1, plusMs(start, 20_000 + n));
  }
  const closed = ladder.takeClosed(plusMs(midnight, DAY_MS));
  for (const interval of ['5m', '15m', '1h', '1d'] as const) {
    const expected = foldCandles(day, interval).filter((one) => one.start + INTERVAL_MS[interval] > toldAt);
    const untold = closed.filter((one) => one.interval === interval).map((one) => ({ ...one, trades: 0 }));
    expect(untold).toEqual(expected);
    expect(untold.every((one) => one.complete)).toBe(true);
  }
});

test('every recorded bar comes back from the store as it is', async () => {
  const store = openSqliteStore({ path: ':memory:' });
  const candles = createCandleStore(store);
  for (const name of Object.keys(FILES) as Name[]) {
    const id = instrumentId('binance', name);
    const { candles: bars, interval } = read(name);
    await candles.put(id, bars, 'venue');
    const back: Candle[] = [];
    let through: EpochMs | undefined;
    for (;;) {
      const page = await candles.read(id, interval, { count: 1_000, through });
      back.unshift(...page);
      const [oldest] = page;
      if (oldest === undefined) break;
      through = plusMs(oldest.start, -1);
    }
    expect(back).toEqual(inOrder(bars).map((bar) => ({ ...bar, source: 'venue' })));
    const [first, last] = ends(bars);
    expect(await candles.gaps(id, interval, first, last)).toEqual(findGaps(bars, interval, first, last));
  }
  await store.close();
});
