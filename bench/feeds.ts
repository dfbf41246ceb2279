/**
 * Frames per second through parse, book, quality and window for each venue, beside plain `JSON.parse` of the same lines and,
 * where they know the venue, `tardis-dev` and `ccxt`, in the same run. One core, frames in memory. Recorded frames where
 * there are enough, else the simulators'. Run: `npm run bench:feeds`; the others: `npm ci --prefix bench/peers` first.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recordingSource } from '../adapters/recordings/recording-source.ts';
import { type Frame, isFrame, type SourceItem } from '../adapters/venues/frame-source.ts';
import type { Instrument } from '../core/market/instrument.ts';
import { feedId, type MarketWindow } from '../core/market/window.ts';
import { encodeWindow } from '../core/market/window-codec.ts';
import { FeedPipeline } from '../fargate/feed-pipeline.ts';
import { looseRules } from '../local/feed-check/loose-rules.ts';
import { binanceInstrument } from './instruments.ts';
import { machine } from './machine.ts';
import { ccxtPeer, havePeers, type Peer, tardisPeer } from './peers.ts';

const { DECKLE_RECORDINGS: FOLDER = '../shared/data' } = process.env;
const ROUNDS = 9;
/** The slowest of them takes seconds a round. */
const PEER_ROUNDS = 3;
const NANOS = 1e9;

const BTC = binanceInstrument('BTCUSDT', 'BTC', 'USDT', '0.01', '0.00001');
const ETH = binanceInstrument('ETHUSDT', 'ETH', 'USDT', '0.01', '0.0001');

/** Something to read, and who else can. */
interface Load {
  readonly name: string;
  readonly items: readonly Exclude<SourceItem, { reason: string }>[];
  /** Rules known beforehand; else whatever is met is followed. */
  readonly instruments: readonly Instrument[];
  readonly gapCheck?: boolean;
  readonly peers: readonly Peer[];
}

async function main(): Promise<void> {
  print(`${machine()}; best and median of ${ROUNDS} rounds, of ${PEER_ROUNDS} for other libraries; one core`);
  if (!havePeers()) print('tardis-dev and ccxt are not installed: npm ci --prefix bench/peers');
  for (const load of await loads()) await measure(load);
}

async function loads(): Promise<Load[]> {
  const mix = await read('binance/spot-btcusdt-20240808', 'binance/spot-ethusdt-20240808');
  const depth = mix.filter((item) => isFrame(item) && item.channel.includes('depth'));
  const binance = { instruments: [BTC, ETH], peers: await binancePeers() };
  return [
    { name: 'Binance mix', items: mix, ...binance },
    { name: 'Binance depth alone', items: depth, ...binance },
    {
      name: 'Coinbase Advanced',
      items: await read('coinbase/advanced-btc-eth-20260809'),
      instruments: [],
      peers: havePeers()
        ? [
            await ccxtPeer('coinbase', [
              ['BTC-USD', 'BTC', 'USD'],
              ['ETH-USD', 'ETH', 'USD'],
            ]),
          ]
        : [],
    },
    {
      name: 'Kalshi BTC 15 min',
      items: await read('kalshi/btc15m-20260511-1217'),
      instruments: [],
      peers: [],
    },
    {
      name: 'Kalshi gold',
      items: await read('kalshi/gold15m-26aug101815'),
      instruments: [],
      gapCheck: false,
      peers: [],
    },
  ];
}

const binancePeers = async (): Promise<Peer[]> =>
  havePeers()
    ? [
        await tardisPeer('binance'),
        await ccxtPeer('binance', [
          ['BTCUSDT', 'BTC', 'USDT'],
          ['ETHUSDT', 'ETH', 'USDT'],
        ]),
      ]
    : [];

async function read(...names: readonly string[]): Promise<Load['items'][number][]> {
  const paths = names.map((name) => join(FOLDER, `${name}.jsonl.gz`));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`no recording at ${missing}; set DECKLE_RECORDINGS`);
  const items: Load['items'][number][] = [];
  const from = process.hrtime.bigint();
  for await (const item of recordingSource(paths).frames(new AbortController().signal))
    if (!('reason' in item)) items.push(item);
  report(`read ${names.join(' and ')}`, items.length, [Number(process.hrtime.bigint() - from)]);
  return items;
}

async function measure(load: Load): Promise<void> {
  print(`\n${load.name}`);
  const frames = load.items.filter(isFrame);
  report(
    'JSON.parse alone',
    frames.length,
    timed(ROUNDS, () => parseAll(frames)),
  );
  report(
    'deckle: parse, book, quality, window',
    frames.length,
    timed(ROUNDS, () => void pipe(load)),
  );
  for (const peer of load.peers) {
    const touch = peer.run(frames);
    agree(load, peer, touch);
    report(
      `${peer.name}: parse, book`,
      frames.length,
      timed(PEER_ROUNDS, () => void peer.run(frames)),
    );
  }
  const { windows } = pipe(load);
  report(
    'windows to JSON text',
    windows.length,
    timed(ROUNDS, () => {
      for (const window of windows) sink += JSON.stringify(encodeWindow(window)).length;
    }),
  );
}

/** A library that ends with other best prices did other work. */
function agree(load: Load, peer: Peer, touch: ReturnType<Peer['run']>): void {
  const { pipeline } = pipe(load);
  for (const reader of pipeline.wires())
    for (const followed of reader.followed()) {
      const book = reader.bookOf(followed);
      const theirs = touch.get(followed.instrument.symbol);
      if (theirs === undefined) continue;
      const ours = (['bids', 'asks'] as const).map((side) => {
        const [best] = book?.levels(side, 1) ?? [];
        return best === undefined ? undefined : Number(best.price) / 1e8;
      });
      if (ours[0] !== theirs[0] || ours[1] !== theirs[1])
        print(
          `  ${peer.name} ends ${followed.instrument.symbol} with ${theirs.join('/')}, deckle with ${ours.join('/')}`,
        );
    }
}

/** Kept so that no work can be thought away. */
let sink = 0;

function parseAll(frames: readonly Frame[]): void {
  for (const frame of frames) {
    const value: unknown = JSON.parse(frame.raw);
    if (value !== null) sink += 1;
  }
}

function pipe({ items, instruments, gapCheck = true }: Load): {
  windows: MarketWindow[];
  pipeline: FeedPipeline;
} {
  const pipeline = new FeedPipeline({
    feedId: feedId('bench'),
    windowMs: 1_000,
    depth: 10,
    configHash: '',
    epoch: 1,
    ids: [],
    instruments,
    ...(instruments.length === 0 && { rulesOfAny: looseRules }),
    kalshi: { gapCheck },
    need: () => undefined,
    note: () => undefined,
  });
  const windows: MarketWindow[] = [];
  for (const item of items) {
    for (const window of pipeline.windowsBefore(item)) windows.push(window);
    pipeline.take(item);
  }
  sink += windows.length;
  return { windows, pipeline };
}

function timed(times: number, work: () => void): number[] {
  const rounds: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const from = process.hrtime.bigint();
    work();
    rounds.push(Number(process.hrtime.bigint() - from));
  }
  return rounds.sort((a, b) => a - b);
}

function report(what: string, count: number, nanos: readonly number[]): void {
  const rate = (ns: number): string => Math.round((count / ns) * NANOS).toLocaleString('en-US');
  const best = nanos[0] ?? Number.NaN;
  const median = nanos[Math.floor(nanos.length / 2)] ?? Number.NaN;
  print(
    `  ${what.padEnd(58)} ${String(count).padStart(6)}  ${rate(best).padStart(9)}/s  ${rate(median).padStart(9)}/s`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
if (sink < 0) print('');
