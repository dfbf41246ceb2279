import type { SocketLimits } from '../../../adapters/venues/session/protocol.ts';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import { wsTransport } from '../../../adapters/venues/session/ws-transport.ts';
import { symbolOf } from '../../../core/market/instrument.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { startSimServer } from '../../../local/venue-simulator/sim-server.ts';
import { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { type Client, startClient } from './sim-world.ts';
import { TRIALS, type TrialName } from './trials.ts';

/** The real client code and a venue behind real sockets, on the machine's clock. */
export interface Loopback extends Client {
  readonly venue: SimVenue;
  /** Live books that the venue never had, in words. */
  readonly wrong: readonly string[];
  /** How many live books were held against the truth, and how many were doubted. */
  readonly seen: { checks: number; doubts: number };
  isLive(): boolean;
  close(): Promise<void>;
}

export interface LoopbackOptions {
  readonly faults?: readonly Fault[];
  /** Shorter patience than the protocol's own, lest a test waits for a minute. */
  readonly limits?: Partial<SocketLimits>;
}

/** Two markets that move fifty times a second each. */
export async function openLoopback(
  name: TrialName,
  { faults = [], limits = {} }: LoopbackOptions = {},
): Promise<Loopback> {
  const { dialect, listings } = TRIALS[name]();
  const busy = listings.slice(0, 2).map((listing) => ({ ...listing, stepMs: 20 }));
  const venue = new SimVenue({ seed: 7, timers: systemTimers, dialect, listings: busy, faults });
  const server = await startSimServer(venue);
  const trial = TRIALS[name](server.hosts);
  const truth = new Truth(venue.floor, { numbersUpdates: trial.numbersUpdates });
  const protocol = { ...trial.protocol, limits: { ...trial.protocol.limits, ...limits } };
  const symbols = busy.map(({ instrument }) => instrument.symbol);
  const wrong: string[] = [];
  const seen = { checks: 0, doubts: 0 };
  const client = startClient(
    { ...trial, protocol },
    symbols,
    { transport: wsTransport, timers: systemTimers },
    (update) => {
      if (update.kind === 'book_doubted') seen.doubts += 1;
      if (update.kind !== 'book' || update.book.status !== 'live') return;
      seen.checks += 1;
      const { why } = truth.judge(update.book, symbolOf(update.instrumentId));
      if (why !== null) wrong.push(why);
    },
  );
  return {
    ...client,
    venue,
    wrong,
    seen,
    isLive: () => symbols.every((symbol) => client.books.get(symbol)?.status === 'live'),
    close: () => {
      client.stop();
      return server.close();
    },
  };
}
