import { type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import { type CatalogueAction, CatalogueScript, EmptyLists } from './catalogue-script.ts';
import type { ContractFloor } from './contract-floor.ts';
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

export interface PolymarketLivesOptions {
  readonly series: readonly PolymarketSeries[];
  readonly plans: readonly PolymarketPlan[];
  readonly actions: readonly PolymarketAction[];
  readonly floor: ContractFloor;
  readonly random: SeededRandom;
  readonly hooks: PolymarketHooks;
  readonly now: EpochMs;
}

/** Decided markets are listed for so long. */
const KEPT_MS = HOUR_MS;
/** Their books are known for so long, until what was said of them has come to everybody. */
const GRAVE_MS = MINUTE_MS;

/** The lives of a venue's markets by the clock: listed, ended, decided, forgotten. */
export class PolymarketLives {
  readonly series: readonly PolymarketSeries[];
  readonly empties = new EmptyLists();
  private readonly options: PolymarketLivesOptions;
  private readonly bySlug = new Map<string, PolymarketMarket>();
  private readonly byToken = new Map<string, PolymarketMarket>();
  private readonly script: CatalogueScript<PolymarketAction>;
  private readonly windows: WindowClock<PolymarketSeries>;
  private readonly graves: { readonly market: PolymarketMarket; readonly until: EpochMs }[] = [];
  private isSilent = true;

  constructor(options: PolymarketLivesOptions) {
    const { series, plans, actions, now } = options;
    this.options = options;
    this.series = series;
    this.script = new CatalogueScript(actions, now);
    this.windows = new WindowClock(series, now);
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
    for (const action of this.script.due(now)) this.act(action, now);
    for (const { series, opensAt } of this.windows.due(now))
      for (const plan of series.rolling.plans(opensAt)) this.create(plan, now);
    for (const market of this.bySlug.values()) this.advance(market, now);
    for (let [grave] = this.graves; grave !== undefined && grave.until <= now; [grave] = this.graves) {
      this.graves.shift();
      this.options.floor.remove(grave.market.market.symbol);
    }
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

  private act(action: PolymarketAction, now: EpochMs): void {
    switch (action.kind) {
      case 'list':
        this.create(action.plan, now);
        return;
      case 'delist': {
        const market = this.byToken.get(action.symbol);
        if (market !== undefined) this.remove(market, now);
        return;
      }
      case 'roll':
        this.hurry(action.series, now);
        return;
      case 'empty':
        this.empties.empty(action.series, now + action.forMs);
        return;
      case 'tick': {
        const market = this.byToken.get(action.symbol);
        if (market !== undefined) this.changeTick(market, action.tick);
        return;
      }
    }
  }

  private create(plan: PolymarketPlan, now: EpochMs): void {
    const { floor, random, hooks } = this.options;
    const made = this.isSilent ? plan : { ...plan, createdAt: now };
    const market = new PolymarketMarket(made, floor, random, now);
    this.bySlug.set(plan.slug, market);
    for (const token of plan.tokens) this.byToken.set(token, market);
    this.settle(market);
    if (!this.isSilent) hooks.created(market);
  }

  /** The running market of a series ends now; the one after it is listed already. */
  private hurry(series: string, now: EpochMs): void {
    for (const market of this.bySlug.values()) {
      const { plan } = market;
      const isRunning = (plan.startsAt ?? now) <= now && market.phase === 'open';
      if (plan.series?.slug === series && isRunning) market.endsAt = now;
    }
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
    this.graves.push({ market, until: plusMs(now, GRAVE_MS) });
  }

  private remove(market: PolymarketMarket, now: EpochMs): void {
    if (market.phase === 'resolved') return;
    market.phase = 'resolved';
    this.settle(market);
    this.forget(market);
    this.options.hooks.gone(market);
    this.graves.push({ market, until: plusMs(now, GRAVE_MS) });
  }

  private forget({ plan }: PolymarketMarket): void {
    this.bySlug.delete(plan.slug);
    for (const token of plan.tokens) this.byToken.delete(token);
  }
}
