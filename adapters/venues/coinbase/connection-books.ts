import type { BookView } from '../../../core/market/order-book.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { POLL } from '../frame-source.ts';
import type { Grids } from '../levels.ts';
import type { RefusedMessage } from '../refused-message.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { type BookRule, BookSync, type Moment } from './book.ts';
import { LevelMessage } from './mapper.ts';
import type { SharedBooks } from './shared-books.ts';

/** How often books are asked for by REST while no socket is there; a picture holds for three of these. */
export const POLL_EVERY_MS = 5_000;
const POLLED: BookRule = { crossedMsMax: 0, pictureMsMax: 3 * POLL_EVERY_MS };

/** Reads a wire's levels into the kept message. */
export type Fill<T> = (into: LevelMessage, wire: T, grids: Grids) => RefusedMessage | null;

/** What levels are to a book. `witness`: a picture beside a stream. */
export type LevelsKind = 'picture' | 'change' | 'witness';

/** One connection's books, by instrument: several may show one product's book. */
export class ConnectionBooks {
  /** Time of the newest frame or tick. */
  now: EpochMs = epochMs(0);
  private readonly desk: ConnectionDesk;
  private readonly shared: SharedBooks;
  private readonly rule: BookRule;
  private readonly syncs = new Map<FollowedInstrument, BookSync>();
  private readonly message = new LevelMessage();
  private readonly found: FollowedInstrument[] = [];
  /** A wire that follows whatever it meets also follows what cannot be: there, products show themselves alone. */
  private readonly followsAny: boolean;

  constructor(desk: ConnectionDesk, shared: SharedBooks, rule: BookRule) {
    this.desk = desk;
    this.shared = shared;
    this.rule = desk.connection === POLL ? POLLED : rule;
    this.followsAny = desk.isFollowed('');
  }

  get isPolled(): boolean {
    return this.rule === POLLED;
  }

  /** The followed instruments that messages about a product speak of; good until the next call. */
  showing(product: string): readonly FollowedInstrument[] {
    const { found } = this;
    found.length = 0;
    if (product === '') return found;
    if (this.followsAny) {
      const one = this.desk.find(product);
      if (one !== undefined) found.push(one);
      return found;
    }
    for (const symbol of this.shared.symbolsOf(product)) {
      const one = this.desk.find(symbol);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  take<T>(kind: LevelsKind, followed: FollowedInstrument, wire: T, fill: Fill<T>, moment: Moment): void {
    const fault = fill(this.message, wire, followed.grids);
    if (fault !== null) this.refuse(followed, fault.detail, kind);
    else if (kind === 'picture') this.syncOf(followed).onSnapshot(this.message, moment);
    else if (kind === 'change') this.syncOf(followed).onUpdate(this.message, moment);
    else this.syncs.get(followed)?.onWitness(this.message, moment.receivedAt);
  }

  /** A message about this book was malformed, or is not possible under its rules. */
  refuse(followed: FollowedInstrument, detail: string, kind: LevelsKind): void {
    const text = `${followed.instrument.symbol} ${detail}`;
    this.desk.note({ kind: 'refused', detail: text });
    if (kind === 'witness') followed.counts.refused += 1;
    else this.syncOf(followed).refuse(text, this.now, kind === 'picture');
  }

  /** Messages are missing of which nobody knows what they were about. */
  loseAll(detail: string): void {
    for (const sync of this.syncs.values()) sync.lose(detail, this.now);
  }

  /** Whether the loss of messages makes a book doubtful that was built, and so is counted there. */
  isBuilt(followed: FollowedInstrument): boolean {
    return this.syncs.get(followed)?.isBuilt === true;
  }

  lose(followed: FollowedInstrument, detail: string): void {
    this.syncs.get(followed)?.lose(detail, this.now);
  }

  /** A message came of which nobody can say what it was about. */
  suspectAll(detail: string): void {
    for (const sync of this.syncs.values()) sync.suspect(detail, this.now);
  }

  tick(now: EpochMs): void {
    this.now = now;
    for (const sync of this.syncs.values()) sync.tick(now);
  }

  unfollow(followed: FollowedInstrument): void {
    this.syncs.delete(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.syncs.get(followed)?.book;
  }

  /** A book in other steps is built from the next picture. */
  rulesChanged(followed: FollowedInstrument): void {
    const before = this.syncs.get(followed);
    if (before === undefined) return;
    const why = 'the venue changed the tick or lot size';
    this.syncs.delete(followed);
    if (!before.isBuilt) return;
    before.book.clear('stale');
    this.desk.bookDoubted(followed, 'refused', why);
    this.syncOf(followed).begin(why, this.now);
  }

  /** Holds the venue's own best prices, sent beside the book, against it; both move, so differences are counts only. */
  compareTouch(followed: FollowedInstrument, bidTicks: number, askTicks: number): void {
    const book = this.syncs.get(followed)?.book;
    if (book === undefined || book.status !== 'live') return;
    followed.counts.touchChecks += 1;
    if (book.bestBid === bidTicks && book.bestAsk === askTicks) followed.counts.touchAgreed += 1;
  }

  private syncOf(followed: FollowedInstrument): BookSync {
    const known = this.syncs.get(followed);
    if (known !== undefined) return known;
    const { desk } = this;
    const { symbol } = followed.instrument;
    const book = new OrderBook(followed.instrument);
    const sync = new BookSync(book, followed.counts, this.rule, {
      changed: (occurredAt, isSnapshot) => desk.bookChanged(followed, book, occurredAt, isSnapshot),
      doubted: (doubt, detail) => desk.bookDoubted(followed, doubt, detail),
      requestSnapshot: (why) => desk.needSnapshot(symbol, why),
      giveUp: (why) => desk.needReconnect(`${symbol}: ${why}`),
    });
    this.syncs.set(followed, sync);
    return sync;
  }
}
