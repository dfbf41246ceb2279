import { SECOND_MS } from '../../core/time.ts';
import { livesPlaceOf } from './contract-floor.ts';
import { KalshiCommands } from './kalshi-commands.ts';
import { type WeekPart, weekPartAt } from './kalshi-hours.ts';
import { type KalshiAction, KalshiLives } from './kalshi-lives.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import type { KalshiPlan, KalshiSeries } from './kalshi-plans.ts';
import { KalshiRest } from './kalshi-rest.ts';
import { KalshiGate, type KalshiPublicKey } from './kalshi-signature.ts';
import { KalshiStream } from './kalshi-stream.ts';
import { notFound } from './kalshi-words.ts';
import { RateMeter } from './rate-meter.ts';
import type { SimConnection } from './sim-connection.ts';
import type {
  DialectOf,
  SimAnswer,
  SimDialect,
  SimRefusal,
  SimRequest,
  SimUpgrade,
  VenueDesk,
} from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';

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
  private readonly stream: KalshiStream;
  private readonly commands: KalshiCommands;
  private readonly meters = new WeakMap<SimConnection, RateMeter>();
  private week: WeekPart = 'open';

  constructor(desk: VenueDesk, options: KalshiOptions) {
    this.desk = desk;
    this.gate = new KalshiGate(options.keys ?? []);
    this.stream = new KalshiStream(desk);
    this.lives = this.livesOf(options);
    this.commands = this.commandsOf(options);
    this.rest = new KalshiRest(desk, {
      lives: this.lives,
      framesOf: (market) => this.stream.framesOf(market),
      isTrading: () => this.week === 'open' && desk.faults.find('paused') === undefined,
    });
    desk.every(SECOND_MS, () => this.look());
    desk.every(TICKER_EVERY_MS, () => this.stream.tellTickers(this.lives.markets()));
  }

  admit(request: SimUpgrade): SimRefusal | null {
    return request.url.pathname === STREAM_PATH ? this.gate.judge(request, this.desk.now()) : notFound();
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
    this.stream.subscriptions.leave(connection);
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
    this.stream.tellChanges(market, market.isBehind ? market.told.catchUp(now) : market.changes(now));
    market.isBehind = false;
    this.stream.tellTrades(market);
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
    for (const subscription of this.stream.subscriptions.all()) subscription.seq = 0;
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  private livesOf({ series, plans = [], actions = [] }: KalshiOptions): KalshiLives {
    const { desk, stream } = this;
    return new KalshiLives({
      ...livesPlaceOf(desk),
      series,
      plans,
      actions,
      hooks: {
        life: (market, event) => stream.tellLife(market, event),
        opened: (market) => stream.tellChanges(market, market.told.catchUp(desk.timers.now())),
        emptied: (market) => stream.tellPicture(market),
        gone: (market) => stream.forget(market),
        overflow: (connection) => stream.overflow(connection),
        isTrading: ({ ticker }) => this.week === 'open' && desk.faults.find('paused', ticker) === undefined,
      },
    });
  }

  private commandsOf({ marketsMax = MARKETS_MAX, answersTakeNumbers = true }: KalshiOptions): KalshiCommands {
    const { desk, stream, lives } = this;
    return new KalshiCommands(
      stream.subscriptions,
      {
        isKnown: (ticker, connection) => this.isKnown(ticker, connection),
        begin: (subscription, tickers, wantsPicture) =>
          stream.begin(lives, subscription, tickers, wantsPicture),
        show: (subscription, ticker) => stream.show(lives, subscription, ticker),
        reply: (connection, run) => connection.later(desk.faults.sumMs('late_ack'), run),
      },
      { marketsMax, answersTakeNumbers },
    );
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
    this.stream.tellChanges(market, market.told.empty(now));
    this.lives.pause(market, false);
    this.stream.tellChanges(market, market.told.catchUp(now));
  }

  private isKnown(ticker: string, connection: SimConnection): boolean {
    const { faults } = this.desk;
    const hidden = faults.find('hidden_refusal', ticker, connection.n);
    if (hidden !== undefined) faults.strike(hidden, connection.n, ticker);
    return hidden === undefined && this.lives.of(ticker)?.isKnown(this.desk.timers.now()) === true;
  }
}

/** The venue's side of Kalshi's protocol, for these series and markets. */
export const kalshiDialect =
  (options: KalshiOptions): DialectOf =>
  (desk) =>
    new SimKalshi(desk, options);
