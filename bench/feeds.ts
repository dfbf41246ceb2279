/**
 * Frames per second through parse, book and window on recorded Binance frames, beside plain `JSON.parse` of the same lines
 * in the same run. One core, frames in memory; reading the recording is timed on its own. Run: `npm run bench:feeds`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recordingSource } from '../adapters/recordings/recording-source.ts';
import { type Frame, isFrame } from '../adapters/venues/frame-source.ts';
import { feedId, type MarketWindow } from '../core/market/window.ts';
import { encodeWindow } from '../core/market/window-codec.ts';
import { FeedPipeline } from '../fargate/feed-pipeline.ts';
import { binanceInstrument } from './instruments.ts';
import { machine } from './machine.ts';

const { DECKLE_RECORDINGS: FOLDER = '../shared/data' } = process.env;
const ROUNDS = 9;
const NANOS = 1e9;

const instruments = [
  binanceInstrument('BTCUSDT', 'BTC', 'USDT', '0.01', '0.00001'),
  binanceInstrument('ETHUSDT', 'ETH', 'USDT', '0.01', '0.0001'),
];

async function main(): Promise<void> {
  const paths = ['spot-btcusdt-20240808', 'spot-ethusdt-20240808'].map((name) =>
    join(FOLDER, 'binance', `${name}.jsonl.gz`),
  );
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`no recording at ${missing}; set DECKLE_RECORDINGS`);
  print(`${machine()}; best and median of ${ROUNDS} rounds, one core`);

  const mix: Frame[] = [];
  const readNanos = await timed(async () => {
    mix.length = 0;
    for await (const frame of recordingSource(paths).frames(new AbortController().signal)) {
      if (isFrame(frame)) mix.push(frame);
    }
  });
  const depth = mix.filter((frame) => frame.channel.includes('depth'));
  const frequent = mix.filter((frame) => !frame.channel.includes('depth'));

  report('read both recordings (gunzip, lines, merge)', mix.length, readNanos);
  await measure('mix', mix);
  await measure('depth frames alone', depth);
  await measure('trades and best prices alone', frequent);
  await measureWindows(mix);
}

async function measure(name: string, frames: readonly Frame[]): Promise<void> {
  report(`${name}: JSON.parse alone`, frames.length, await timed(() => parseAll(frames)));
  report(`${name}: parse + book + window`, frames.length, await timed(() => void pipe(frames)));
}

async function measureWindows(frames: readonly Frame[]): Promise<void> {
  const windows = pipe(frames);
  const nanos = await timed(() => {
    for (const window of windows) sink += JSON.stringify(encodeWindow(window)).length;
  });
  report('windows to JSON text', windows.length, nanos);
}

/** Kept so that no work can be thought away. */
let sink = 0;

function parseAll(frames: readonly Frame[]): void {
  for (const frame of frames) {
    const value: unknown = JSON.parse(frame.raw);
    if (value !== null) sink += 1;
  }
}

function pipe(frames: readonly Frame[]): MarketWindow[] {
  const pipeline = new FeedPipeline({
    feedId: feedId('bench'),
    windowMs: 1_000,
    depth: 10,
    configHash: '',
    epoch: 1,
    instruments,
    ids: [],
    need: () => undefined,
    note: ({ detail }) => {
      throw new Error(`the recording should replay without a note, got: ${detail}`);
    },
  });
  const windows: MarketWindow[] = [];
  for (const frame of frames) {
    for (const window of pipeline.windowsBefore(frame)) windows.push(window);
    pipeline.take(frame);
  }
  sink += windows.length;
  return windows;
}

async function timed(work: () => void | Promise<void>): Promise<number[]> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = process.hrtime.bigint();
    await work();
    rounds.push(Number(process.hrtime.bigint() - from));
  }
  return rounds.sort((a, b) => a - b);
}

function report(what: string, count: number, nanos: readonly number[]): void {
  const rate = (ns: number): string => Math.round((count / ns) * NANOS).toLocaleString('en-US');
  const best = nanos[0] ?? Number.NaN;
  const median = nanos[Math.floor(nanos.length / 2)] ?? Number.NaN;
  print(
    `${what.padEnd(46)} ${String(count).padStart(6)}  ${rate(best).padStart(9)}/s  ${rate(median).padStart(9)}/s`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
if (sink < 0) print('');
