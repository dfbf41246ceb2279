import { expect, test } from 'vitest';
import { binanceInstrument } from '../../bench/instruments.ts';
import { asPrice, price } from '../../core/amounts.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import { InstrumentQuality } from '../../core/market/quality/instrument-quality.ts';
import { epochMs } from '../../core/time.ts';
import { type DemoScenario, demoMarket } from '../../local/demo-market/demo-market.ts';
import { RAIN } from '../core/market/quality/contract.ts';
import {
  binancePrices,
  coinbaseMatches,
  coinbasePrices,
  kalshiPrices,
  kalshiTrades,
  polymarketTouches,
  type RecordedFrame,
  recordedFrames,
  type SeenPrice,
  type SeenPrices,
} from './recorded-prices.ts';

const pair = (tickSize: string): Instrument =>
  binanceInstrument('PAIR', 'BASE', 'QUOTE', tickSize, '0.00001');
const CENT = pair('0.01');
/** Contracts: Kalshi's whole cents, its tenths of a cent near both ends, and Polymarket's, which it refines on the way. */
const CENTS: Instrument = { ...RAIN, tickSize: price('0.01'), priceRanges: undefined };
const TAPERED = RAIN;
const REFINED: Instrument = { ...RAIN, priceRanges: undefined };

interface Judged {
  readonly prices: number;
  readonly outliers: number;
  /** Most outliers within 60 seconds; eleven open the breaker. */
  readonly mostInAMinute: number;
  readonly openings: number;
  readonly otherFailures: Readonly<Record<string, number>>;
}

function judge(instrument: Instrument, seen: readonly SeenPrice[]): Judged {
  const quality = new InstrumentQuality();
  quality.follow(instrument);
  const outliers: number[] = [];
  for (const { at, price: one, kind } of seen)
    if (quality.sawPrice(one, at, kind).includes('outlier')) outliers.push(at);
  const { outlier = 0, ...otherFailures } = Object.fromEntries(quality.counts);
  return {
    prices: seen.length,
    outliers: outlier,
    mostInAMinute: Math.max(
      0,
      ...outliers.map((at) => outliers.filter((one) => one > at - 60_000 && one <= at).length),
    ),
    openings: quality.takeTransitions().length,
    otherFailures,
  };
}

const judgeAll = (instrument: Instrument, all: SeenPrices): Record<string, Judged> =>
  Object.fromEntries([...all].map(([symbol, seen]) => [symbol, judge(instrument, seen)]));

const figures = (prices: number, outliers: number, mostInAMinute: number): Judged => ({
  prices,
  outliers,
  mostInAMinute,
  openings: 0,
  otherFailures: {},
});

test('Binance 2024: six minutes of two liquid pairs hold one outlier', () => {
  const all = ['btcusdt', 'ethusdt'].map((symbol) =>
    judgeAll(CENT, binancePrices(recordedFrames(`binance/spot-${symbol}-20240808.jsonl.gz`))),
  );
  expect(all).toEqual([{ BTCUSDT: figures(12_610, 1, 1) }, { ETHUSDT: figures(8_557, 0, 0) }]);
});

test('Coinbase: half an hour of trades and the books of two pairs hold none', () => {
  const all = [
    coinbasePrices('coinbase/advanced-btc-eth-20260809.jsonl.gz'),
    coinbaseMatches('coinbase/matches-btc-usd-20260511-1217.ndjson.gz'),
    coinbaseMatches('coinbase/matches-btc-usd-20260515-2132.ndjson.gz'),
  ].map((seen) => judgeAll(CENT, seen));
  expect(all).toEqual([
    { 'BTC-USD': figures(49, 0, 0), 'ETH-USD': figures(157, 0, 0) },
    { 'BTC-USD': figures(6_590, 0, 0) },
    { 'BTC-USD': figures(11_826, 0, 0) },
  ]);
});

test('Kalshi: six contracts of 15 minutes, which end at 0 or 1, open no breaker', () => {
  const all = [
    judgeAll(TAPERED, kalshiPrices('kalshi/btc15m-20260511-1217.jsonl.gz')),
    judgeAll(TAPERED, kalshiPrices('kalshi/btc15m-20260515-2132.jsonl.gz')),
    judgeAll(CENTS, kalshiPrices('kalshi/gold15m-26aug101800.jsonl.gz')),
    judgeAll(CENTS, kalshiPrices('kalshi/gold15m-26aug101815.jsonl.gz')),
  ];
  expect(all).toEqual([
    { 'KXBTC15M-26MAY110830-30': figures(2_818, 1, 1), 'KXBTC15M-26MAY110845-45': figures(217, 0, 0) },
    { 'KXBTC15M-26MAY151745-45': figures(2_762, 4, 2), 'KXBTC15M-26MAY151800-00': figures(102, 0, 0) },
    { 'KXGOLD15M-26AUG101800-00': figures(4_197, 6, 4) },
    { 'KXGOLD15M-26AUG101815-15': figures(4_589, 6, 3) },
  ]);
});

test('Kalshi: a tennis match turns often, in jumps', () => {
  const all = ['djo', 'mus'].map((side) =>
    judgeAll(CENTS, kalshiTrades(`kalshi/trades-kxatpmatch-25nov08djomus-${side}.csv.gz`)),
  );
  expect(all).toEqual([
    { 'KXATPMATCH-25NOV08DJOMUS-DJO': figures(4_753, 10, 2) },
    { 'KXATPMATCH-25NOV08DJOMUS-MUS': figures(3_501, 9, 2) },
  ]);
});

test('Polymarket: 32 contracts of 15 minutes in a row open no breaker', () => {
  const all = Object.values(
    judgeAll(REFINED, polymarketTouches('polymarket/btc-updown-15m-touch-20251226.csv.gz')),
  );
  const sum = (of: (one: Judged) => number): number => all.reduce((total, one) => total + of(one), 0);
  expect({
    contracts: all.length,
    prices: sum((one) => one.prices),
    outliers: sum((one) => one.outliers),
    mostInAMinute: Math.max(...all.map((one) => one.mostInAMinute)),
    openings: sum((one) => one.openings),
    otherFailures: sum((one) => Object.keys(one.otherFailures).length),
  }).toEqual({
    contracts: 32,
    prices: 23_392,
    outliers: 67,
    mostInAMinute: 3,
    openings: 0,
    otherFailures: 0,
  });
});

async function demoFrames(scenario: DemoScenario): Promise<RecordedFrame[]> {
  const market = demoMarket({
    seed: 7,
    startAt: epochMs(1_700_000_000_000),
    durationMs: 1_800_000,
    scenario,
  });
  const frames: RecordedFrame[] = [];
  for await (const frame of market.frames(new AbortController().signal))
    if ('raw' in frame) frames.push({ at: frame.receivedAt, channel: frame.channel, raw: frame.raw });
  return frames;
}

test.each([
  ['fair', { OAKUSDT: figures(9_363, 0, 0), ELMUSDT: figures(10_582, 0, 0) }],
  ['crash', { OAKUSDT: figures(11_616, 2, 2), ELMUSDT: figures(12_775, 2, 2) }],
] as const)('the demo market, %s, opens no breaker', async (scenario, expected) => {
  const seen = binancePrices(await demoFrames(scenario));
  expect({
    OAKUSDT: judge(CENT, seen.get('OAKUSDT') ?? []),
    ELMUSDT: judge(pair('0.0001'), seen.get('ELMUSDT') ?? []),
  }).toEqual(expected);
});

/** Trades as they come, and the standing best prices at each full second instead of whenever they change. */
function atEachSecond(seen: readonly SeenPrice[]): SeenPrice[] {
  const sampled: SeenPrice[] = [];
  const best = new Map<SeenPrice['kind'], SeenPrice>();
  let edge = Math.ceil((seen[0]?.at ?? 0) / 1_000) * 1_000;
  for (const one of seen) {
    for (; edge <= one.at; edge += 1_000)
      for (const standing of best.values()) sampled.push({ ...standing, at: epochMs(edge) });
    if (one.kind === 'trade') sampled.push(one);
    else best.set(one.kind, one);
  }
  return sampled;
}

test('best prices looked at once a second open no breaker either', async () => {
  const summary = (instrument: Instrument, ...all: readonly SeenPrices[]) => {
    const judged = all.flatMap((prices) =>
      [...prices.values()].map((seen) => judge(instrument, atEachSecond(seen))),
    );
    return {
      outliers: judged.reduce((sum, one) => sum + one.outliers, 0),
      mostInAMinute: Math.max(...judged.map((one) => one.mostInAMinute)),
      openings: judged.reduce((sum, one) => sum + one.openings, 0),
    };
  };
  const gold = ['1800', '1815'].map((end) => kalshiPrices(`kalshi/gold15m-26aug10${end}.jsonl.gz`));
  const bitcoin = ['0511-1217', '0515-2132'].map((run) => kalshiPrices(`kalshi/btc15m-2026${run}.jsonl.gz`));
  expect({
    gold: summary(CENTS, ...gold),
    bitcoin: summary(TAPERED, ...bitcoin),
    polymarket: summary(REFINED, polymarketTouches('polymarket/btc-updown-15m-touch-20251226.csv.gz')),
    crash: summary(pair('0.0001'), binancePrices(await demoFrames('crash'))),
  }).toEqual({
    gold: { outliers: 15, mostInAMinute: 3, openings: 0 },
    bitcoin: { outliers: 8, mostInAMinute: 2, openings: 0 },
    polymarket: { outliers: 111, mostInAMinute: 4, openings: 0 },
    crash: { outliers: 4, mostInAMinute: 2, openings: 0 },
  });
});

test('every wrong trade put into the recorded BTCUSDT is seen, a percent off and ten times off, both ways', () => {
  const seen = binancePrices(recordedFrames('binance/spot-btcusdt-20240808.jsonl.gz')).get('BTCUSDT') ?? [];
  const [first] = seen;
  const foundOf = (numerator: bigint, denominator: bigint): { found: number; inserted: number } => {
    const quality = new InstrumentQuality();
    quality.follow(CENT);
    let inserted = 0;
    let found = 0;
    let next = (first?.at ?? 0) + 30_000;
    for (const { at, price: one, kind } of seen) {
      quality.sawPrice(one, at, kind);
      if (at < next) continue;
      next = at + 10_000;
      inserted += 1;
      const wrong = asPrice(((one * numerator) / denominator / 1_000_000n) * 1_000_000n);
      if (quality.sawPrice(wrong, at).includes('outlier')) found += 1;
      quality.sawPrice(one, at, kind);
    }
    return { found, inserted };
  };
  expect([foundOf(101n, 100n), foundOf(99n, 100n), foundOf(10n, 1n), foundOf(1n, 10n)]).toEqual(
    Array(4).fill({ found: 31, inserted: 31 }),
  );
});
