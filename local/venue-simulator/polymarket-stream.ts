import { BOTH, type TokenIndex } from './polymarket-book.ts';
import { PolymarketClients } from './polymarket-clients.ts';
import type { PolymarketMarket, Print } from './polymarket-market.ts';
import { newMarketText, resolvedText } from './polymarket-objects.ts';
import type { SimConnection } from './sim-connection.ts';
import type { VenueDesk } from './sim-dialect.ts';
import type { ToldChange } from './told-book.ts';

/** A print is told so long after the change of the book that it caused. */
const PRINT_AFTER_MS = 150;
const HASH = /"hash":"[0-9a-f]{40}"/g;
const NO_HASH = `"hash":"${'0'.repeat(40)}"`;

interface OwedPrint {
  readonly market: PolymarketMarket;
  readonly print: Print;
  readonly dueAt: number;
}

/** Says what happens in the markets to whoever follows their tokens. */
export class PolymarketStream {
  readonly clients: PolymarketClients;
  private readonly desk: VenueDesk;
  /** The best prices that were told of each market. */
  private readonly touches = new WeakMap<PolymarketMarket, string>();
  private prints: OwedPrint[] = [];

  constructor(desk: VenueDesk) {
    this.desk = desk;
    this.clients = new PolymarketClients(desk.faults);
  }

  /** Changes of one moment, for both tokens, in either order. */
  tellChanges(market: PolymarketMarket, changes: readonly ToldChange[]): void {
    if (changes.length === 0) return;
    const listeners = this.clients.ofAny(market.plan.tokens);
    const order = this.desk.random.chance(0.5) ? BOTH.toReversed() : BOTH;
    const entries = order.flatMap((token) => this.entriesOf(market, changes, token, listeners.size > 0));
    if (entries.length > 0) this.send(market, listeners, market.priceChange(entries));
    this.tellTouch(market);
  }

  /** The books after a trade. */
  tellBooks(market: PolymarketMarket): void {
    this.tell(market, 'picture', (token) => market.laterBook(token));
  }

  owe(market: PolymarketMarket, print: Print): void {
    this.prints.push({ market, print, dueAt: this.desk.timers.now() + PRINT_AFTER_MS });
  }

  /** Prints whose time has come. */
  tellPrints(): void {
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

  /** The step of prices is another one; the books follow. */
  tellTick(market: PolymarketMarket, before: string): void {
    const { condition, tokens } = market.plan;
    const { tickSize, stamp } = market;
    this.tell(
      market,
      'other',
      (token) =>
        `{"event_type":"tick_size_change","market":"${condition}","asset_id":"${tokens[token]}","old_tick_size":"${before}","new_tick_size":"${tickSize}","timestamp":"${stamp}"}`,
    );
    this.tell(market, 'picture', (token) => market.firstBook(token));
  }

  /** To all who asked for more than books, whatever they follow. */
  tellCreated(market: PolymarketMarket): void {
    const text = newMarketText(market, this.desk.now());
    for (const connection of this.desk.connections())
      if (this.clients.hasFeatures(connection)) connection.send(text, 'other');
  }

  /** Its last word. */
  tellResolved(market: PolymarketMarket): void {
    const text = resolvedText(market, this.desk.now());
    for (const connection of this.clients.ofAny(market.plan.tokens))
      if (this.clients.hasFeatures(connection)) connection.send(text, 'other', market.market.symbol);
    this.clients.forget(market.plan.tokens);
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
      connection.send(isWrong ? text.replaceAll(HASH, NO_HASH) : text, 'book', symbol);
    }
  }

  private tellTouch(market: PolymarketMarket): void {
    const { bid, ask } = market.book.best(0);
    const touch = `${bid}/${ask}`;
    if (this.touches.get(market) === touch) return;
    this.touches.set(market, touch);
    this.tell(market, 'touch', (token) => market.bestBidAsk(token));
  }

  /** Says something of each token to those who follow it; best prices only to those who asked for more than books. */
  private tell(
    market: PolymarketMarket,
    topic: 'touch' | 'picture' | 'other',
    write: (token: TokenIndex) => string,
  ): void {
    for (const index of BOTH) {
      const token = market.plan.tokens[index];
      let text: string | undefined;
      for (const connection of this.clients.of(token)) {
        if (topic === 'touch' && !this.clients.hasFeatures(connection)) continue;
        if (this.desk.faults.isMute(token)) break;
        text ??= write(index);
        connection.send(text, topic, token);
      }
    }
  }
}
