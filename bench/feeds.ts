/**
 * Frames per second through parse, book, quality and window for each venue, beside plain `JSON.parse` of the same frames (of
 * MEXC's: its protobuf decoder) and, where they know the venue, `tardis-dev` and `ccxt`, in the same run. Seconds are those of
 * processor time, helper threads included, so that other work on the machine blurs the figures less. Frames are in memory:
 * recorded ones where there are enough, else those of a simulated venue, made before the clock starts.
 * Run: `npm run bench:feeds`, with `-- kalshi` for some of them; the other libraries: `npm ci --prefix bench/peers` first.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type Frame, isFrame } from '../adapters/venues/frame-source.ts';
import { decodePush } from '../adapters/venues/mexc/proto.ts';
import type { WireId } from '../adapters/venues/wire.ts';
import type { OrderBook } from '../core/market/order-book.ts';
import { encodeWindow } from '../core/market/window-codec.ts';
import { binanceInstrument } from './instruments.ts';
import { type Load, pipe, recorded, simulated } from './loads.ts';
import { machine } from './machine.ts';
import { PARTS, partsOf } from './parts.ts';
import { ccxtPeer, havePeers, type Peer, tardisPeer } from './peers.ts';

const ROUNDS = 9;
/** The slowest of them takes seconds a round. */
const PEER_ROUNDS = 3;
const NANOS = 1e9;
const ROUND_US = 50_000;
/** Frames of a simulated venue: about a quarter of an hour of three busy instruments. */
const SIMULATED = 60_000;
const SEED = 7;

const BTC = binanceInstrument('BTCUSDT', 'BTC', 'USDT', '0.01', '0.00001');
const ETH = binanceInstrument('ETHUSDT', 'ETH', 'USDT', '0.01', '0.0001');

type PeerOf = (symbols: readonly (readonly [id: string, base: string, quote: string])[]) => Promise<Peer>;

/** A load, made when its turn comes, and who else can read it. */
interface Trial {
  readonly name: string;
  readonly make: (name: string) => Promise<Load> | Load;
  readonly peers: readonly PeerOf[];
}

const binancePeers: readonly PeerOf[] = [
  () => tardisPeer('binance'),
  (symbols) => ccxtPeer('binance', symbols),
];
const readBinance = (name: string): Promise<Load> =>
  recorded(name, ['binance/spot-btcusdt-20240808', 'binance/spot-ethusdt-20240808'], {
    instruments: [BTC, ETH],
  });
const simulatedAs =
  (wire: WireId): Trial['make'] =>
  (name) =>
    simulated(name, wire, SIMULATED, SEED);

const TRIALS: readonly Trial[] = [
  { name: 'Binance mix, recorded', make: readBinance, peers: binancePeers },
  {
    name: 'Binance depth, recorded',
    make: async (name) => {
      const load = await readBinance(name);
      return { ...load, items: load.items.filter((item) => isFrame(item) && item.channel.includes('depth')) };
    },
    peers: binancePeers,
  },
  {
    name: 'Coinbase Advanced, recorded',
    make: (name) => recorded(name, ['coinbase/advanced-btc-eth-20260809']),
    peers: [(symbols) => ccxtPeer('coinbase', symbols)],
  },
  {
    name: 'Coinbase Advanced, simulated',
    make: simulatedAs('coinbase-advanced'),
    peers: [(symbols) => ccxtPeer('coinbase', symbols)],
  },
  {
    name: 'Coinbase Exchange, simulated',
    make: simulatedAs('coinbase-exchange'),
    peers: [() => tardisPeer('coinbase'), (symbols) => ccxtPeer('coinbaseexchange', symbols)],
  },
  { name: 'MEXC, simulated', make: simulatedAs('mexc-spot'), peers: [] },
  { name: 'Polymarket, simulated', make: simulatedAs('polymarket'), peers: [] },
  {
    name: 'Kalshi BTC 15 min, recorded',
    make: (name) => recorded(name, ['kalshi/btc15m-20260511-1217']),
    peers: [],
  },
  {
    name: 'Kalshi gold, recorded',
    make: (name) => recorded(name, ['kalshi/gold15m-26aug101815'], { gapCheck: false }),
    peers: [],
  },
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { alone: { type: 'boolean', default: false } },
  });
  const isWanted = ({ name }: Trial): boolean =>
    positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase()));
  const trials = TRIALS.filter(isWanted);
  if (values.alone) {
    for (const trial of trials) await measure(await trial.make(trial.name), trial.peers);
    return;
  }
  print(`${machine()}; best and median of ${ROUNDS} rounds, of ${PEER_ROUNDS} for other libraries`);
  if (!havePeers()) print('tardis-dev and ccxt are not installed: npm ci --prefix bench/peers');
  // Each in a process of its own: what the engine learned of one venue's frames slows the next one's down.
  for (const { name } of trials)
    spawnSync(process.execPath, [import.meta.filename, '--alone', name], { stdio: 'inherit' });
}

async function measure(load: Load, peers: readonly PeerOf[]): Promise<void> {
  const frames = load.items.filter(isFrame);
  const letters = frames.reduce((sum, { raw }) => sum + raw.length, 0);
  print(`\n${load.name}: ${Math.round(letters / frames.length)} letters a frame`);
  const parser = frames.some(isBinary) ? 'protobuf (text: JSON.parse) alone' : 'JSON.parse alone';
  report(
    parser,
    frames.length,
    timed(ROUNDS, () => parseAll(frames)),
  );
  report(
    'deckle: parse, book, quality, window',
    frames.length,
    timed(ROUNDS, () => void pipe(load)),
  );
  const parts = await partsOf(() => {
    for (let round = 0; round < ROUNDS; round += 1) pipe(load);
  });
  print(`  of that ${PARTS.map((part) => `${part} ${Math.round(100 * parts[part])} %`).join(', ')}`);
  if (havePeers()) for (const peer of peers) await measurePeer(load, frames, peer);
  const { windows } = pipe(load);
  report(
    'windows to JSON text',
    windows.length,
    timed(ROUNDS, () => {
      for (const window of windows) sink += JSON.stringify(encodeWindow(window)).length;
    }),
  );
}

async function measurePeer(load: Load, frames: readonly Frame[], peerOf: PeerOf): Promise<void> {
  const { pipeline } = pipe(load);
  const peer = await peerOf(
    pipeline.instruments().map(({ symbol, baseAsset, quoteAsset }) => [symbol, baseAsset, quoteAsset]),
  );
  agree(pipeline, peer, peer.run(frames));
  report(
    `${peer.name}: parse, book`,
    frames.length,
    timed(PEER_ROUNDS, () => void peer.run(frames)),
  );
}

/** A library that ends with other best prices did other work. */
function agree(
  pipeline: ReturnType<typeof pipe>['pipeline'],
  peer: Peer,
  touch: ReturnType<Peer['run']>,
): void {
  for (const reader of pipeline.wires())
    for (const followed of reader.followed()) {
      const { symbol } = followed.instrument;
      const theirs = touch.get(symbol)?.join('/') ?? 'no book';
      const book = reader.bookOf(followed);
      const ours = (['bids', 'asks'] as const).map((side) => bestOf(book, side)).join('/');
      if (ours !== theirs) print(`  ${peer.name} ends ${symbol} with ${theirs}, deckle with ${ours}`);
    }
}

function bestOf(book: Pick<OrderBook, 'levels'> | undefined, side: 'bids' | 'asks'): number | undefined {
  const [best] = book?.levels(side, 1) ?? [];
  return best === undefined ? undefined : Number(best.price) / 1e8;
}

/** Kept so that no work can be thought away. */
let sink = 0;

const isBinary = ({ encoding }: Frame): boolean => encoding === 'base64';

function parseAll(frames: readonly Frame[]): void {
  for (const frame of frames) {
    const value: unknown = isBinary(frame) ? decodePush(frame.raw) : JSON.parse(frame.raw);
    if (value !== null) sink += 1;
  }
}

/** Nanoseconds of processor time that the work took, least first. Brief work is repeated until it can be measured. */
function timed(times: number, work: () => void): number[] {
  work();
  const rounds: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const from = process.cpuUsage();
    let runs = 0;
    let micros = 0;
    while (micros < ROUND_US) {
      work();
      runs += 1;
      const { user, system } = process.cpuUsage(from);
      micros = user + system;
    }
    rounds.push((micros / runs) * 1_000);
  }
  return rounds.sort((a, b) => a - b);
}

function report(what: string, count: number, nanos: readonly number[]): void {
  const rate = (ns: number): string => Math.round((count / ns) * NANOS).toLocaleString('en-US');
  const best = nanos[0] ?? Number.NaN;
  const median = nanos[Math.floor(nanos.length / 2)] ?? Number.NaN;
  print(
    `  ${what.padEnd(46)} ${String(count).padStart(6)}  ${rate(best).padStart(9)}/s  ${rate(median).padStart(9)}/s`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
if (sink < 0) print('');
