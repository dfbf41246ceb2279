import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { POLL } from '../frame-source.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { TokenBook } from './book.ts';
import { conditionOf } from './ids.ts';
import { LastPrices } from './last-prices.ts';
import type { MarketRegistry } from './market-registry.ts';

/** More markets than any connection carries. */
const MARKETS_MAX = 1_000;

/** The books of one connection, and the newest prints of their markets. */
export class TokenBooks {
  private readonly desk: ConnectionDesk;
  private readonly registry: MarketRegistry;
  private readonly polledMaxMs: number;
  private readonly books = new Map<FollowedInstrument, TokenBook>();
  private readonly prices = new Map<string, LastPrices>();

  constructor(desk: ConnectionDesk, registry: MarketRegistry, polledMaxMs: number) {
    this.desk = desk;
    this.registry = registry;
    this.polledMaxMs = polledMaxMs;
  }

  get(followed: FollowedInstrument): TokenBook | undefined {
    return this.books.get(followed);
  }

  /** The book of a token, an empty one from its first message on. `market`: the condition id in that message. */
  of(followed: FollowedInstrument, market: string): TokenBook {
    return this.books.get(followed) ?? this.open(followed, market);
  }

  /** The newest prints of a market, whichever of its tokens they were on. */
  pricesOf(market: string): LastPrices {
    const condition = conditionOf(market) ?? '';
    const known = this.prices.get(condition);
    if (known !== undefined) return known;
    // Only markets of followed tokens get here; what is forgotten is learned from the next print.
    if (this.prices.size >= MARKETS_MAX) this.prices.clear();
    const prices = new LastPrices();
    this.prices.set(condition, prices);
    return prices;
  }

  forget(followed: FollowedInstrument): void {
    this.books.delete(followed);
  }

  /** Prices are counted in other steps from now on: the book is built anew from the next picture. */
  rulesChanged(followed: FollowedInstrument, now: EpochMs): void {
    const before = this.books.get(followed);
    if (before === undefined) return;
    before.refuse('the venue changed the tick', null, now);
    this.open(followed, before.market).continueFrom(before);
  }

  tick(now: EpochMs): void {
    for (const [followed, book] of this.books)
      if (this.registry.lifeOf(followed).isOver) book.close('the market is decided');
      else book.tick(now, this.polledMaxMs);
  }

  /** A message that may have been about any token could not be read. */
  refuseAll(detail: string, now: EpochMs): void {
    for (const book of this.books.values())
      if (book.folded.book.status === 'live') book.refuse(detail, null, now);
  }

  private open(followed: FollowedInstrument, market: string): TokenBook {
    const { desk } = this;
    const { instrument, counts } = followed;
    const { symbol } = instrument;
    const { facts } = this.registry.lifeOf(followed);
    const book: TokenBook = new TokenBook(instrument, counts, {
      facts,
      market,
      prices: this.pricesOf(market),
      changed: (occurredAt, isSnapshot) =>
        desk.bookChanged(followed, book.folded.book, occurredAt, isSnapshot),
      doubted: (doubt, detail) => desk.bookDoubted(followed, doubt, detail),
      // Who polls asks for the next picture in any case.
      requestSnapshot: (why) => desk.connection !== POLL && desk.needSnapshot(symbol, why),
      streamDied: (why) => desk.needReconnect(`${symbol}: ${why}`),
    });
    this.books.set(followed, book);
    return book;
  }
}
