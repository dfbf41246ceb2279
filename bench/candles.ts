/**
 * How fast bars are built from prints in all eight intervals, and how long 1,000 stored bars take to read back, from SQLite
 * on disk and from a DynamoDB-compatible server in memory. One core. Run: `npm run bench:candles`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCandleStore } from '../adapters/store/candle-store.ts';
import { openDynamoStore } from '../adapters/store/dynamodb-store.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import { openSqliteStore } from '../adapters/store/sqlite-store.ts';
import { asPrice, asQuantity, price, quantity } from '../core/amounts.ts';
import type { Candle } from '../core/market/candle.ts';
import { CandleLadder } from '../core/market/candle-ladder.ts';
import { instrumentId } from '../core/market/instrument.ts';
import { DAY_MS, epochMs, HOUR_MS, MINUTE_MS, plusMs, SECOND_MS } from '../core/time.ts';
import { createTable, startDynoxide } from '../test/contract/dynoxide.ts';
import { machine, quantile } from './machine.ts';

const ROUNDS = 9;
const READS = 200;
const BARS = 1_000;
const MS_MAX = 100;
const OAK = instrumentId('binance', 'OAKUSDT');
const START = epochMs(20_250 * DAY_MS);

async function main(): Promise<void> {
  print(`${machine()}; best and median of ${ROUNDS} rounds, one core`);
  measureLadder('a print each 2 ms', HOUR_MS, 2);
  measureLadder('a print each 100 ms', DAY_MS, 100);
  measureLadder('a print each 10 s', DAY_MS, 10 * SECOND_MS);
  await measureSqlite();
  await measureDynoxide();
}

/** Prints enter as they do from a feed: what closed is taken at each second. */
function measureLadder(name: string, lengthMs: number, everyMs: number): void {
  const prints = lengthMs / everyMs;
  const rounds: number[] = [];
  let candles = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const ladder = new CandleLadder(START);
    candles = 0;
    const from = performance.now();
    for (let n = 0, beat = SECOND_MS; n < prints; n += 1) {
      const ms = n * everyMs;
      for (; beat <= ms; beat += SECOND_MS) candles += ladder.takeClosed(plusMs(START, beat)).length;
      ladder.add(asPrice(BigInt(6_000_000_000_000 + (n % 997))), asQuantity(1_000n), 1, plusMs(START, ms));
    }
    candles += ladder.takeClosed(plusMs(START, lengthMs)).length;
    rounds.push(performance.now() - from);
  }
  const rate = (count: number, share: number): string =>
    Math.round((count / quantile(rounds, share)) * SECOND_MS).toLocaleString('en-US');
  print(
    `ladder, ${name.padEnd(20)} ${rate(prints, Number.MIN_VALUE).padStart(11)} prints/s best ${rate(prints, 0.5).padStart(11)} median,` +
      ` ${rate(candles, 0.5).padStart(11)} candles/s`,
  );
}

async function measureSqlite(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'deckle-bench-'));
  const store = openSqliteStore({ path: join(directory, 'candles.db') });
  try {
    await measureStore('SQLite on disk', store);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureDynoxide(): Promise<void> {
  const server = await startDynoxide();
  try {
    await createTable(server.client, 'candles');
    await measureStore('DynamoDB (dynoxide)', openDynamoStore({ client: server.client, table: 'candles' }));
  } finally {
    await server.stop();
  }
}

async function measureStore(name: string, store: ItemStore): Promise<void> {
  const candles = createCandleStore(store);
  const stored = minutes();
  const from = performance.now();
  await candles.put(OAK, stored, 'own');
  const putMs = performance.now() - from;
  const readMs: number[] = [];
  for (let n = 0; n < READS; n += 1) {
    const begun = performance.now();
    const read = await candles.read(OAK, '1m', { count: BARS });
    readMs.push(performance.now() - begun);
    if (read.length !== BARS) throw new Error(`${name} gave ${read.length} bars`);
  }
  const [p50, p95, most] = [0.5, 0.95, 1].map((share) => quantile(readMs, share).toFixed(1));
  print(
    `${name}: ${stored.length} bars put in ${putMs.toFixed(0)} ms; ${BARS} read back ${READS} times, ` +
      `p50 ${p50}, p95 ${p95}, max ${most} ms (target ${MS_MAX})`,
  );
}

/** Two days of bars as long as those of a busy market. */
const minutes = (): Candle[] =>
  Array.from({ length: (2 * DAY_MS) / MINUTE_MS }, (_, n) => ({
    interval: '1m',
    start: plusMs(START, n * MINUTE_MS),
    open: price(`${75_901 + (n % 89)}.45`),
    high: price(`${75_990 + (n % 97)}.59`),
    low: price(`${75_900 - (n % 83)}.01`),
    close: price(`${75_902 + (n % 89)}.46`),
    volume: quantity(`${3 + (n % 11)}.49275`),
    trades: 400 + (n % 1_000),
    complete: true,
  }));

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
