import { SECOND_MS } from '../../core/time.ts';
import { livesPlaceOf } from './contract-floor.ts';
import { objectIn } from './object-in.ts';
import { type PolymarketAction, PolymarketLives } from './polymarket-lives.ts';
import { type PolymarketMarket, tokenIndexOf } from './polymarket-market.ts';
import type { PolymarketPlan, PolymarketSeries } from './polymarket-plans.ts';
import { PolymarketRest } from './polymarket-rest.ts';
import { PolymarketStream } from './polymarket-stream.ts';
import type { SimChange } from './sim-book.ts';
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

export interface PolymarketOptions {
  readonly series: readonly PolymarketSeries[];
  /** Markets listed from the beginning, beside those of the series. */
  readonly plans?: readonly PolymarketPlan[];
  readonly actions?: readonly PolymarketAction[];
}

export const POLYMARKET_HOSTS = [
  'ws-subscriptions-clob.polymarket.com',
  'clob.polymarket.com',
  'gamma-api.polymarket.com',
  'data-api.polymarket.com',
] as const;

const STREAM_PATH = '/ws/market';
const PRINTS_EVERY_MS = 100;
/** Of steps that change several levels, so many are told in one message. */
const TOLD_TOGETHER = 0.15;
/** From here on, and as near to the other end, prices are in tenths of a cent. */
const FINE_FROM = 0.96;
const FINE_TICK = '0.001';
const COARSE_TICK = '0.01';

/** Polymarket's market channel and its public REST services, the international venue. */
export class SimPolymarket implements SimDialect {
  readonly wire = 'polymarket';
  readonly hosts = POLYMARKET_HOSTS;
  readonly lives: PolymarketLives;
  private readonly desk: VenueDesk;
  private readonly rest: PolymarketRest;
  private readonly stream: PolymarketStream;

  constructor(desk: VenueDesk, options: PolymarketOptions) {
    this.desk = desk;
    this.stream = new PolymarketStream(desk);
    this.lives = this.livesOf(options);
    this.rest = new PolymarketRest(desk, this.lives);
    desk.every(SECOND_MS, () => this.lives.look(desk.timers.now()));
    desk.every(PRINTS_EVERY_MS, () => this.stream.tellPrints());
  }

  admit({ url }: SimUpgrade): SimRefusal | null {
    return url.pathname === STREAM_PATH ? null : json('{"error":"not found"}', 404);
  }

  opened(): void {}

  heard(connection: SimConnection, text: string): void {
    if (text === 'PING') {
      connection.send('PONG', 'beat');
      return;
    }
    const { clients } = this.stream;
    const command = clients.read(connection, objectIn(text));
    if (command === undefined) connection.send('INVALID OPERATION', 'ack');
    else if (command.kind === 'unsubscribe') clients.remove(connection, command.tokens);
    else this.subscribe(connection, command.tokens, command.wantsBooks);
  }

  closed(connection: SimConnection): void {
    this.stream.clients.leave(connection);
  }

  moved({ symbol }: SimMarket): void {
    const market = this.lives.ofToken(symbol);
    if (market === undefined) return;
    const { trades, changes } = market.market.book;
    market.stamp = this.desk.now();
    if (trades.length === 0 && changes.length > 1 && this.desk.random.chance(TOLD_TOGETHER))
      this.stream.tellChanges(
        market,
        changes.flatMap((change) => this.take(market, change)),
      );
    else this.tellEach(market);
    if (trades.length > 0) this.stream.tellBooks(market);
    this.refine(market);
  }

  paused({ symbol }: SimMarket): void {
    const market = this.lives.ofToken(symbol);
    if (market !== undefined) this.lives.settle(market);
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  private livesOf({ series, plans = [], actions = [] }: PolymarketOptions): PolymarketLives {
    const { desk, stream } = this;
    return new PolymarketLives({
      ...livesPlaceOf(desk),
      series,
      plans,
      actions,
      hooks: {
        created: (market) => stream.tellCreated(market),
        resolved: (market) => stream.tellResolved(market),
        gone: ({ plan }) => stream.clients.forget(plan.tokens),
        tickChanged: (market, before) => {
          market.stamp = desk.now();
          stream.tellTick(market, before);
        },
        isTrading: ({ market }) => desk.faults.find('paused', market.symbol) === undefined,
      },
    });
  }

  /** Nothing is acknowledged: the books are the answer, and of what is not carried there is none. */
  private subscribe(connection: SimConnection, tokens: readonly string[], wantsBooks: boolean): void {
    const { faults, timers } = this.desk;
    const picturesMs = Math.max(0, ...tokens.map((token) => faults.sumMs('slow_snapshot', token)));
    connection.later(faults.sumMs('late_ack') + picturesMs, () => {
      const known = tokens.filter((token) => this.lives.ofToken(token)?.hasBook(timers.now()) === true);
      const shown = this.stream.clients.add(connection, known);
      if (!wantsBooks) return;
      const books = shown.flatMap((token) => this.bookOf(token) ?? []);
      connection.send(`[${books.join(',')}]`, 'picture', shown.length === 1 ? shown[0] : undefined);
    });
  }

  private bookOf(token: string): string | undefined {
    const market = this.lives.ofToken(token);
    const index = market && tokenIndexOf(market.plan, token);
    if (market === undefined || index === undefined || this.desk.faults.isMute(token)) return undefined;
    return market.firstBook(index);
  }

  /** Change by change; the n-th one of a step that traded is what its n-th trade did. */
  private tellEach(market: PolymarketMarket): void {
    const { trades, changes } = market.market.book;
    for (const [n, change] of changes.entries()) {
      const trade = trades[n];
      if (trade !== undefined) this.stream.owe(market, market.print(trade));
      this.stream.tellChanges(market, this.take(market, change));
    }
  }

  /** One change of the book; none where it says what was said before. */
  private take({ book }: PolymarketMarket, { side, tick, lots }: SimChange): readonly ToldChange[] {
    const told = book.set(side, tick, lots, this.desk.timers.now());
    return told === undefined ? [] : [told];
  }

  /** Near both ends prices get finer. */
  private refine(market: PolymarketMarket): void {
    const { bestBid, bestAsk } = market.book.told;
    const dollar = market.market.mirrored(0);
    const isNear = bestBid >= FINE_FROM * dollar || bestAsk <= (1 - FINE_FROM) * dollar;
    if (market.tickSize === COARSE_TICK && isNear) this.lives.changeTick(market, FINE_TICK);
  }
}

/** The venue's side of Polymarket's protocol, for these series and markets. */
export const polymarketDialect =
  (options: PolymarketOptions): DialectOf =>
  (desk) =>
    new SimPolymarket(desk, options);
