import type { Timers } from '../../adapters/venues/session/timers.ts';
import { invariant } from '../../core/invariant.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import type { VenueDesk } from './sim-dialect.ts';
import { SimFloor } from './sim-floor.ts';
import type { SimListing, SimMarket } from './sim-market.ts';

export interface ContractFloorOptions {
  readonly seed: number;
  readonly timers: Timers;
}

/** A floor on which markets come and go while it is open, as those of contracts do: each stands on a small floor of its own. */
export class ContractFloor extends SimFloor {
  private readonly place: ContractFloorOptions;
  private readonly stands = new Map<string, SimFloor>();
  /** Markets by the symbol of the instrument that they show turned over. */
  private readonly mirrors = new Map<string, SimMarket>();
  private readonly tellers: ((market: SimMarket) => void)[] = [];
  private readonly standing: SimMarket[] = [];
  override readonly markets: readonly SimMarket[] = this.standing;

  constructor(options: ContractFloorOptions) {
    super({ ...options, listings: [] });
    this.place = options;
  }

  /** Opens a market, which moves from now on unless it is paused. */
  add(listing: SimListing): SimMarket {
    const { symbol } = listing.instrument;
    invariant(!this.stands.has(symbol), `the market ${symbol} stands already`);
    const stand = new SimFloor({ ...this.place, listings: [listing] });
    const [market] = stand.markets;
    invariant(market !== undefined, `no market was made of ${symbol}`);
    stand.onMove((moved) => {
      for (const tell of this.tellers) tell(moved);
    });
    this.stands.set(symbol, stand);
    this.standing.push(market);
    if (listing.mirror !== undefined) this.mirrors.set(listing.mirror.symbol, market);
    return market;
  }

  /** Takes a market away; who still shows its book shows one that nobody lists. */
  remove(symbol: string): void {
    const market = this.market(symbol);
    if (market === undefined) return;
    this.stands.get(symbol)?.stop();
    this.stands.delete(symbol);
    this.standing.splice(this.standing.indexOf(market), 1);
    if (market.listing.mirror !== undefined) this.mirrors.delete(market.listing.mirror.symbol);
  }

  override market(symbol: string): SimMarket | undefined {
    return this.stands.get(symbol)?.market(symbol);
  }

  override showing(symbol: string): { readonly market: SimMarket; readonly isMirrored: boolean } | undefined {
    const own = this.market(symbol);
    const market = own ?? this.mirrors.get(symbol);
    return market && { market, isMirrored: own === undefined };
  }

  override onMove(listener: (market: SimMarket) => void): void {
    this.tellers.push(listener);
  }

  override stop(): void {
    for (const stand of this.stands.values()) stand.stop();
  }
}

/** Where and when the lives of a venue's contracts begin. */
export interface LivesPlace {
  readonly floor: ContractFloor;
  readonly random: SeededRandom;
  readonly now: EpochMs;
}

/** The place that a venue of contracts gives them. @throws when its floor is of another kind. */
export function livesPlaceOf({
  floor,
  random,
  timers,
}: Pick<VenueDesk, 'floor' | 'random' | 'timers'>): LivesPlace {
  invariant(
    floor instanceof ContractFloor,
    'contracts come and go: give their venue a ContractFloor, not a list of markets',
  );
  return { floor, random, now: timers.now() };
}
