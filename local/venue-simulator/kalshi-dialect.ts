import { SECOND_MS } from '../../core/time.ts';
import { contractFloorOf } from './contract-floor.ts';
import { errorText, KalshiCommands } from './kalshi-commands.ts';
import { KalshiFrames } from './kalshi-frames.ts';
import { type WeekPart, weekPartAt } from './kalshi-hours.ts';
import { type LifeEvent, lifecycleBody } from './kalshi-lifecycle.ts';
import { type KalshiAction, KalshiLives } from './kalshi-lives.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import type { KalshiPlan, KalshiSeries } from './kalshi-plans.ts';
import { KalshiRest } from './kalshi-rest.ts';
import { KalshiGate, type KalshiPublicKey } from './kalshi-signature.ts';
import { type Subscription, Subscriptions, tell } from './kalshi-subscriptions.ts';
import { RateMeter } from './rate-meter.ts';
import type { SimConnection } from './sim-connection.ts';
import {
  type DialectOf,
  json,
  type SimAnswer,
  type SimDialect,
  type SimRefusal,
  type SimRequest,
  type SimUpgrade,
  type VenueDesk,
} from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import type { ToldChange } from './told-book.ts';

export interface KalshiOptions {
  readonly series: readonly KalshiSeries[];
  /** Markets listed from the beginning, beside those of the series that roll. */
  readonly plans?: readonly KalshiPlan[];
  readonly actions?: readonly KalshiAction[];
  /** Who may open the stream; nobody unless told. */
  readonly keys?: readonly KalshiPublicKey[];
  /** Markets of one subscription; the venue does not say how many. */
  readonly marketsMax?: number;
  /** Answers to commands take a number of their subscription's count: true unless told, nobody knows. */
  readonly answersTakeNumbers?: boolean;
}

export const KALSHI_HOSTS = [
  'external-api-ws.kalshi.com',
  'external-api.kalshi.com',
  'api.elections.kalshi.com',
  'external-api-ws.demo.kalshi.co',
  'external-api.demo.kalshi.co',
  'demo-api.kalshi.co',
] as const;

const STREAM_PATH = '/trade-api/ws/v2';
const PING_EVERY_MS = 10 * SECOND_MS;
const TICKER_EVERY_MS = SECOND_MS;
const COMMANDS_PER_SECOND = 10;
const MARKETS_MAX = 1_000;
/** Closing code of a server that goes. */
const GOING_AWAY = 1001;

/** Kalshi's Trade API: a signed stream of numbered subscriptions, markets that roll by the clock, and REST. */
export class SimKalshi implements SimDialect {
  readonly wire = 'kalshi';
  readonly hosts = KALSHI_HOSTS;
  readonly lives: KalshiLives;
  private readonly desk: VenueDesk;
  private readonly gate: KalshiGate;
  private readonly rest: KalshiRest;
  private readonly commands: KalshiCommands;
  private readonly subscriptions = new Subscriptions();
  private readonly meters = new WeakMap<SimConnection, RateMeter>();
  private readonly frames = new WeakMap<KalshiMarket, KalshiFrames>();
  private week: WeekPart = 'open';

  constructor(desk: VenueDesk, options: KalshiOptions) {
    const { series, plans = [], actions = [], keys = [] } = options;
    this.desk = desk;
    this.gate = new KalshiGate(keys);
    const now = desk.timers.now();
    this.lives = new KalshiLives({
      series,
      plans,
      actions,
      floor: contractFloorOf(desk.floor),
      random: desk.random,
      now,
      hooks: {
        life: (market, event) => this.tellLife(market, event),
        opened: (market) => this.tellChanges(market, market.told.catchUp(desk.timers.now())),
        emptied: (market) => this.tellEmpty(market),
        gone: (market) => this.forget(market),
        overflow: (connection) => this.overflow(connection),
        isTrading: (market) =>
          this.week === 'open' && desk.faults.find('paused', market.ticker) === undefined,
      },
    });
    this.rest = new KalshiRest(desk, this.lives, {
      frames: (market) => this.framesOf(market),
      isTrading: () => this.isTrading(),
    });
    this.commands = new KalshiCommands(
      this.subscriptions,
      {
        isKnown: (ticker, connection) => this.isKnown(ticker, connection),
        begin: (subscription, tickers, wantsPicture) => this.begin(subscription, tickers, wantsPicture),
        show: (subscription, tickers) => {
          for (const ticker of tickers) this.show(subscription, ticker);
        },
        reply: (connection, run) => connection.later(desk.faults.sumMs('late_ack'), run),
      },
      {
        marketsMax: options.marketsMax ?? MARKETS_MAX,
        answersTakeNumbers: options.answersTakeNumbers ?? true,
      },
    );
    desk.every(SECOND_MS, () => this.look());
    desk.every(TICKER_EVERY_MS, () => this.tellTickers());
  }

  admit(request: SimUpgrade): SimRefusal | null {
    if (request.url.pathname !== STREAM_PATH) return json('{"error":{"code":"not_found"}}', 404);
    return this.gate.judge(request, this.desk.now());
  }

  opened(connection: SimConnection): void {
    this.meters.set(connection, new RateMeter(COMMANDS_PER_SECOND, SECOND_MS));
    connection.every(PING_EVERY_MS, () => connection.ping());
  }

  heard(connection: SimConnection, text: string): void {
    if (this.meters.get(connection)?.take(this.desk.timers.now()) === false)
      this.commands.complain(connection, 27);
    else this.commands.obey(connection, text);
  }

  closed(connection: SimConnection): void {
    this.subscriptions.leave(connection);
  }

  moved({ symbol }: SimMarket): void {
    const market = this.lives.of(symbol);
    if (market === undefined) return;
    market.noteTrades();
    const now = this.desk.timers.now();
    if (this.desk.faults.isMute(symbol)) {
      // What nobody may hear takes no number either, so that only a picture shows that it is missing.
      market.isBehind = true;
      return;
    }
    this.tellChanges(market, market.isBehind ? market.told.catchUp(now) : market.changes(now));
    market.isBehind = false;
    this.tellTrades(market);
  }

  /** A market of its own is halted; all at once, the exchange is, and nothing is said of single markets. */
  paused({ symbol }: SimMarket): void {
    const market = this.lives.of(symbol);
    if (market === undefined) return;
    const isOfAll = this.desk.faults.find('paused') !== undefined;
    const isHalted = this.desk.faults.find('paused', symbol) !== undefined;
    if (isHalted && !isOfAll) this.lives.pause(market, true);
    else if (!isHalted && market.phase === 'inactive') this.reactivate(market);
    this.lives.settle(market);
  }

  restartIds(): void {
    for (const subscription of this.subscriptions.all()) subscription.seq = 0;
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  /** The exchange as a whole. */
  private isTrading(): boolean {
    return this.week === 'open' && this.desk.faults.find('paused') === undefined;
  }

  private look(): void {
    const now = this.desk.timers.now();
    const week = weekPartAt(now);
    if (week !== this.week) this.enter(week);
    this.lives.look(now);
  }

  private enter(week: WeekPart): void {
    this.week = week;
    for (const market of this.lives.markets()) this.lives.settle(market);
    if (week !== 'deployed') return;
    for (const connection of this.desk.connections()) connection.close(GOING_AWAY, 'deploy');
  }

  /** What rested is canceled, and comes anew. */
  private reactivate(market: KalshiMarket): void {
    const now = this.desk.timers.now();
    this.tellChanges(market, market.told.empty(now));
    this.lives.pause(market, false);
    this.tellChanges(market, market.told.catchUp(now));
  }

  private isKnown(ticker: string, connection: SimConnection): boolean {
    const { faults } = this.desk;
    const hidden = faults.find('hidden_refusal', ticker, connection.n);
    if (hidden !== undefined) faults.strike(hidden, connection.n, ticker);
    return hidden === undefined && this.lives.of(ticker)?.isKnown(this.desk.timers.now()) === true;
  }

  /** Changes of a book are told after its first picture only. */
  private begin(subscription: Subscription, tickers: readonly string[], wantsPicture: boolean): void {
    const isBook = subscription.channel === 'orderbook_delta';
    for (const ticker of tickers) {
      if (!isBook) this.subscriptions.listen(subscription, ticker);
      if (wantsPicture) this.show(subscription, ticker);
    }
  }

  /** A picture is of the moment at which it is told, since it has a number like any other message. */
  private show(subscription: Subscription, ticker: string): void {
    const { faults } = this.desk;
    const { connection, channel } = subscription;
    connection.later(faults.sumMs('late_ack') + faults.sumMs('slow_snapshot', ticker), () => {
      const market = this.lives.of(ticker);
      const isLeft = this.subscriptions.find(connection, subscription.sid)?.tickers?.has(ticker) !== true;
      if (market === undefined || isLeft) return;
      this.subscriptions.listen(subscription, ticker);
      if (faults.isMute(ticker)) return;
      if (channel === 'ticker') this.tellTicker(market, subscription);
      else this.tellSnapshot(market, subscription);
    });
  }

  private tellSnapshot(market: KalshiMarket, subscription: Subscription): void {
    const body = this.framesOf(market).snapshot(subscription.usesYesPrice);
    tell(subscription, 'orderbook_snapshot', body, { topic: 'picture', symbol: market.ticker });
  }

  private tellChanges(market: KalshiMarket, changes: Iterable<ToldChange>): void {
    const frames = this.framesOf(market);
    const about = { topic: 'book', symbol: market.ticker } as const;
    const now = this.desk.now();
    for (const change of changes) {
      market.isTickerTold = false;
      const texts: [plain?: string, inYes?: string] = [];
      for (const subscription of this.subscriptions.about('orderbook_delta', market.ticker)) {
        const { usesYesPrice } = subscription;
        const n = usesYesPrice ? 1 : 0;
        const text = texts[n] ?? frames.delta(change, usesYesPrice, now);
        texts[n] = text;
        tell(subscription, 'orderbook_delta', text, about);
      }
    }
  }

  private tellTrades(market: KalshiMarket): void {
    const { trades } = market.market.book;
    if (trades.length === 0) return;
    const now = this.desk.now();
    const about = { topic: 'trade', symbol: market.ticker } as const;
    for (const trade of trades) {
      let text: string | undefined;
      for (const subscription of this.subscriptions.about('trade', market.ticker)) {
        text ??= this.framesOf(market).trade(trade, now);
        tell(subscription, 'trade', text, about);
      }
    }
  }

  private tellTickers(): void {
    for (const market of this.lives.markets()) {
      if (market.isTickerTold || this.desk.faults.isMute(market.ticker)) continue;
      market.isTickerTold = true;
      for (const subscription of this.subscriptions.about('ticker', market.ticker))
        this.tellTicker(market, subscription);
    }
  }

  private tellTicker(market: KalshiMarket, subscription: Subscription): void {
    const body = this.framesOf(market).ticker(this.desk.now());
    tell(subscription, 'ticker', body, { topic: 'touch', symbol: market.ticker });
  }

  private tellEmpty(market: KalshiMarket): void {
    for (const subscription of this.subscriptions.about('orderbook_delta', market.ticker))
      this.tellSnapshot(market, subscription);
  }

  private tellLife(market: KalshiMarket, event: LifeEvent): void {
    const body = lifecycleBody(market, event, this.desk.now());
    for (const subscription of this.subscriptions.about('market_lifecycle_v2', market.ticker))
      tell(subscription, 'market_lifecycle_v2', body, { topic: 'other', symbol: market.ticker });
  }

  private forget({ ticker }: KalshiMarket): void {
    for (const subscription of [...this.subscriptions.all()]) {
      if (subscription.tickers?.delete(ticker) !== true) continue;
      this.subscriptions.deafen(subscription, ticker);
    }
  }

  /** What was on its way is lost, with its numbers. */
  private overflow(n: number | undefined): void {
    for (const connection of this.desk.connections()) {
      if (n !== undefined && connection.n !== n) continue;
      for (const subscription of this.subscriptions.of(connection)) subscription.seq += 1;
      connection.send(errorText(25), 'ack');
    }
  }

  private framesOf(market: KalshiMarket): KalshiFrames {
    const known = this.frames.get(market);
    if (known !== undefined) return known;
    const frames = new KalshiFrames(market);
    this.frames.set(market, frames);
    return frames;
  }
}

/** The venue's side of Kalshi's protocol, for these series and markets. */
export const kalshiDialect =
  (options: KalshiOptions): DialectOf =>
  (desk) =>
    new SimKalshi(desk, options);
