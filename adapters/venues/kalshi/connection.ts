import type { BookView } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { type Frame, POLL } from '../frame-source.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { MarketLives } from './lifecycle.ts';
import { type KalshiRules, MarketBooks, type SharedKnowledge } from './market-books.ts';
import { parseStream } from './messages.ts';
import { parseRest } from './rest.ts';
import { RestPart } from './rest-part.ts';
import { StreamPart } from './stream-part.ts';

/** One connection's messages, and the answers by REST that were asked for it. */
export class KalshiConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly books: MarketBooks;
  private readonly lives: MarketLives;
  private readonly stream: StreamPart;
  private readonly rest: RestPart;
  private now: EpochMs | undefined;

  constructor(desk: ConnectionDesk, shared: SharedKnowledge, rules: KalshiRules) {
    const { calendar, habit } = shared;
    this.desk = desk;
    this.books = new MarketBooks(desk, shared, rules);
    this.lives = new MarketLives(desk, calendar);
    this.stream = new StreamPart(desk, this.books, this.lives, { checksGaps: rules.gapCheck, habit });
    this.rest = new RestPart(desk, this.books, this.lives);
  }

  read(frame: Frame): void {
    const { receivedAt: now } = frame;
    this.now = now;
    this.lives.tick(now);
    if (frame.encoding !== undefined) this.desk.countMalformed('a binary message');
    else if (this.desk.connection === POLL || frame.channel.startsWith('rest'))
      this.rest.read(parseRest(frame), this.hasStream(), now);
    else this.stream.read(parseStream(frame.raw, frame.channel), now);
  }

  tick(now: EpochMs): void {
    this.now = now;
    this.lives.tick(now);
    this.books.tick(now);
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed !== undefined) this.books.forget(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.books.get(followed)?.book.book;
  }

  rulesChanged(followed: FollowedInstrument): void {
    const kept = this.books.get(followed);
    if (kept === undefined) return;
    this.books.forget(followed);
    if (this.now !== undefined) kept.book.lose('refused', 'the venue changed the tick', this.now);
  }

  /** Where a recorder names no connection, all may be answers by REST: then pictures are all there is. */
  private hasStream(): boolean {
    const { connection } = this.desk;
    return connection !== POLL && (connection !== undefined || this.stream.hasBooks);
  }
}
