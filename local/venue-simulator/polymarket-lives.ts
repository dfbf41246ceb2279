import { type EpochMs, HOUR_MS } from '../../core/time.ts';
import {
  type CatalogueAction,
  type CatalogueKeeper,
  CatalogueScript,
  EmptyLists,
  play,
} from './catalogue-script.ts';
import type { LivesPlace } from './contract-floor.ts';
import { MarketGraves } from './market-graves.ts';
import { PolymarketMarket } from './polymarket-market.ts';
import type { PolymarketPlan, PolymarketSeries } from './polymarket-plans.ts';
import { WindowClock } from './window-clock.ts';

export type PolymarketAction =
  | CatalogueAction<PolymarketPlan>
  /** The step of prices of a market changes; `symbol` is its first token. */
  | { readonly kind: 'tick'; readonly atMs: number; readonly symbol: string; readonly tick: string };

export interface PolymarketHooks {
  /** It was listed. */
  created(market: PolymarketMarket): void;
  /** It is decided; nothing more is said of its books. */
  resolved(market: PolymarketMarket): void;
  /** It is taken away without being decided. */
  gone(market: PolymarketMarket): void;
  tickChanged(market: PolymarketMarket, before: string): void;
  /** Nothing keeps it from trading but where it stands. */
  isTrading(market: PolymarketMarket): boolean;
}

export interface PolymarketLivesOptions extends LivesPlace {
  readonly series: readonly PolymarketSeries[];
  readonly plans: readonly PolymarketPlan[];
  readonly actions: readonly PolymarketAction[];
  readonly hooks: PolymarketHooks;
}

/** Decided markets are listed for so long. */
const KEPT_MS = HOUR_MS;

/** The lives of a venue's markets by the clock: listed, ended, decided, forgotten. */
export class PolymarketLives implements CatalogueKeeper<PolymarketPlan> {
  readonly series: readonly PolymarketSeries[];
  readonly empties = new EmptyLists();
  private readonly options: PolymarketLivesOptions;
  private readonly bySlug = new Map<string, PolymarketMarket>();
  private readonly byToken = new Map<string, PolymarketMarket>();
  private readonly script: CatalogueScript<PolymarketAction>;
  private readonly windows: WindowClock<PolymarketSeries>;
  private readonly graves: MarketGraves;
  private isSilent = true;

  constructor(options: PolymarketLivesOptions) {
    const { series, plans, actions, now } = options;
    this.options = options;
    this.series = series;
    this.script = new CatalogueScript(actions, now);
    this.windows = new WindowClock(series, now);
    this.graves = new MarketGraves(options.floor);
    for (const plan of plans) this.create(plan, now);
    this.look(now);
    this.isSilent = false;
  }

  markets(): Iterable<PolymarketMarket> {
    return this.bySlug.values();
  }

  /** The market of either of its tokens. */
  ofToken(token: string): PolymarketMarket | undefined {
    return this.byToken.get(token);
  }

  ofSlug(slug: string): PolymarketMarket | undefined {
    return this.bySlug.get(slug);
  }

  /** Lets happen what is due. */
  look(now: EpochMs): void {
    for (const action of this.script.due(now))
      if (action.kind === 'tick') this.refine(action.symbol, action.tick);
      else play(action, this, now);
    for (const { series, opensAt } of this.windows.due(now))
      for (const plan of series.rolling.plans(opensAt)) this.create(plan, now);
    for (const market of this.bySlug.values()) this.advance(market, now);
    this.graves.clear(now);
  }

  /** Whether its book moves follows from where it stands. */
  settle(market: PolymarketMarket): void {
    market.market.isOpen = market.phase === 'open' && this.options.hooks.isTrading(market);
  }

  changeTick(market: PolymarketMarket, tick: string): void {
    const before = market.tickSize;
    if (before === tick || market.phase === 'resolved') return;
    market.tickSize = tick;
    this.options.hooks.tickChanged(market, before);
  }

  create(plan: PolymarketPlan, now: EpochMs): void {
    const { floor, random, hooks } = this.options;
    const made = this.isSilent ? plan : { ...plan, createdAt: now };
    const market = new PolymarketMarket(made, floor, random, now);
    this.bySlug.set(plan.slug, market);
    for (const token of plan.tokens) this.byToken.set(token, market);
    this.settle(market);
    if (!this.isSilent) hooks.created(market);
  }

  delist(token: string, now: EpochMs): void {
    const market = this.byToken.get(token);
    if (market !== undefined) this.remove(market, now);
  }

  /** The running market of a series ends now; the one after it is listed already. */
  hurry(series: string, now: EpochMs): void {
    for (const market of this.bySlug.values()) {
      const { plan } = market;
      const isRunning = (plan.startsAt ?? now) <= now && market.phase === 'open';
      if (plan.series?.slug === series && isRunning) market.endsAt = now;
    }
  }

  private refine(token: string, tick: string): void {
    const market = this.byToken.get(token);
    if (market !== undefined) this.changeTick(market, tick);
  }

  private advance(market: PolymarketMarket, now: EpochMs): void {
    const { plan } = market;
    if (market.phase === 'open' && now >= market.endsAt) {
      market.phase = 'ended';
      this.settle(market);
    }
    if (market.phase === 'ended' && now >= market.endsAt + plan.resolvesAfterMs) this.resolve(market, now);
    if (market.resolvedAt !== undefined && now >= market.resolvedAt + KEPT_MS) this.forget(market);
  }

  private resolve(market: PolymarketMarket, now: EpochMs): void {
    market.phase = 'resolved';
    market.resolvedAt = now;
    market.book.clear(now);
    this.options.hooks.resolved(market);
    this.graves.bury(market.market.symbol, now);
  }

  private remove(market: PolymarketMarket, now: EpochMs): void {
    if (market.phase === 'resolved') return;
    market.phase = 'resolved';
    this.settle(market);
    this.forget(market);
    this.options.hooks.gone(market);
    this.graves.bury(market.market.symbol, now);
  }

  private forget({ plan }: PolymarketMarket): void {
    this.bySlug.delete(plan.slug);
    for (const token of plan.tokens) this.byToken.delete(token);
  }
}
