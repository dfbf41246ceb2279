import type { BookView } from '../../../core/market/order-book.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { type Frame, POLL } from '../frame-source.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { TokenBooks } from './books.ts';
import { MarketLives } from './market-lives.ts';
import type { MarketRegistry } from './market-registry.ts';
import { parseStream } from './messages.ts';
import { parseRest } from './rest.ts';
import { RestPart } from './rest-part.ts';
import { StreamPart } from './stream-part.ts';

/** One connection's messages, and the answers by REST that were asked for it. */
export class PolymarketConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly registry: MarketRegistry;
  private readonly books: TokenBooks;
  private readonly stream: StreamPart;
  private readonly rest: RestPart;
  private now: EpochMs = epochMs(0);

  constructor(desk: ConnectionDesk, registry: MarketRegistry, polledMaxMs: number) {
    const lives = new MarketLives(desk, registry);
    this.desk = desk;
    this.registry = registry;
    this.books = new TokenBooks(desk, registry, polledMaxMs);
    this.stream = new StreamPart(desk, this.books, registry, lives);
    this.rest = new RestPart(desk, this.books, registry, lives);
  }

  read(frame: Frame): void {
    this.now = frame.receivedAt;
    if (frame.encoding !== undefined) this.desk.countMalformed('a binary message');
    else if (this.desk.connection === POLL || frame.channel.startsWith('rest'))
      this.rest.read(parseRest(frame), this.hasStream(), this.now);
    else this.stream.read(parseStream(frame.raw), this.now);
  }

  tick(now: EpochMs): void {
    this.now = now;
    this.books.tick(now);
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed !== undefined) this.books.forget(followed);
  }

  /** A market that is over has no book, on whichever connection its end was told. */
  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.registry.lifeOf(followed).isOver ? undefined : this.books.get(followed)?.folded.book;
  }

  rulesChanged(followed: FollowedInstrument): void {
    this.books.rulesChanged(followed, this.now);
  }

  /** Where a recorder names no connection, all may be answers by REST: then pictures are all there is. */
  private hasStream(): boolean {
    const { connection } = this.desk;
    return connection !== POLL && (connection !== undefined || this.stream.hasBooks);
  }
}
