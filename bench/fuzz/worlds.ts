import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isFilteredRecording } from '../../adapters/recordings/filtered-recording.ts';
import { recordingSource } from '../../adapters/recordings/recording-source.ts';
import { type Frame, isFrame, type Need, POLL } from '../../adapters/venues/frame-source.ts';
import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import { protocolOf, type VenueKeys } from '../../adapters/venues/protocols.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import type { ConnectionScript } from '../../adapters/venues/session/protocol.ts';
import type { WireId } from '../../adapters/venues/wire.ts';
import { venueOfWire } from '../../adapters/venues/wire.ts';
import { type RawVenues, venuesSchema } from '../../core/config/venues-schema.ts';
import { type Instrument, type InstrumentId, instrumentId } from '../../core/market/instrument.ts';
import { type EpochMs, epochMs, HOUR_MS, SECOND_MS } from '../../core/time.ts';
import { SeededRandom } from '../../local/demo-market/random.ts';
import { looseRules } from '../../local/feed-check/loose-rules.ts';
import { SimKalshi } from '../../local/venue-simulator/kalshi-dialect.ts';
import { kalshiVenue } from '../../local/venue-simulator/kalshi-venue.ts';
import { SimPolymarket } from '../../local/venue-simulator/polymarket-dialect.ts';
import { polymarketVenue } from '../../local/venue-simulator/polymarket-venue.ts';
import { SimTransport } from '../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { SIM_VENUES } from '../../local/venue-simulator/sim-venues.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';

/** Something that brings frames of a wire for as long as they are wanted. */
export interface World {
  readonly name: string;
  /** Rules known beforehand, and what is followed. */
  readonly instruments: readonly Instrument[];
  readonly ids: readonly InstrumentId[];
  /** The numbers of its messages may jump: the recording leaves out what it did not care for. */
  readonly isFiltered: boolean;
  /** What the session of the wire looks at messages with; undefined where there is no session of sockets. */
  script(connection: string): ConnectionScript | undefined;
  need(need: Need): void;
  run(take: (item: QueuedItem) => void, isEnough: () => boolean): void;
}

const START = epochMs(1_790_000_000_000);
const { DECKLE_RECORDINGS: FOLDER = '../shared/data' } = process.env;
const RECORDED: Readonly<
  Partial<Record<WireId, readonly (readonly [name: string, symbols: readonly string[]])[]>>
> = {
  'binance-spot': [
    ['binance/spot-btcusdt-20240808', ['BTCUSDT']],
    ['binance/spot-4sym-20211012', ['NKNUSDT', 'BLZETH', 'LRCBTC', 'RUNEEUR']],
  ],
  'coinbase-advanced': [['coinbase/advanced-btc-eth-20260809', ['BTC-USD', 'ETH-USD']]],
  kalshi: [
    ['kalshi/gold15m-26aug101815', ['KXGOLD15M-26AUG101815-15']],
    ['kalshi/btc15m-20260511-1217', ['KXBTC15M-26MAY110830-30', 'KXBTC15M-26MAY110845-45']],
  ],
};
const SIMULATED: Readonly<Partial<Record<WireId, keyof typeof SIM_VENUES>>> = {
  'binance-spot': 'binance',
  'coinbase-advanced': 'coinbase',
  'coinbase-exchange': 'coinbase-exchange',
  'mexc-spot': 'mexc',
};

/** All that can bring frames of a wire; each gets an equal share. */
export async function worldsOf(wire: WireId, seed: number): Promise<World[]> {
  const worlds: World[] = [];
  if (SIMULATED[wire] !== undefined || wire === 'polymarket' || wire === 'kalshi')
    worlds.push(simulatedWorld(wire, seed));
  for (const [name, symbols] of RECORDED[wire] ?? []) {
    const world = await recordedWorld(wire, name, symbols);
    if (world !== undefined) worlds.push(world);
  }
  if (wire === 'espn') worlds.push(scoresWorld());
  return worlds;
}

/** Lists of everything that a venue has are long, and each fresh start would read them anew. */
const LENGTH_MAX = 300_000;
/** Levels that are kept of each side of Coinbase's pictures, which hold tens of thousands. */
const LEVELS_MAX = 500;
/** After a reader asked for a picture, the recording begins anew on a new connection, as a reconnect would bring one. */
const BEGIN_ANEW = 40;

async function recordedWorld(
  wire: WireId,
  name: string,
  symbols: readonly string[],
): Promise<World | undefined> {
  const path = join(FOLDER, `${name}.jsonl.gz`);
  if (!existsSync(path)) return undefined;
  const frames: Frame[] = [];
  for await (const item of recordingSource([path]).frames(new AbortController().signal))
    if (isFrame(item) && item.wire === wire)
      frames.push(item.channel === 'l2_data' ? withFewLevels(item) : item);
  const instruments = symbols.map((symbol) => looseRules(wire, symbol));
  const short = frames.filter(({ raw }) => raw.length < LENGTH_MAX);
  const isFiltered = wire === 'kalshi' && (await isFilteredRecording([path]));
  return {
    ...loop(wire, short),
    name: `recording ${name}`,
    isFiltered,
    instruments,
    ids: instruments.map(({ id }) => id),
    script: scriptOf(wire, symbols),
  };
}

function withFewLevels(frame: Frame): Frame {
  if (frame.raw.length < LENGTH_MAX) return frame;
  const message = JSON.parse(frame.raw);
  for (const event of message.events) {
    const sides = Object.values(Object.groupBy(event.updates, ({ side }: { side: string }) => side));
    event.updates = sides.flatMap((levels) => levels?.slice(0, LEVELS_MAX) ?? []);
  }
  return { ...frame, raw: JSON.stringify(message) };
}

/** Frames again and again, each round on a connection of its own and a second after the one before. */
function loop(wire: WireId, frames: readonly Frame[], onOne?: string): Pick<World, 'need' | 'run'> {
  let left = Number.POSITIVE_INFINITY;
  return {
    need: ({ kind }) => {
      if (kind !== 'candles') left = Math.min(left, BEGIN_ANEW);
    },
    run: (take, isEnough) => {
      let now: EpochMs = START;
      for (let round = 0; !isEnough(); round += 1) {
        const connection = onOne ?? `c${round}`;
        const before = `c${round - 1}`;
        const [first] = frames;
        if (onOne === undefined) {
          if (round > 0) take({ wire, receivedAt: now, connection: before, change: 'lost', detail: 'again' });
          take({ wire, receivedAt: now, connection, change: 'opened', detail: 'again' });
        }
        left = Number.POSITIVE_INFINITY;
        const shift = now - (first?.receivedAt ?? 0);
        for (const frame of frames) {
          now = epochMs(Math.max(now, frame.receivedAt + shift));
          take({ ...frame, receivedAt: now, connection });
          left -= 1;
          if (left < 0 || isEnough()) break;
        }
        now = epochMs(now + SECOND_MS);
      }
    },
  };
}

/** Markets of a quarter of an hour are over then, and nothing would come any more. */
const SIMULATED_MS_MAX = 12 * HOUR_MS;

const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
const proportional = { version: 'fuzz', makerBps: 0, takerBps: 0, charge: 'quote' };
const quadratic = { version: 'fuzz', makerRate: 0, takerRate: '0.07', roundTo: '0.0001' };

/** A key pair of this run: the venue opens its stream to keys alone. */
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const KEY_ID = 'fuzz';
const KEYS: VenueKeys = {
  kalshi: { keyId: KEY_ID, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
};

const accessOf = (wire: WireId): RawVenues =>
  venuesSchema.parse({
    binance: { fees: proportional, latency },
    coinbase: {
      interface: wire === 'coinbase-exchange' ? 'exchange' : 'advanced',
      fees: proportional,
      latency,
    },
    mexc: { fees: proportional, latency },
    polymarket: { fees: quadratic, latency },
    kalshi: { fees: quadratic, latency },
  });

function scriptOf(wire: WireId, symbols: readonly string[]): World['script'] {
  const venue = venueOfWire(wire);
  const protocol = venue === null ? undefined : protocolOf(venue, accessOf(wire), KEYS);
  return (connection) => protocol?.script(connection, symbols);
}

/** The real session against the simulated venue in virtual time: whatever the reader asks for is answered. */
export function simulatedWorld(wire: WireId, seed: number): World {
  const timers = new VirtualTimers(START);
  const { venue, symbols } = simVenue(wire, seed, timers);
  const id = venueOfWire(wire) ?? 'binance';
  const ids = symbols.map((symbol) => instrumentId(id, symbol));
  const random = new SeededRandom(seed, 'session');
  const feed = new LiveFeed({
    access: accessOf(wire),
    keys: KEYS,
    ids,
    venues: [],
    leagues: [],
    windowMs: SECOND_MS,
    transport: new SimTransport({ seed, timers, venues: [venue] }),
    timers,
    random: () => random.next(),
    note: () => undefined,
  });
  return {
    name: 'simulator',
    isFiltered: false,
    script: scriptOf(wire, symbols),
    instruments: [],
    ids,
    need: (need) => {
      feed.need(need);
    },
    run: (take, isEnough) => {
      feed.start((item) => {
        if (!isEnough()) take(item);
      });
      const until = START + SIMULATED_MS_MAX;
      while (!isEnough() && timers.now() < until) timers.runNext();
    },
  };
}

function simVenue(
  wire: WireId,
  seed: number,
  timers: VirtualTimers,
): { venue: SimVenue; symbols: readonly string[] } {
  const kind = SIM_VENUES[SIMULATED[wire] ?? ''];
  if (kind !== undefined) {
    const listings = kind.listings({ count: 3, stepMs: 50 });
    const venue = new SimVenue({ seed, timers, dialect: kind.dialect, listings });
    return { venue, symbols: listings.map(({ instrument }) => instrument.symbol) };
  }
  if (wire === 'kalshi') {
    const keys = [
      { keyId: KEY_ID, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    ];
    const venue = kalshiVenue({ seed, timers, keys });
    if (!(venue.dialect instanceof SimKalshi)) throw new TypeError('not a simulated Kalshi');
    return { venue, symbols: [...venue.dialect.lives.markets()].map(({ ticker }) => ticker) };
  }
  const venue = polymarketVenue({ seed, timers, series: [] });
  if (!(venue.dialect instanceof SimPolymarket)) throw new TypeError('not a simulated Polymarket');
  return { venue, symbols: [...venue.dialect.lives.markets()].flatMap(({ plan }) => plan.tokens) };
}

const SCORES = [
  ['nfl', 'nfl-scoreboard-20220911'],
  ['mlb', 'mlb-scoreboard-20220917'],
] as const;

/** Recorded scoreboards, cut to one or two of their games each so that a round is quick. */
function scoresWorld(): World {
  const frames: Frame[] = [];
  for (const [league, name] of SCORES) {
    const path = join(FOLDER, 'espn', `${name}.json.gz`);
    if (!existsSync(path)) continue;
    const whole = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
    for (const [n, event] of whole.events.entries())
      for (const events of [[event], [event, whole.events.at(n - 1)]])
        frames.push({
          wire: 'espn',
          receivedAt: epochMs(START + frames.length * SECOND_MS),
          channel: `rest:scoreboard:${league}`,
          raw: JSON.stringify({ ...whole, events }),
        });
    frames.push({
      wire: 'espn',
      receivedAt: epochMs(START + frames.length * SECOND_MS),
      channel: `rest:scoreboard-unchanged:${league}`,
      raw: '',
    });
  }
  return {
    ...loop('espn', frames, POLL),
    name: 'recorded scoreboards',
    isFiltered: false,
    script: () => undefined,
    instruments: [],
    ids: [],
  };
}
