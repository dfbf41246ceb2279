import { symbolOf } from '../../../core/market/instrument.ts';
import { epochMs } from '../../../core/time.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { type Client, START, startClient, type Trial } from './sim-world.ts';

/** A venue of contracts, what follows it, and all that was seen. */
export interface ContractWorld extends Client {
  readonly timers: VirtualTimers;
  readonly venue: SimVenue;
  readonly truth: Truth;
  /** Live books that the venue never said, in words. */
  readonly wrong: readonly string[];
  /** How many live books were held against the truth. */
  readonly checks: number;
  pass(ms: number): void;
  isLive(symbol: string): boolean;
}

export interface ContractTrial extends Pick<Trial, 'protocol' | 'reader'> {
  readonly symbols: readonly string[];
  readonly seed?: number;
  readonly venue: (timers: VirtualTimers) => SimVenue;
}

/** A simulated venue of contracts and the real client code in virtual time; every live book is held against the truth. */
export function openContractWorld(trial: ContractTrial): ContractWorld {
  const { seed = 7, symbols } = trial;
  const timers = new VirtualTimers(START);
  const venue = trial.venue(timers);
  const transport = new SimTransport({ seed, timers, venues: [venue] });
  const truth = new Truth(venue.floor);
  const wrong: string[] = [];
  let checks = 0;
  const client = startClient(trial, symbols, { transport, timers, seed }, (update) => {
    if (update.kind !== 'book' || update.book.status !== 'live') return;
    checks += 1;
    const symbol = symbolOf(update.instrumentId);
    const { why } = truth.judge(update.book, symbol);
    const { bids, asks } = { bids: update.book.levels('bids', 1), asks: update.book.levels('asks', 1) };
    const isCrossed = (bids[0]?.price ?? 0n) > (asks[0]?.price ?? 10n ** 12n);
    if (why !== null) wrong.push(`${timers.now() - START} ms: ${why}`);
    if (isCrossed) wrong.push(`${timers.now() - START} ms: ${symbol}: a crossed book is live`);
  });
  return {
    ...client,
    timers,
    venue,
    truth,
    wrong,
    get checks() {
      return checks;
    },
    pass: (ms) => timers.runUntil(epochMs(timers.now() + ms)),
    isLive: (symbol) => client.books.get(symbol)?.status === 'live',
  };
}
