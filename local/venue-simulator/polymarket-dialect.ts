import { SECOND_MS } from '../../core/time.ts';
import { contractFloorOf } from './contract-floor.ts';
import { objectIn } from './object-in.ts';
import { BOTH, type TokenIndex } from './polymarket-book.ts';
import { PolymarketClients } from './polymarket-clients.ts';
import { type PolymarketAction, PolymarketLives } from './polymarket-lives.ts';
import { type PolymarketMarket, type Print, tokenIndexOf } from './polymarket-market.ts';
import { newMarketText, resolvedText } from './polymarket-objects.ts';
import type { PolymarketPlan, PolymarketSeries } from './polymarket-plans.ts';
import { PolymarketRest } from './polymarket-rest.ts';
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
/** A print is told so long after the change of the book that it caused. */
const PRINT_AFTER_MS = 150;
/** Of steps that change several levels, so many are told in one message. */
const TOLD_TOGETHER = 0.15;
/** From here on, and as near to the other end, prices are in tenths of a cent. */
const FINE_FROM = 0.96;
const FINE_TICK = '0.001';
const COARSE_TICK = '0.01';
const NO_HASH = '0'.repeat(40);

interface PendingPrint {
  readonly market: PolymarketMarket;
  readonly print: Print;
  readonly dueAt: number;
}

/** Polymarket's market channel and its public REST services, the international venue. */
export class SimPolymarket implements SimDialect {
  readonly wire = 'polymarket';
  readonly hosts = POLYMARKET_HOSTS;
  readonly lives: PolymarketLives;
  private readonly desk: VenueDesk;
  private readonly rest: PolymarketRest;
  private readonly clients: PolymarketClients;
  private readonly touches = new WeakMap<PolymarketMarket, string>();
  private prints: PendingPrint[] = [];

  constructor(desk: VenueDesk, { series, plans = [], actions = [] }: PolymarketOptions) {
    this.desk = desk;
    this.clients = new PolymarketClients(desk.faults);
    this.lives = new PolymarketLives({
      series,
      plans,
      actions,
      floor: contractFloorOf(desk.floor),
      random: desk.random,
      now: desk.timers.now(),
      hooks: {
        created: (market) => this.tellCreated(market),
        resolved: (market) => this.tellResolved(market),
        gone: ({ plan }) => this.clients.forget(plan.tokens),
        tickChanged: (market, before) => this.tellTick(market, before),
        isTrading: ({ market }) => desk.faults.find('paused', market.symbol) === undefined,
      },
    });
    this.rest = new PolymarketRest(desk, this.lives);
    desk.every(SECOND_MS, () => this.lives.look(desk.timers.now()));
    desk.every(PRINTS_EVERY_MS, () => this.tellPrints());
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
    const command = this.clients.read(connection, objectIn(text));
    if (command === undefined) connection.send('INVALID OPERATION', 'ack');
    else if (command.kind === 'unsubscribe') this.clients.remove(connection, command.tokens);
    else this.subscribe(connection, command.tokens, command.wantsBooks);
  }

  closed(connection: SimConnection): void {
    this.clients.leave(connection);
  }

  moved({ symbol }: SimMarket): void {
    const market = this.lives.ofToken(symbol);
    if (market === undefined) return;
    const { trades, changes } = market.market.book;
    market.stamp = this.desk.now();
    if (trades.length === 0 && changes.length > 1 && this.desk.random.chance(TOLD_TOGETHER))
      this.tellChanges(
        market,
        changes.flatMap((change) => this.take(market, change)),
      );
    else
      for (const [n, change] of changes.entries()) {
        const trade = trades[n];
        if (trade !== undefined) this.owe(market, market.print(trade));
        this.tellChanges(market, this.take(market, change));
      }
    if (trades.length > 0) this.tellBooks(market);
    this.refine(market);
  }

  paused({ symbol }: SimMarket): void {
    const market = this.lives.ofToken(symbol);
    if (market !== undefined) this.lives.settle(market);
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  /** Nothing is acknowledged: the books are the answer, and of what is not carried there is none. */
  private subscribe(connection: SimConnection, tokens: readonly string[], wantsBooks: boolean): void {
    const { faults, timers } = this.desk;
    const delayMs =
      faults.sumMs('late_ack') + Math.max(0, ...tokens.map((one) => faults.sumMs('slow_snapshot', one)));
    connection.later(delayMs, () => {
      const known = tokens.filter((token) => this.lives.ofToken(token)?.hasBook(timers.now()) === true);
      const books = this.clients.add(connection, known);
      if (!wantsBooks) return;
      const texts = books.flatMap((token) => this.bookOf(token) ?? []);
      connection.send(`[${texts.join(',')}]`, 'picture', books.length === 1 ? books[0] : undefined);
    });
  }

  private bookOf(token: string): string | undefined {
    const market = this.lives.ofToken(token);
    const index = market && tokenIndexOf(market.plan, token);
    if (market === undefined || index === undefined || this.desk.faults.isMute(token)) return undefined;
    return market.firstBook(index);
  }

  /** One change of the book; none where it says what was said before. */
  private take(market: PolymarketMarket, change: Omit<ToldChange, 'by'>): ToldChange[] {
    const told = market.book.set(change.side, change.tick, change.lots, this.desk.timers.now());
    return told === undefined ? [] : [told];
  }

  /** Changes of one moment, for both tokens. */
  private tellChanges(market: PolymarketMarket, changes: readonly ToldChange[]): void {
    if (changes.length === 0) return;
    const listeners = this.clients.ofAny(market.plan.tokens);
    const isSecondFirst = this.desk.random.chance(0.5);
    const entries = (isSecondFirst ? BOTH.toReversed() : BOTH).flatMap((token) =>
      this.entriesOf(market, changes, token, listeners.size > 0),
    );
    if (entries.length > 0) this.send(market, listeners, market.priceChange(entries));
    this.tellTouch(market);
  }

  private entriesOf(
    market: PolymarketMarket,
    changes: readonly ToldChange[],
    token: TokenIndex,
    isHeard: boolean,
  ): string[] {
    if (this.desk.faults.isMute(market.plan.tokens[token])) {
      for (const change of changes) market.note(change, token);
      return [];
    }
    const all = market.behind[token].size === 0 ? changes : [...market.caughtUp(token), ...changes];
    if (!isHeard) return [];
    const hash = market.hash(token);
    return all.map((change) => market.entry(change, token, hash));
  }

  private send(market: PolymarketMarket, listeners: ReadonlySet<SimConnection>, text: string): void {
    const { symbol } = market.market;
    for (const connection of listeners) {
      const isWrong = this.desk.faults.take('checksum', symbol, connection.n) !== undefined;
      connection.send(isWrong ? text.replaceAll(HASH, `"hash":"${NO_HASH}"`) : text, 'book', symbol);
    }
  }

  private tellTouch(market: PolymarketMarket): void {
    const { bid, ask } = market.book.best(0);
    const touch = `${bid}/${ask}`;
    if (this.touches.get(market) === touch) return;
    this.touches.set(market, touch);
    this.tell(market, 'touch', true, (token) => market.bestBidAsk(token));
  }

  private tellBooks(market: PolymarketMarket): void {
    this.tell(market, 'picture', false, (token) => market.laterBook(token));
  }

  private owe(market: PolymarketMarket, print: Print): void {
    this.prints.push({ market, print, dueAt: this.desk.timers.now() + PRINT_AFTER_MS });
  }

  private tellPrints(): void {
    const now = this.desk.timers.now();
    const count = this.prints.findIndex(({ dueAt }) => dueAt > now);
    const due = count < 0 ? this.prints.splice(0) : this.prints.splice(0, count);
    for (const { market, print } of due) {
      const token = market.plan.tokens[print.token];
      if (market.phase === 'resolved' || this.desk.faults.isMute(token)) continue;
      for (const connection of this.clients.of(token))
        connection.send(market.lastTrade(print, this.desk.now()), 'trade', market.market.symbol);
    }
  }

  /** Near both ends prices get finer; the books follow. */
  private refine(market: PolymarketMarket): void {
    const { bestBid, bestAsk } = market.book.told;
    const dollar = market.market.mirrored(0);
    const isNear = bestBid >= FINE_FROM * dollar || bestAsk <= (1 - FINE_FROM) * dollar;
    if (market.tickSize === COARSE_TICK && isNear) this.lives.changeTick(market, FINE_TICK);
  }

  private tellTick(market: PolymarketMarket, before: string): void {
    const { condition, tokens } = market.plan;
    market.stamp = this.desk.now();
    this.tell(
      market,
      'other',
      false,
      (token) =>
        `{"event_type":"tick_size_change","market":"${condition}","asset_id":"${tokens[token]}","old_tick_size":"${before}","new_tick_size":"${market.tickSize}","timestamp":"${market.stamp}"}`,
    );
    this.tell(market, 'picture', false, (token) => market.firstBook(token));
  }

  /** Told to all who asked for more than books, whatever they follow. */
  private tellCreated(market: PolymarketMarket): void {
    const text = newMarketText(market, this.desk.now());
    for (const connection of this.desk.connections())
      if (this.clients.hasFeatures(connection)) connection.send(text, 'other');
  }

  private tellResolved(market: PolymarketMarket): void {
    const text = resolvedText(market, this.desk.now());
    for (const connection of this.clients.ofAny(market.plan.tokens))
      if (this.clients.hasFeatures(connection)) connection.send(text, 'other', market.market.symbol);
    this.clients.forget(market.plan.tokens);
  }

  /** Says something of each token to those who follow it. */
  private tell(
    market: PolymarketMarket,
    topic: 'touch' | 'picture' | 'other',
    isFeature: boolean,
    write: (token: TokenIndex) => string,
  ): void {
    for (const index of BOTH) {
      const token = market.plan.tokens[index];
      let text: string | undefined;
      for (const connection of this.clients.of(token)) {
        if (isFeature && !this.clients.hasFeatures(connection)) continue;
        if (this.desk.faults.isMute(token)) break;
        text ??= write(index);
        connection.send(text, topic, token);
      }
    }
  }
}

const HASH = /"hash":"[0-9a-f]{40}"/g;

/** The venue's side of Polymarket's protocol, for these series and markets. */
export const polymarketDialect =
  (options: PolymarketOptions): DialectOf =>
  (desk) =>
    new SimPolymarket(desk, options);
