import { type EpochMs, epochMs, MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import {
  type CatalogueAction,
  type CatalogueKeeper,
  CatalogueScript,
  EmptyLists,
  play,
} from './catalogue-script.ts';
import type { LivesPlace } from './contract-floor.ts';
import type { LifeEvent } from './kalshi-lifecycle.ts';
import { KalshiMarket } from './kalshi-market.ts';
import type { KalshiPlan, KalshiSeries } from './kalshi-plans.ts';
import { MarketGraves } from './market-graves.ts';
import { WindowClock } from './window-clock.ts';

export type KalshiAction =
  | CatalogueAction<KalshiPlan>
  /** The venue drops what it has for the n-th connection, or for all, and says that they read too slowly. */
  | { readonly kind: 'overflow'; readonly atMs: number; readonly connection?: number };

/** Who is told what becomes of markets. */
export interface LifeHooks {
  /** Told to whoever follows lives. */
  life(market: KalshiMarket, event: LifeEvent): void;
  /** Its book begins. */
  opened(market: KalshiMarket): void;
  /** Its book is gone; told once more a second later. */
  emptied(market: KalshiMarket): void;
  /** It is no more. */
  gone(market: KalshiMarket): void;
  overflow(connection: number | undefined): void;
  /** Nothing keeps it from trading but where it stands. */
  isTrading(market: KalshiMarket): boolean;
}

export interface LivesOptions extends LivesPlace {
  readonly series: readonly KalshiSeries[];
  readonly plans: readonly KalshiPlan[];
  readonly actions: readonly KalshiAction[];
  readonly hooks: LifeHooks;
}

const DETERMINED_MS = 6 * SECOND_MS;
/** From the close to the payment. */
export const SETTLED_MS = 12 * SECOND_MS;
/** Settled markets are listed for so long. */
const KEPT_MS = 30 * MINUTE_MS;

/** The lives of a venue's markets by the clock: created, opened, closed, determined, settled, forgotten. */
export class KalshiLives implements CatalogueKeeper<KalshiPlan> {
  readonly series: ReadonlyMap<string, KalshiSeries>;
  readonly empties = new EmptyLists();
  private readonly options: LivesOptions;
  private readonly byTicker = new Map<string, KalshiMarket>();
  private readonly script: CatalogueScript<KalshiAction>;
  private readonly windows: WindowClock<KalshiSeries>;
  /** Closed in the last second, to be told a second time. */
  private readonly justClosed: KalshiMarket[] = [];
  private readonly graves: MarketGraves;
  private isSilent = true;

  constructor(options: LivesOptions) {
    const { series, plans, actions, now } = options;
    this.options = options;
    this.series = new Map(series.map((one) => [one.ticker, one]));
    this.script = new CatalogueScript(actions, now);
    this.windows = new WindowClock(series, now);
    this.graves = new MarketGraves(options.floor);
    for (const plan of plans) this.create(plan, now);
    this.look(now);
    this.isSilent = false;
  }

  markets(): Iterable<KalshiMarket> {
    return this.byTicker.values();
  }

  of(ticker: string): KalshiMarket | undefined {
    return this.byTicker.get(ticker);
  }

  /** Lets happen what is due. */
  look(now: EpochMs): void {
    for (const market of this.justClosed.splice(0)) this.options.hooks.emptied(market);
    for (const action of this.script.due(now))
      if (action.kind === 'overflow') this.options.hooks.overflow(action.connection);
      else play(action, this, now);
    for (const { series, opensAt } of this.windows.due(now))
      for (const plan of series.rolling?.plans(opensAt) ?? []) this.create(plan, now);
    for (const market of this.byTicker.values()) while (this.advance(market, now));
    this.graves.clear(now);
  }

  /** The venue halts a market, or lets it trade again. */
  pause(market: KalshiMarket, isPaused: boolean): void {
    if (market.phase !== (isPaused ? 'active' : 'inactive')) return;
    market.phase = isPaused ? 'inactive' : 'active';
    this.settle(market);
    this.options.hooks.life(market, isPaused ? 'deactivated' : 'activated');
  }

  /** Whether its book moves follows from where it stands. */
  settle(market: KalshiMarket): void {
    market.market.isOpen = market.phase === 'active' && this.options.hooks.isTrading(market);
  }

  create(plan: KalshiPlan, now: EpochMs): void {
    const { floor, random, hooks } = this.options;
    const made = this.isSilent ? plan : { ...plan, createdAt: now };
    const market = new KalshiMarket(made, floor, random, now);
    this.byTicker.set(plan.ticker, market);
    if (!this.isSilent) hooks.life(market, 'created');
  }

  delist(ticker: string, now: EpochMs): void {
    const market = this.byTicker.get(ticker);
    if (market !== undefined) this.bury(market, now);
  }

  /** The running markets of a series close now, and those of the next window open. */
  hurry(series: string, now: EpochMs): void {
    const markets = [...this.byTicker.values()].filter(({ plan }) => plan.series === series);
    for (const market of markets)
      if (market.phase === 'active' || market.phase === 'inactive') {
        market.closesAt = now;
        this.options.hooks.life(market, 'close_date_updated');
      }
    const ahead = markets.filter(({ phase }) => phase === 'initialized');
    const opensAt = epochMs(Math.min(...ahead.map((market) => market.opensAt)));
    for (const market of ahead) if (market.opensAt === opensAt) market.opensAt = now;
  }

  /** True when it took a step, after which another one may be due. */
  private advance(market: KalshiMarket, now: EpochMs): boolean {
    switch (market.phase) {
      case 'initialized':
        return now >= market.opensAt && this.open(market, now);
      case 'active':
      case 'inactive':
        return now >= market.closesAt && this.close(market, now);
      case 'closed':
        return now >= market.closesAt + DETERMINED_MS && this.enter(market, 'determined', 'determined');
      case 'determined':
        return now >= market.closesAt + SETTLED_MS && this.enter(market, 'finalized', 'settled');
      case 'finalized':
        if (now >= market.closesAt + KEPT_MS) this.bury(market, now);
        return false;
    }
  }

  private open(market: KalshiMarket, now: EpochMs): boolean {
    this.enter(market, 'active', 'activated');
    this.settle(market);
    if (this.isSilent) market.told.learn(now);
    else {
      this.options.hooks.life(market, 'metadata_updated');
      this.options.hooks.opened(market);
    }
    return true;
  }

  private close(market: KalshiMarket, now: EpochMs): boolean {
    market.phase = 'closed';
    this.settle(market);
    market.told.clear(now);
    if (this.isSilent) return true;
    this.options.hooks.emptied(market);
    this.justClosed.push(market);
    return true;
  }

  private enter(market: KalshiMarket, phase: KalshiMarket['phase'], event: LifeEvent): true {
    market.phase = phase;
    if (!this.isSilent) this.options.hooks.life(market, event);
    return true;
  }

  private bury(market: KalshiMarket, now: EpochMs): void {
    if (!this.byTicker.delete(market.ticker)) return;
    if (market.phase === 'active' || market.phase === 'inactive') {
      market.phase = 'closed';
      this.settle(market);
      market.told.clear(now);
      this.options.hooks.emptied(market);
    }
    this.options.hooks.gone(market);
    this.graves.bury(market.ticker, now);
  }
}
