import { generateKeyPairSync } from 'node:crypto';
import type { Need } from '../adapters/venues/frame-source.ts';
import { LiveFeed } from '../adapters/venues/live-feed.ts';
import { protocolOf, type VenueKeys } from '../adapters/venues/protocols.ts';
import type { QueuedItem } from '../adapters/venues/session/item-queue.ts';
import type { ConnectionScript } from '../adapters/venues/session/protocol.ts';
import { venueOfWire, type WireId } from '../adapters/venues/wire.ts';
import { type RawVenues, venuesSchema } from '../core/config/venues-schema.ts';
import { type Instrument, type InstrumentId, instrumentId } from '../core/market/instrument.ts';
import { epochMs, HOUR_MS, SECOND_MS } from '../core/time.ts';
import { SeededRandom } from '../local/demo-market/random.ts';
import { SimKalshi } from '../local/venue-simulator/kalshi-dialect.ts';
import { kalshiVenue } from '../local/venue-simulator/kalshi-venue.ts';
import { SimPolymarket } from '../local/venue-simulator/polymarket-dialect.ts';
import { polymarketVenue } from '../local/venue-simulator/polymarket-venue.ts';
import { SimTransport } from '../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../local/venue-simulator/sim-venue.ts';
import { SIM_VENUES } from '../local/venue-simulator/sim-venues.ts';
import { VirtualTimers } from '../local/venue-simulator/virtual-timers.ts';

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

export const START = epochMs(1_790_000_000_000);

const SIMULATED: Readonly<Partial<Record<WireId, keyof typeof SIM_VENUES>>> = {
  'binance-spot': 'binance',
  'coinbase-advanced': 'coinbase',
  'coinbase-exchange': 'coinbase-exchange',
  'mexc-spot': 'mexc',
};

/** Wires that a simulated venue speaks. */
export const isSimulated = (wire: WireId): boolean =>
  SIMULATED[wire] !== undefined || wire === 'polymarket' || wire === 'kalshi';

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

export function scriptOf(wire: WireId, symbols: readonly string[]): World['script'] {
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
