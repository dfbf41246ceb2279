import type { Timers } from '../../adapters/venues/session/timers.ts';
import { invariant } from '../../core/invariant.ts';
import { SeededRandom } from '../demo-market/random.ts';
import { type SimListing, SimMarket } from './sim-market.ts';

export interface FloorOptions {
  readonly seed: number;
  readonly timers: Timers;
  readonly listings: readonly SimListing[];
}

const BEHIND_MS_MAX = 1_000;

/**
 * The markets of a simulated venue, each moving at its own pace. Several venues may stand on one floor, as the two
 * interfaces of one exchange do: they then show the same books.
 */
export class SimFloor {
  readonly markets: readonly SimMarket[];
  private readonly timers: Timers;
  private readonly bySymbol: ReadonlyMap<string, SimMarket>;
  private readonly listeners: ((market: SimMarket) => void)[] = [];
  private readonly alarms = new Map<SimMarket, () => void>();

  constructor({ seed, timers, listings }: FloorOptions) {
    this.timers = timers;
    this.markets = listings.map((listing) => new SimMarket(listing, seed, timers.now()));
    this.bySymbol = new Map(this.markets.map((market) => [market.symbol, market]));
    invariant(this.bySymbol.size === listings.length, 'two listings of one venue have the same symbol');
    for (const market of this.markets) this.run(market, new SeededRandom(seed, `${market.symbol}/pace`));
  }

  market(symbol: string): SimMarket | undefined {
    return this.bySymbol.get(symbol);
  }

  /** The market that shows a symbol's book, be it as its own or turned over. */
  showing(symbol: string): { readonly market: SimMarket; readonly isMirrored: boolean } | undefined {
    const own =
      this.bySymbol.get(symbol) ??
      this.markets.find(({ listing }) => listing.aliases?.includes(symbol) === true);
    const market = own ?? this.markets.find(({ listing }) => listing.mirror?.symbol === symbol);
    return market && { market, isMirrored: own === undefined };
  }

  /** Calls back after each step of each market. */
  onMove(listener: (market: SimMarket) => void): void {
    this.listeners.push(listener);
  }

  stop(): void {
    for (const cancel of this.alarms.values()) cancel();
    this.alarms.clear();
  }

  /** Moments lie between whole milliseconds, so that several things may happen in one. */
  private run(market: SimMarket, random: SeededRandom): void {
    const pause = (): number => 2 * market.stepMs * random.next();
    let next = this.timers.now() + pause();
    const go = (): void => {
      const now = this.timers.now();
      // A machine that slept does not make up for it.
      next = Math.max(next, now - BEHIND_MS_MAX);
      for (; next <= now; next += pause()) if (market.isOpen) this.step(market);
      this.alarms.set(market, this.timers.after(next - now, go));
    };
    this.alarms.set(market, this.timers.after(next - this.timers.now(), go));
  }

  private step(market: SimMarket): void {
    market.step(this.timers.now());
    if (market.book.changes.length === 0) return;
    for (const listener of this.listeners) listener(market);
  }
}
