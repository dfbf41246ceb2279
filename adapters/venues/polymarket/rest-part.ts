import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import { Unreadable } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { orderOf } from '../wire-times.ts';
import type { TokenBooks } from './books.ts';
import type { ListedMarket } from './gamma.ts';
import { toPicture } from './mapper.ts';
import { toMarketFacts } from './market-facts.ts';
import type { MarketLives } from './market-lives.ts';
import type { MarketRegistry } from './market-registry.ts';
import { toResolution, toTokenPayout } from './resolutions.ts';
import type { RestMessage } from './rest.ts';
import type { WireBook } from './schema.ts';
import { timeOfStamp } from './times.ts';
import { toHistory, toTradeRow } from './trade-rows.ts';

/** Reads answers by REST: rules, pictures of books, outcomes, trades. */
export class RestPart {
  private readonly desk: ConnectionDesk;
  private readonly books: TokenBooks;
  private readonly registry: MarketRegistry;
  private readonly lives: MarketLives;
  private openedAt: EpochMs | undefined;

  constructor(desk: ConnectionDesk, books: TokenBooks, registry: MarketRegistry, lives: MarketLives) {
    this.desk = desk;
    this.books = books;
    this.registry = registry;
    this.lives = lives;
  }

  /** `hasStream`: a picture of a book repairs or bears witness; else it is all there is. */
  read(message: RestMessage, hasStream: boolean, now: EpochMs): void {
    const { desk } = this;
    this.openedAt ??= now;
    switch (message.kind) {
      case 'books':
        this.onBooks(message, hasStream, now);
        return;
      case 'markets':
        desk.count(message.name);
        for (const one of message.markets) this.onMarket(one);
        return;
      case 'tokens':
        desk.count(message.name);
        for (const row of message.rows) this.onToken(row);
        return;
      case 'resolutions':
        desk.count(message.name);
        for (const row of message.rows) this.onResolution(row);
        return;
      case 'trades':
        desk.count(message.name);
        for (const row of message.rows) this.onTrade(row);
        return;
      case 'unknown':
        desk.countUnknown(message.name, message.detail);
        return;
      case 'venue_error':
        desk.countVenueError(message.detail);
        return;
      case 'malformed':
        // The next answer brings what this one did not.
        desk.countMalformed(message.detail);
        return;
    }
  }

  private onBooks(
    { name, books }: Extract<RestMessage, { kind: 'books' }>,
    hasStream: boolean,
    now: EpochMs,
  ): void {
    const broken = books.find((book) => book instanceof Unreadable);
    if (broken instanceof Unreadable) this.desk.countMalformed(`${name} ${broken.detail}`);
    else this.desk.count(name);
    for (const book of books) if (!(book instanceof Unreadable)) this.onBook(book, name, hasStream, now);
  }

  private onBook(wire: WireBook, name: string, hasStream: boolean, now: EpochMs): void {
    const followed = this.desk.find(wire.asset_id);
    if (followed === undefined) return;
    followed.saw(name);
    if (this.registry.lifeOf(followed).isOver) return;
    this.lives.takeBookFacts(followed, wire, now);
    const book = this.books.of(followed, wire.market);
    const picture = toPicture(wire, followed.grids, now);
    if (picture instanceof Unreadable) {
      const detail = `${wire.asset_id} ${name} ${picture.detail}`;
      followed.counts.refused += 1;
      this.desk.note({ kind: 'refused', detail });
      // Where it is all there is, nothing shows the book any more.
      if (!hasStream) book.refuse(detail, orderOf(timeOfStamp(wire.timestamp), now), now);
    } else if (hasStream) book.onAnswer(picture, now);
    else book.onPolled(picture, now);
  }

  private onMarket({ market, event }: ListedMarket): void {
    const facts = toMarketFacts(market, event);
    if (typeof facts !== 'string') this.lives.takeMarket(facts);
    else this.desk.note({ kind: 'refused', detail: `market ${facts}` });
  }

  private onToken(row: unknown): void {
    const found = toTokenPayout(row);
    if (typeof found === 'string') this.desk.note({ kind: 'refused', detail: `tokens ${found}` });
    if (typeof found === 'string' || found === null || !this.desk.isFollowed(found.token)) return;
    const followed = this.desk.find(found.token);
    if (followed === undefined) return;
    this.lives.resolve(followed, found.payout, null);
    this.books.get(followed)?.close('the market is decided');
  }

  private onResolution(row: unknown): void {
    const found = toResolution(row);
    if (typeof found === 'string') this.desk.note({ kind: 'refused', detail: `resolutions ${found}` });
    else if (found !== null)
      this.lives.takePayouts(found.condition, found.payouts, 'resolutions', found.resolvedAt);
  }

  private onTrade(row: unknown): void {
    const wire = toTradeRow(row);
    if (wire instanceof Unreadable) {
      this.desk.note({ kind: 'refused', detail: `trades ${wire.detail}` });
      return;
    }
    const followed = this.desk.find(wire.token_id);
    const trade = followed && toHistory(wire, followed.grids);
    if (followed === undefined || trade === undefined) return;
    if (trade instanceof Unreadable) {
      followed.counts.refused += 1;
      this.desk.note({ kind: 'refused', detail: `${wire.token_id} trades ${trade.detail}` });
      // Rows have whole seconds. What happened before this began would only be history of history.
    } else if (trade.occurredAt + SECOND_MS > (this.openedAt ?? 0)) this.desk.tradeHistory(followed, trade);
  }
}
