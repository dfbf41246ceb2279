import { type BookView, OrderBook } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { RefusedMessage } from '../refused-message.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { readAside } from './asides.ts';
import { toAnsweredTrades, toSnapshot } from './mapper.ts';
import { parseMessage, type WireMessage } from './message.ts';
import { PolledBook } from './polled-book.ts';
import { PolledTrades } from './polled-trades.ts';
import { Refusals } from './refusals.ts';

/** The wire's own names of what is polled. */
const KIND = { depthSnapshot: 'snapshot', trades: 'trades' } as const;
type Answer = Extract<WireMessage, { kind: keyof typeof KIND }>;

/** The REST answers that are asked for in turn while no socket brings the market. */
export class PolledConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly refusals: Refusals;
  private readonly trades: PolledTrades;
  private readonly books = new Map<FollowedInstrument, PolledBook>();

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
    this.refusals = new Refusals(desk);
    this.trades = new PolledTrades(desk);
  }

  read(frame: Frame): void {
    const { desk } = this;
    const message = parseMessage(frame);
    switch (message.kind) {
      case 'depthSnapshot':
      case 'trades':
        this.readAnswer(message, frame.receivedAt);
        return;
      case 'trade':
      case 'aggTrade':
      case 'depthUpdate':
      case 'bookTicker':
        desk.countUnknown(message.kind, `a message of a stream among polled answers, ${message.kind}`);
        return;
      case 'exchangeInfo':
      case 'not_modelled':
      case 'acknowledgement':
      case 'venue_error':
      case 'unknown':
        readAside(message, frame, desk);
        return;
      case 'malformed':
        this.putAside(message);
        return;
    }
  }

  tick(now: EpochMs): void {
    for (const book of this.books.values()) book.tick(now);
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed === undefined) return;
    this.books.delete(followed);
    this.trades.unfollow(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.books.get(followed)?.book;
  }

  /** The next picture counts in the new steps. */
  rulesChanged(followed: FollowedInstrument): void {
    const polled = this.books.get(followed);
    this.books.delete(followed);
    if (polled?.book.status !== 'live') return;
    polled.book.clear('stale');
    this.desk.bookDoubted(followed, 'refused', 'the venue changed the tick or lot size');
  }

  private readAnswer(message: Answer, now: EpochMs): void {
    const kind = KIND[message.kind];
    const followed = this.desk.find(message.symbol);
    if (followed === undefined) {
      this.desk.countUnfollowed(kind);
      return;
    }
    this.desk.count(kind, followed);
    const refused =
      message.kind === 'trades'
        ? this.useTrades(message, followed, now)
        : this.usePicture(message, followed, now);
    if (refused !== undefined) this.refusals.other(followed, this.refusals.words(followed, kind, refused));
  }

  private useTrades(
    { body }: Extract<Answer, { kind: 'trades' }>,
    followed: FollowedInstrument,
    now: EpochMs,
  ): RefusedMessage | undefined {
    const trades = toAnsweredTrades(body, followed.grids);
    if (trades instanceof RefusedMessage) return trades;
    this.trades.take(followed, trades, now);
    return undefined;
  }

  private usePicture(
    { body, limit }: Extract<Answer, { kind: 'depthSnapshot' }>,
    followed: FollowedInstrument,
    now: EpochMs,
  ): RefusedMessage | undefined {
    const picture = toSnapshot(body, limit, followed.grids);
    if (picture instanceof RefusedMessage) return picture;
    this.bookFor(followed).onPicture(picture, now);
    return undefined;
  }

  private bookFor(followed: FollowedInstrument): PolledBook {
    const known = this.books.get(followed);
    if (known !== undefined) return known;
    const book = new OrderBook(followed.instrument);
    const polled = new PolledBook(book, followed.counts, {
      changed: (occurredAt, isSnapshot) => this.desk.bookChanged(followed, book, occurredAt, isSnapshot),
      doubted: (doubt, detail) => this.desk.bookDoubted(followed, doubt, detail),
    });
    this.books.set(followed, polled);
    return polled;
  }

  /** The next answer shows again what this one should have. */
  private putAside({ symbol, detail }: Extract<WireMessage, { kind: 'malformed' }>): void {
    const followed = symbol === undefined ? undefined : this.desk.find(symbol);
    this.desk.countMalformed(detail);
    if (followed !== undefined) this.refusals.other(followed, detail);
  }
}
