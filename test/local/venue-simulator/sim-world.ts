import { createHash } from 'node:crypto';
import { type Beat, isFrame, type SourceItem } from '../../../adapters/venues/frame-source.ts';
import { ConnectGate } from '../../../adapters/venues/session/connect-gate.ts';
import type { VenueProtocol } from '../../../adapters/venues/session/protocol.ts';
import { RestPacer } from '../../../adapters/venues/session/rest-pacer.ts';
import type { Timers } from '../../../adapters/venues/session/timers.ts';
import type { Transport } from '../../../adapters/venues/session/transport.ts';
import { VenueSession } from '../../../adapters/venues/session/venue-session.ts';
import type { ReaderPorts, VenueReader } from '../../../adapters/venues/venue-reader.ts';
import { symbolOf } from '../../../core/market/instrument.ts';
import type { MarketUpdate } from '../../../core/market/market-update.ts';
import type { BookView } from '../../../core/market/order-book.ts';
import { epochMs } from '../../../core/time.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import type { DialectOf } from '../../../local/venue-simulator/sim-dialect.ts';
import type { SimListing } from '../../../local/venue-simulator/sim-market.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../support/random.ts';

export const START = epochMs(1_790_000_000_000);

/** A venue's own client code and what it is to be tried on. */
export interface Trial {
  readonly dialect: DialectOf;
  readonly listings: readonly SimListing[];
  readonly protocol: VenueProtocol;
  readonly reader: (symbols: readonly string[], ports: ReaderPorts) => VenueReader;
  /** A book's number is the venue's update id. */
  readonly numbersUpdates: boolean;
}

export interface Client {
  readonly session: VenueSession;
  readonly reader: VenueReader;
  readonly updates: MarketUpdate[];
  readonly notes: string[];
  /** The books that stand, by symbol: shown and not doubted since. */
  readonly books: Map<string, BookView>;
  /** Stands for every frame that came, in order: the same frames give the same one. Can be asked once. */
  digest(): string;
  stop(): void;
}

/** The real session and reader, talking to whatever is at the other end of a transport. */
export function startClient(
  trial: Pick<Trial, 'protocol' | 'reader'>,
  symbols: readonly string[],
  {
    transport,
    timers,
    seed = 1,
  }: { readonly transport: Transport; readonly timers: Timers; readonly seed?: number },
  seen: (update: MarketUpdate) => void = () => undefined,
): Client {
  const random = seeded(seed);
  const notes: string[] = [];
  const session = new VenueSession({
    protocol: trial.protocol,
    symbols,
    transport,
    timers,
    pacer: new RestPacer({ transport, timers, random }),
    gate: new ConnectGate(timers),
    random,
    events: { note: (detail) => notes.push(detail) },
  });
  const updates: MarketUpdate[] = [];
  const books = new Map<string, BookView>();
  const reader = trial.reader(symbols, {
    emit: (update) => {
      updates.push(update);
      if (update.kind === 'book') books.set(symbolOf(update.instrumentId), update.book);
      if (update.kind === 'book_doubted') books.delete(symbolOf(update.instrumentId));
      seen(update);
    },
    need: (need) => session.need(need),
    note: (note) => notes.push(`${note.kind}: ${note.detail}`),
  });
  const hash = createHash('sha256');
  const take = (item: SourceItem | Beat): void => {
    if (isFrame(item)) hash.update(`${item.receivedAt} ${item.channel} ${item.raw}\n`);
    give(reader, item);
  };
  session.start({ take, stamp: () => timers.now() });
  let cancel: () => void = () => undefined;
  const tick = (): void => {
    reader.tick(timers.now());
    cancel = timers.after(1_000, tick);
  };
  cancel = timers.after(1_000, tick);
  const stop = (): void => {
    cancel();
    session.stop();
  };
  return { session, reader, updates, notes, books, digest: () => hash.digest('hex'), stop };
}

function give(reader: VenueReader, item: SourceItem | Beat): void {
  if (isFrame(item)) reader.read(item);
  else if ('change' in item) reader.changeConnection(item);
  else if ('venueOpen' in item) reader.changeVenue(item);
  else if ('follow' in item) reader.changeFollowed(item);
}

export interface SimWorld extends Client {
  readonly timers: VirtualTimers;
  readonly venue: SimVenue;
  readonly transport: SimTransport;
  readonly truth: Truth;
  /** Live books that the venue never had, in words. */
  readonly wrong: string[];
  /** How many live books were held against the truth. */
  checks: number;
  pass(ms: number): void;
  /** The book of every followed symbol is live. */
  isLive(): boolean;
}

export interface WorldOptions {
  readonly seed?: number;
  readonly symbols?: readonly string[];
  readonly faults?: readonly Fault[];
  readonly listings?: readonly SimListing[];
}

/** A simulated venue and the real client code in virtual time; every live book is held against the truth. */
export function openSimWorld(trial: Trial, options: WorldOptions = {}): SimWorld {
  const { seed = 7, faults = [], listings = trial.listings } = options;
  const symbols = options.symbols ?? listings.map(({ instrument }) => instrument.symbol);
  const timers = new VirtualTimers(START);
  const venue = new SimVenue({ seed, timers, dialect: trial.dialect, listings, faults });
  const transport = new SimTransport({ seed, timers, venues: [venue] });
  const truth = new Truth(venue.floor, { numbersUpdates: trial.numbersUpdates });
  const wrong: string[] = [];
  let checks = 0;
  const client = startClient(trial, symbols, { transport, timers, seed }, (update) => {
    if (update.kind !== 'book' || update.book.status !== 'live') return;
    checks += 1;
    const { why } = truth.judge(update.book, symbolOf(update.instrumentId));
    if (why !== null) wrong.push(`${timers.now() - START} ms: ${why}`);
  });
  return {
    ...client,
    timers,
    venue,
    transport,
    truth,
    wrong,
    get checks() {
      return checks;
    },
    pass: (ms) => timers.runUntil(epochMs(timers.now() + ms)),
    isLive: () => symbols.every((symbol) => client.books.get(symbol)?.status === 'live'),
  };
}
