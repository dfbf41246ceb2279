import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { runCli } from '../../local/cli/cli.ts';
import { recordingFile } from './recordings.ts';

const count = z.int().min(0);
const pair = z.tuple([z.string(), z.string()]);
const book = z.strictObject({
  receivedAt: z.number().nullable(),
  status: z.enum(['live', 'stale', 'closed']),
  bids: z.array(pair).max(10),
  asks: z.array(pair).max(10),
  levels: z.strictObject({ bids: count, asks: count }),
  sha256: z.string().length(64),
});
const findings = z.strictObject({
  venue: z.string(),
  files: count,
  frames: count,
  malformed: count,
  unknown: z.record(z.string(), count),
  instruments: z.record(
    z.string(),
    z.strictObject({
      frames: count,
      messages: z.record(z.string(), count),
      gaps: count,
      repeated: count,
      disordered: count,
      resyncs: count,
      droppedBeforeSnapshot: count,
      refused: count,
      locked: count,
      crossed: count,
      staleMs: count,
      prints: count,
      printsFromHistory: count,
      tradesMissing: count,
      printedQuantity: z.string().regex(/^\d+(\.\d*[1-9])?$/),
      hash: z.strictObject({ points: count, equal: count }),
      firstAt: z.number().nullable(),
      lastAt: z.number().nullable(),
      compare: z.strictObject({ with: z.string().nullable(), points: count, equal: count }),
      final: book,
      at: z.array(book),
    }),
  ),
});
type Findings = z.output<typeof findings>;
type Found = Findings['instruments'][string];

async function check(...args: string[]): Promise<Findings> {
  const said = { stdout: '', stderr: '' };
  const code = await runCli(['feed-check', '--json', ...args], {
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
  });
  expect([code, said.stderr]).toEqual([0, '']);
  return findings.parse(JSON.parse(said.stdout));
}

const sum = (of: Findings, what: (one: Found) => number): number =>
  Object.values(of.instruments).reduce((total, one) => total + what(one), 0);
const touchOf = ({ final }: Found) => [final.bids[0], final.asks[0], final.levels];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of a recording with its lines changed. */
function changed(file: string, change: (lines: string[]) => void, name = 'changed.jsonl.gz'): string {
  const lines = gunzipSync(readFileSync(recordingFile(file)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  change(lines);
  const path = join(folder, name);
  writeFileSync(path, gzipSync(`${lines.join('\n')}\n`, { level: 1 }));
  return path;
}

const BTC = 'binance/spot-btcusdt-20240808.jsonl.gz';
const ETH = 'binance/spot-ethusdt-20240808.jsonl.gz';
const ADVANCED = 'coinbase/advanced-btc-eth-20260809.jsonl.gz';
const KALSHI = 'kalshi/btc15m-20260511-1217.jsonl.gz';
const KALSHI_CUT = 'kalshi/btc15m-20260515-2132.jsonl.gz';
const RANGES = 'kalshi/ws-kxbtc-range-20260418.jsonl.gz';
const FED = 'polymarket/clob-ws-fed-20260720.jsonl.gz';

test.each([
  { file: BTC, symbol: 'BTCUSDT', depth: 3_451, bookTicker: 28_040, trade: 9_757, points: 564 },
  { file: ETH, symbol: 'ETHUSDT', depth: 3_434, bookTicker: 24_077, trade: 6_106, points: 577 },
])('$symbol 2024 is what the data page says', async ({ file, symbol, depth, bookTicker, trade, points }) => {
  const found = await check(recordingFile(file));
  expect(found).toMatchObject({ venue: 'binance-spot', files: 1, malformed: 0, unknown: {} });
  expect(found.frames).toBe(depth + bookTicker + trade + 1);
  expect(found.instruments[symbol]).toMatchObject({
    frames: found.frames,
    messages: { depth, bookTicker, trade, snapshot: 1 },
    gaps: 0,
    resyncs: 0,
    droppedBeforeSnapshot: 2,
    crossed: 0,
    prints: trade,
    compare: { with: 'bookTicker', points, equal: points },
    final: { status: 'live' },
  });
});

test('the four thin markets of 2021: no gap, 26 of 26 comparisons', async () => {
  const found = await check(recordingFile('binance/spot-4sym-20211012.jsonl.gz'));
  expect(Object.keys(found.instruments)).toEqual(['BLZETH', 'LRCBTC', 'NKNUSDT', 'RUNEEUR']);
  expect(sum(found, (one) => one.gaps)).toBe(0);
  expect(sum(found, (one) => one.crossed)).toBe(0);
  expect([sum(found, (one) => one.compare.points), sum(found, (one) => one.compare.equal)]).toEqual([26, 26]);
  expect(Object.values(found.instruments).map((one) => one.final.status)).toEqual(Array(4).fill('live'));
  expect(sum(found, (one) => one.messages['snapshot'] ?? 0)).toBe(4);
});

test('Coinbase Advanced: no gap, 147 and 132 trades, 132 of 154 tickers, and the final books', async () => {
  const found = await check(recordingFile(ADVANCED));
  expect(found).toMatchObject({ venue: 'coinbase-advanced', malformed: 0, unknown: {} });
  expect(Object.keys(found.instruments)).toEqual(['BTC-USD', 'ETH-USD']);
  expect(sum(found, (one) => one.gaps + one.crossed + one.resyncs + one.tradesMissing)).toBe(0);
  expect(Object.values(found.instruments).map((one) => one.prints)).toEqual([147, 132]);
  expect([sum(found, (one) => one.compare.points), sum(found, (one) => one.compare.equal)]).toEqual([
    154, 132,
  ]);
  expect(Object.values(found.instruments).map((one) => one.final.levels)).toEqual([
    { bids: 18_769, asks: 27_238 },
    { bids: 6_925, asks: 16_403 },
  ]);
});

test.each([
  { file: KALSHI, points: 646, equal: 578, crossed: 5, deltas: 55_798, tickers: 678, snapshots: 3 },
  { file: KALSHI_CUT, points: 759, equal: 637, crossed: 64, deltas: 57_568, tickers: 766, snapshots: 7 },
])('$file: $equal of $points tickers, $crossed crossed moments', async (row) => {
  const found = await check(recordingFile(row.file));
  expect(found).toMatchObject({ venue: 'kalshi', malformed: 0, unknown: {} });
  expect(sum(found, (one) => one.gaps + one.refused)).toBe(0);
  expect(sum(found, (one) => one.crossed)).toBe(row.crossed);
  expect([sum(found, (one) => one.compare.points), sum(found, (one) => one.compare.equal)]).toEqual([
    row.points,
    row.equal,
  ]);
  const kinds = { orderbook_delta: row.deltas, ticker: row.tickers, orderbook_snapshot: row.snapshots };
  for (const [kind, messages] of Object.entries(kinds))
    expect([kind, sum(found, (one) => one.messages[kind] ?? 0)]).toEqual([kind, messages]);
});

test.each([
  { file: 'kalshi/gold15m-26aug101800.jsonl.gz', deltas: 32_697, trade: 1_046, volume: '31115.58' },
  { file: 'kalshi/gold15m-26aug101815.jsonl.gz', deltas: 52_366, trade: 1_993, volume: '64291.98' },
])(
  '$file holds one market of many: no gap is claimed, $volume contracts',
  async ({ file, deltas, trade, volume }) => {
    const found = await check(recordingFile(file));
    const [one] = Object.values(found.instruments);
    expect(one).toMatchObject({
      messages: { orderbook_delta: deltas, orderbook_snapshot: 3, trade },
      gaps: 0,
      crossed: 0,
      prints: trade,
      printedQuantity: volume,
    });
  },
);

test('Kalshi ranges: one count over eight markets', async () => {
  const found = await check(recordingFile(RANGES));
  expect(Object.keys(found.instruments)).toHaveLength(8);
  expect(sum(found, (one) => one.gaps)).toBe(0);
  expect(sum(found, (one) => one.messages['orderbook_delta'] ?? 0)).toBe(61);
  expect(Object.values(found.instruments).every((one) => one.final.status === 'live')).toBe(true);
});

test('Polymarket frames: 24 of 24 changes agree with the best prices beside them', async () => {
  const found = await check(recordingFile(FED));
  const live = Object.values(found.instruments).filter((one) => one.final.status === 'live');
  expect(live).toMatchObject([
    { gaps: 0, crossed: 0, prints: 1, compare: { with: 'price_change', points: 24, equal: 24 } },
  ]);
});

test.each([
  'mexc/spot-frames.jsonl.gz',
  'kalshi/rest-samples-20260112.jsonl.gz',
  'kalshi/gold15m-markets.jsonl.gz',
  'cross/kalshi-polymarket-pairs-20260720.jsonl.gz',
])('%s is read to its end without a malformed frame', async (file) => {
  const found = await check(recordingFile(file));
  expect([found.frames > 0, found.malformed]).toEqual([true, 0]);
});

/** What the data page says that buying one side on each venue costs, before fees, where that is less than 1. */
test.each([
  { event: 'Fed no change', kalshi: 'KXFEDDECISION-26JUL-H0', token: '1116044', buys: 'no', cost: '0.995' }, // 1 - 0.93 + 0.925
  { event: 'Yamal', kalshi: 'KXBALLONDOR-26-LYAM', token: '1046683', buys: 'yes', cost: '0.989' }, // 0.35 + 1 - 0.361
  { event: 'Kane', kalshi: 'KXBALLONDOR-26-HKAN', token: '7271016', buys: 'no', cost: '0.939' }, // 1 - 0.39 + 0.329
  { event: 'Rodri', kalshi: 'KXBALLONDOR-26-RODR', token: '7880394', buys: 'yes', cost: '0.990' }, // 0.15 + 1 - 0.16
  { event: 'LeBron', kalshi: 'KXNEXTTEAMNBA-26LJAM-GSW', token: '5331809', buys: 'no', cost: '0.989' }, // 1 - 0.15 + 0.139
])('the pair of $event costs $cost', async ({ kalshi, token, buys, cost }) => {
  const { instruments } = await check(recordingFile('cross/kalshi-polymarket-pairs-20260720.jsonl.gz'));
  expect(Object.keys(instruments)).toHaveLength(16);
  const ours = instruments[kalshi]?.final;
  const theirs = Object.entries(instruments).find(([symbol]) => symbol.startsWith(token))?.[1].final;
  const priceOf = (side: readonly (readonly [string, string])[] = []): number => Number(side[0]?.[0]);
  const sum =
    buys === 'yes'
      ? priceOf(ours?.asks) + 1 - priceOf(theirs?.bids)
      : 1 - priceOf(ours?.bids) + priceOf(theirs?.asks);
  expect(sum.toFixed(3)).toBe(cost);
});

test('MEXC frames are compared by the name of the wire', async () => {
  const { instruments } = await check(recordingFile('mexc/spot-frames.jsonl.gz'));
  expect(instruments['BTCUSDT']).toMatchObject({
    messages: { publicAggreBookTicker: 2, publicAggreDeals: 1, publicLimitDepths: 1, publicSpotKline: 2 },
    compare: { with: 'publicAggreBookTicker' },
  });
  expect(instruments['HYPEUSDT']).toMatchObject({
    messages: { publicAggreBookTicker: 1, publicLimitDepths: 1 },
  });
});

test('a renamed copy gives the very same document', async () => {
  const copy = changed(RANGES, () => undefined, 'quite another name.gz');
  expect(await check(copy)).toEqual(await check(recordingFile(RANGES)));
});

/** Lines of one kind, from a place in the middle on. */
const nth = (lines: readonly string[], what: string, n: number): number => {
  const places = lines.flatMap((line, place) => (line.includes(what) ? [place] : []));
  return places[n - 1] ?? -1;
};

test.each([
  { file: BTC, what: '@depth@100ms', id: 'BTCUSDT' },
  { file: BTC, what: 'btcusdt@trade', id: 'BTCUSDT' },
  { file: ADVANCED, what: '"channel":"heartbeats"', id: 'BTC-USD' },
  { file: ADVANCED, what: '"channel":"l2_data"', id: 'ETH-USD' },
  { file: KALSHI, what: '"channel":"orderbook_delta"', id: 'KXBTC15M-26MAY110830-30' },
  { file: RANGES, what: '"channel":"orderbook_delta"', id: 'KXBTC-26APR1817-B76875' },
])('a line of $what left out of $file is a gap', async ({ file, what, id }) => {
  const whole = await check(recordingFile(file));
  const found = await check(changed(file, (lines) => lines.splice(nth(lines, what, 12), 1)));
  expect(whole.instruments[id]?.gaps).toBe(0);
  expect(found.instruments[id]?.gaps).toBe(1);
  expect(found.frames).toBe(whole.frames - 1);
});

test.each([
  { file: BTC, what: '@depth@100ms' },
  { file: BTC, what: 'btcusdt@trade' },
  { file: ADVANCED, what: '"channel":"l2_data"' },
  { file: KALSHI, what: '"channel":"orderbook_delta"' },
  { file: RANGES, what: '"channel":"orderbook_delta"' },
])('a line of $what doubled in $file is told as repeated and changes no book', async ({ file, what }) => {
  const whole = await check(recordingFile(file));
  const found = await check(
    changed(file, (lines) => {
      const n = nth(lines, what, 12);
      lines.splice(n, 0, lines[n] ?? '');
    }),
  );
  expect(sum(found, (one) => one.repeated)).toBeGreaterThan(sum(whole, (one) => one.repeated));
  expect(sum(found, (one) => one.gaps)).toBe(0);
  expect(Object.values(found.instruments).map(touchOf)).toEqual(
    Object.values(whole.instruments).map(touchOf),
  );
});

test.each([
  { file: BTC, what: '@depth@100ms' },
  { file: ADVANCED, what: '"channel":"l2_data"' },
  { file: KALSHI, what: '"channel":"orderbook_delta"' },
  { file: RANGES, what: '"channel":"orderbook_delta"' },
])('two lines of $what swapped in $file are told as disorder', async ({ file, what }) => {
  const found = await check(
    changed(file, (lines) => {
      const [a, b] = [nth(lines, what, 12), nth(lines, what, 13)];
      [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
    }),
  );
  expect(sum(found, (one) => one.gaps)).toBeGreaterThan(0);
  expect(sum(found, (one) => one.disordered)).toBeGreaterThan(0);
});

test('a moment in the middle is pictured as a recording that ends there pictures its end', async () => {
  const path = recordingFile(BTC);
  const half = changed(BTC, (lines) => lines.splice(20_000));
  const stamp = /"receivedAt":(\d+)/.exec(
    gunzipSync(readFileSync(half)).toString('utf8').trimEnd().split('\n').at(-1) ?? '',
  )?.[1];
  const [whole, cut] = [await check(path, '--at', stamp ?? ''), await check(half)];
  expect(whole.instruments['BTCUSDT']?.at).toEqual([cut.instruments['BTCUSDT']?.final]);
});

test('several files are read as if one', async () => {
  const found = await check(recordingFile(BTC), recordingFile(ETH));
  expect([found.files, Object.keys(found.instruments)]).toEqual([2, ['BTCUSDT', 'ETHUSDT']]);
  expect(found.instruments['ETHUSDT']?.compare).toEqual({ with: 'bookTicker', points: 577, equal: 577 });
});
