import type { Timers } from '../../adapters/venues/session/timers.ts';
import type { CatalogueAction } from './catalogue-script.ts';
import type { Fault } from './faults.ts';
import type { DialectOf } from './sim-dialect.ts';
import { type FloorOptions, SimFloor } from './sim-floor.ts';
import type { SimListing, SimMarket } from './sim-market.ts';
import { SimVenue } from './sim-venue.ts';

/** By the symbol of a market that stands since the start. */
export type ListedAction = Extract<CatalogueAction<string>, { readonly kind: 'list' | 'delist' }>;

/**
 * A floor whose markets all stand from the beginning, while its lists show some of them only. One that is not listed stands
 * still, and nobody finds it.
 */
export class ListedFloor extends SimFloor {
  private readonly listed: SimMarket[] = [];
  override readonly markets: readonly SimMarket[] = this.listed;
  private readonly after: Timers['after'];
  private readonly script: (() => void)[] = [];

  constructor(options: FloorOptions) {
    super(options);
    const { listings, timers } = options;
    this.listed.push(...listings.flatMap(({ instrument }) => super.market(instrument.symbol) ?? []));
    this.after = (ms, run) => timers.after(ms, run);
  }

  /** Plays a script from now on. What it lists before it delists it is not listed until then. */
  play(actions: readonly ListedAction[]): void {
    const inOrder = actions.toSorted((a, b) => a.atMs - b.atMs);
    const firsts = new Map(inOrder.toReversed().map((action) => [symbolIn(action), action.kind]));
    for (const [symbol, kind] of firsts) if (kind === 'list') this.delist(symbol);
    for (const action of inOrder)
      this.script.push(this.after(action.atMs, () => this[action.kind](symbolIn(action))));
  }

  override market(symbol: string): SimMarket | undefined {
    const market = super.market(symbol);
    return market !== undefined && this.listed.includes(market) ? market : undefined;
  }

  override stop(): void {
    super.stop();
    for (const cancel of this.script) cancel();
  }

  private list(symbol: string): void {
    const market = super.market(symbol);
    if (market === undefined || this.listed.includes(market)) return;
    market.isOpen = true;
    this.listed.push(market);
  }

  private delist(symbol: string): void {
    const market = this.market(symbol);
    if (market === undefined) return;
    market.isOpen = false;
    this.listed.splice(this.listed.indexOf(market), 1);
  }
}

const symbolIn = (action: ListedAction): string => (action.kind === 'list' ? action.plan : action.symbol);

export interface ListedVenueOptions {
  readonly seed: number;
  readonly timers: Timers;
  readonly dialect: DialectOf;
  /** All that is ever listed. */
  readonly listings: readonly SimListing[];
  readonly actions: readonly ListedAction[];
  readonly faults?: readonly Fault[];
}

/** A simulated exchange that lists and delists by script. */
export function listedVenue({ listings, actions, ...options }: ListedVenueOptions): SimVenue {
  const floor = new ListedFloor({ ...options, listings });
  const venue = new SimVenue({ ...options, floor });
  // Its dialect has met all markets by now, so that it can speak of those that come later.
  floor.play(actions);
  return venue;
}
