import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkRecordings } from '../../local/feed-check/check-recordings.ts';
import { gapsOf } from '../../local/feed-check/findings-json.ts';
import { recordingFile } from './recordings.ts';

const BTC = 'binance/spot-btcusdt-20240808.jsonl.gz';
const FOUR = 'binance/spot-4sym-20211012.jsonl.gz';
const ADVANCED = 'coinbase/advanced-btc-eth-20260809.jsonl.gz';
const KALSHI = 'kalshi/btc15m-20260511-1217.jsonl.gz';
const RANGES = 'kalshi/ws-kxbtc-range-20260418.jsonl.gz';
const FED = 'polymarket/clob-ws-fed-20260720.jsonl.gz';
const GOLD = 'kalshi/gold15m-26aug101800.jsonl.gz';

/** What of a recording is read: damage in a part is found in the part. */
const LINES_MAX = 400;

interface Told {
  readonly gaps: number;
  readonly repeated: number;
  readonly disordered: number;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-damage-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function told(lines: readonly string[]): Promise<Told> {
  const path = join(folder, 'damaged.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { instruments } = await checkRecordings({ files: [path], at: [] });
  const sum = (of: (one: (typeof instruments)[number]) => number): number =>
    instruments.reduce((total, one) => total + of(one), 0);
  return {
    gaps: sum(gapsOf),
    repeated: sum(
      ({ followed: { counts } }) => counts.bookRepeated + counts.tradesRepeated + counts.touchRepeated,
    ),
    disordered: sum(({ followed }) => followed.counts.bookDisordered),
  };
}

function linesOf(file: string): readonly string[] {
  const text = gunzipSync(readFileSync(recordingFile(file))).toString('utf8');
  return text.trimEnd().split('\n').slice(0, LINES_MAX);
}

/** An early, a middle and a late line of a channel, each with the next one of it. The first line of all has none before it. */
function pairsOf(lines: readonly string[], channel: string): readonly (readonly [number, number])[] {
  const places = lines.flatMap((line, n) => (line.includes(`"channel":"${channel}"`) ? [n] : []));
  const pairs = places
    .slice(1)
    .flatMap((next, n) => (n === 0 && places.length > 3 ? [] : [[places[n] ?? 0, next] as const]));
  const picked = [0, Math.floor(pairs.length / 2), pairs.length - 1].map((n) => pairs[n]);
  return [...new Set(picked)].filter((pair) => pair !== undefined);
}

/** `swapped` names how the older of two lines that change places is told, beside the gap where one is left out. */
describe.each([
  { file: BTC, channel: 'btcusdt@depth@100ms', numbers: 'all', swapped: 'disordered' },
  { file: BTC, channel: 'btcusdt@bookTicker', numbers: 'rise', swapped: 'disordered' },
  { file: BTC, channel: 'btcusdt@trade', numbers: 'all', swapped: 'repeated' },
  { file: FOUR, channel: 'nknusdt@depth@100ms', numbers: 'all', swapped: 'disordered' },
  { file: FOUR, channel: 'lrcbtc@bookTicker', numbers: 'rise', swapped: 'disordered' },
  { file: ADVANCED, channel: 'l2_data', numbers: 'all', swapped: 'disordered' },
  { file: ADVANCED, channel: 'market_trades', numbers: 'all', swapped: 'disordered' },
  { file: ADVANCED, channel: 'ticker', numbers: 'all', swapped: 'disordered' },
  { file: ADVANCED, channel: 'heartbeats', numbers: 'all', swapped: 'disordered' },
  { file: ADVANCED, channel: 'candles', numbers: 'all', swapped: 'disordered' },
  { file: ADVANCED, channel: 'subscriptions', numbers: 'all', swapped: 'disordered' },
  { file: KALSHI, channel: 'orderbook_delta', numbers: 'all', swapped: 'disordered' },
  { file: RANGES, channel: 'orderbook_delta', numbers: 'all', swapped: 'disordered' },
  { file: GOLD, channel: 'orderbook_delta', numbers: 'rise', swapped: 'disordered' },
  { file: GOLD, channel: 'trade', numbers: 'rise', swapped: 'disordered' },
  { file: FED, channel: 'market:price_change', numbers: 'rise', swapped: 'disordered' },
] as const)('$channel of $file', ({ file, channel, numbers, swapped }) => {
  test('is told when it is left out, comes twice and changes places with the next one', async () => {
    const lines = linesOf(file);
    const whole = await told(lines);
    const pairs = pairsOf(lines, channel);
    expect(pairs.length).toBeGreaterThan(1);
    for (const [at, next] of pairs) {
      const line = lines[at] ?? '';
      const [out, twice, places] = [
        await told(lines.toSpliced(at, 1)),
        await told(lines.toSpliced(at, 0, line)),
        await told(lines.with(at, lines[next] ?? '').with(next, line)),
      ];
      const of = `line ${at + 1}`;
      if (numbers === 'all') expect(out.gaps, of).toBeGreaterThan(whole.gaps);
      expect(twice, of).toEqual({ ...whole, repeated: expect.any(Number) });
      expect(twice.repeated, of).toBeGreaterThan(whole.repeated);
      expect(places[swapped], of).toBeGreaterThan(whole[swapped]);
    }
  });
});
