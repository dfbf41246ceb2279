import type { Instrument } from '../../../core/market/instrument.ts';
import type { BookDoubt } from '../../../core/market/market-update.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import { FoldedBook } from './folded-book.ts';
import { HashCheck, type HashFacts } from './hash-check.ts';
import type { LastPrices } from './last-prices.ts';
import type { Best, BookMark, LevelChange, Picture } from './mapper.ts';

/** Changes kept until a picture comes: far more than a token has in the second that an answer takes. */
const BUFFER_MAX = 500;
/** A picture that was asked for comes within a second; after this it is asked for again. */
const ANSWER_MS = 5 * SECOND_MS;
/** What REST or a best price shows has reached the stream by then, unless the stream is dead. */
const PATIENCE_MS = 5 * SECOND_MS;

export interface BookPorts {
  readonly facts: HashFacts;
  /** The condition id of the token's market. */
  readonly market: string;
  /** The market's newest prints, shared with the books of its other tokens. */
  readonly prices: LastPrices;
  /** The book was changed by a complete message, or has just been proven by a picture. */
  changed(occurredAt: EpochMs | null, isSnapshot: boolean): void;
  /** The book was cleared, since it is not proven any more. */
  doubted(doubt: BookDoubt, detail: string): void;
  requestSnapshot(why: string): void;
  /** The subscription does not bring what the venue has. */
  streamDied(why: string): void;
}

/** All entries of one `price_change` that are about one token. */
export interface BookChange {
  readonly mark: BookMark;
  readonly levels: readonly LevelChange[];
  /** Of the last entry: the venue's own best prices when all entries are applied. */
  readonly best: Best;
  /** Prices that the market's newest print may have had. */
  readonly hints: readonly string[];
}

/**
 * One token's book on one connection. The venue numbers nothing, so that a book is proven by what each message says of the
 * state after it: the best prices on both sides, and a hash of all levels where it is known how that is made. A whole
 * picture replaces everything; pictures of the stream stand where they came, those by REST are placed by their time.
 */
export class TokenBook {
  readonly folded: FoldedBook;
  private readonly counts: QualityCounts;
  private readonly ports: BookPorts;
  private readonly hash: HashCheck;
  /** Newest message of the stream, used or not. */
  private newest: BookMark | undefined;
  /** Changes since the book was last proven, for a picture by REST to go on with. */
  private buffer: BookChange[] = [];
  /** Changes up to this moment are not in the buffer: an older picture cannot be continued. */
  private lostAt = 0;
  /** The book began with a picture by REST of this moment, and the stream has not come to it yet. */
  private pictureAt = 0;
  private askedAt: EpochMs | undefined;
  private why = '';
  private polledAt: EpochMs | undefined;
  /** Something else than the stream showed another book, and the stream has been silent since. */
  private suspectedAt: EpochMs | undefined;
  private suspicion = '';
  private deaths = 0;
  private badPictures = 0;

  constructor(instrument: Instrument, counts: QualityCounts, ports: BookPorts) {
    this.folded = new FoldedBook(instrument);
    this.hash = new HashCheck(instrument.symbol, ports.facts);
    this.counts = counts;
    this.ports = ports;
  }

  get market(): string {
    return this.ports.market;
  }

  /** A picture of the stream: everything before it is in it, whatever time it bears. */
  onPicture(picture: Picture, now: EpochMs): void {
    this.heard(picture.mark);
    this.buffer = [];
    this.pictureAt = 0;
    this.polledAt = undefined;
    this.begin(picture, now);
  }

  onChange(change: BookChange, now: EpochMs): void {
    const { mark } = change;
    if (this.isSame(mark)) {
      this.counts.bookRepeated += 1;
      return;
    }
    this.heard(mark);
    if (this.folded.book.status !== 'live') this.keep(change);
    else if (this.isInPicture(mark)) this.counts.bookBeforeSnapshot += 1;
    else this.apply(change, now);
  }

  /** A picture by REST beside the stream: the repair of a book in doubt, else a witness of what the stream brought. */
  onAnswer(picture: Picture, now: EpochMs): void {
    const { book } = this.folded;
    const { mark } = picture;
    const newestAt = book.status === 'live' ? Math.max(this.newest?.at ?? 0, book.sequence) : this.lostAt;
    if ((mark.at ?? 0) < newestAt) this.counts.snapshotsTooOld += 1;
    else if (book.status !== 'live') this.join(picture, now);
    else {
      this.counts.snapshotsUnneeded += 1;
      if (this.folded.equals(picture)) this.suspectedAt = undefined;
      else this.suspect('a picture by REST differs from the book, and the stream is silent', now);
    }
  }

  /** A picture by REST where there is no stream: true at once, and until the next one is overdue. */
  onPolled(picture: Picture, now: EpochMs): void {
    const { mark } = picture;
    if ((mark.at ?? 0) < (this.newest?.at ?? 0)) {
      this.counts.snapshotsTooOld += 1;
      return;
    }
    this.newest = mark;
    this.polledAt = now;
    this.begin(picture, now);
  }

  /** Best prices told by themselves. True when they are newer than the book's. */
  onBest({ bid, ask }: Best, at: EpochMs | null, now: EpochMs): boolean {
    const { book } = this.folded;
    if (book.status !== 'live' || (at ?? 0) < book.sequence) return false;
    if ((bid ?? book.bestBid) === book.bestBid && (ask ?? book.bestAsk) === book.bestAsk) return false;
    this.suspect("the venue's best prices are others, and no change came", now);
    return true;
  }

  /** A message of this book could not be used, so that its content is lost. `at`: its moment, where it still shows one. */
  refuse(detail: string, at: EpochMs | null, now: EpochMs): void {
    this.lostAt = Math.max(this.lostAt, at ?? 0);
    this.lose('refused', detail, now);
  }

  /** Waits for the picture that another book of the same token was waiting for: only the steps of prices are others. */
  continueFrom(before: TokenBook): void {
    this.lostAt = before.lostAt;
    this.askedAt = before.askedAt;
    this.why = before.why;
  }

  /** The market is over: its book shows nothing any more. */
  close(detail: string): void {
    const wasLive = this.folded.book.status === 'live';
    this.reset();
    this.askedAt = undefined;
    if (wasLive) this.ports.doubted('disconnected', detail);
  }

  /** Asks anew for the picture that it waits for, and doubts what lasted too long. `polledMaxMs`: the age of a polled picture. */
  tick(now: EpochMs, polledMaxMs: number): void {
    if (this.suspectedAt !== undefined && now - this.suspectedAt >= PATIENCE_MS) this.loseStream(now);
    if (this.polledAt !== undefined && now - this.polledAt > polledMaxMs)
      this.lose('disconnected', `no picture came for ${now - this.polledAt} ms`, now);
    if (this.askedAt !== undefined && now - this.askedAt >= ANSWER_MS) this.ask(this.why, now);
  }

  /** The same state told twice: its hash covers the time as well. */
  private isSame({ hash, stamp }: BookMark): boolean {
    return hash !== '' && hash === this.newest?.hash && stamp === this.newest.stamp;
  }

  private heard(mark: BookMark): void {
    const before = this.newest?.at ?? 0;
    if (mark.at !== null && mark.at < before) this.counts.bookDisordered += 1;
    else this.newest = mark;
    this.suspectedAt = undefined;
    this.deaths = 0;
  }

  private isInPicture({ at }: BookMark): boolean {
    if (at !== null && at < this.pictureAt) return true;
    this.pictureAt = 0;
    return false;
  }

  private keep(change: BookChange): void {
    this.counts.bookBeforeSnapshot += 1;
    this.buffer.push(change);
    if (this.buffer.length <= BUFFER_MAX) return;
    const dropped = this.buffer.shift();
    this.lostAt = Math.max(this.lostAt, dropped?.mark.at ?? 0);
  }

  private apply(change: BookChange, now: EpochMs): void {
    this.counts.bookUpdates += 1;
    this.fold(change);
    if (this.proveChange(change, now)) this.ports.changed(change.mark.at, false);
  }

  private fold({ levels, mark }: BookChange): void {
    for (const level of levels) this.folded.set(level);
    this.folded.book.sequence = mark.at ?? this.folded.book.sequence;
  }

  /** A whole picture becomes the book. */
  private begin(picture: Picture, now: EpochMs): void {
    this.load(picture);
    if (!this.provePicture(picture, now)) return;
    this.goLive();
    this.ports.changed(picture.mark.at, true);
  }

  /** A picture by REST becomes the book, with the changes that came after its moment. */
  private join(picture: Picture, now: EpochMs): void {
    const { mark } = picture;
    const later = this.buffer.filter((change) => (change.mark.at ?? 0) >= (mark.at ?? 0));
    this.load(picture);
    if (!this.provePicture(picture, now)) return;
    for (const change of later) this.fold(change);
    this.counts.bookBeforeSnapshot -= later.length;
    this.counts.bookUpdates += later.length;
    const last = later.at(-1);
    if (last !== undefined && !this.proveChange(last, now)) return;
    this.buffer = [];
    this.pictureAt = mark.at ?? 0;
    this.goLive();
    this.ports.changed((last ?? picture).mark.at, true);
  }

  private load(picture: Picture): void {
    this.counts.snapshots += 1;
    this.ports.prices.see(picture.lastPrice);
    this.folded.load(picture);
  }

  private goLive(): void {
    this.folded.book.status = 'live';
    this.askedAt = undefined;
    this.suspectedAt = undefined;
  }

  /** False when the book had to be given up. */
  private proveChange({ mark, best, hints }: BookChange, now: EpochMs): boolean {
    if (!this.agreesWith(best)) {
      this.counts.bookGaps += 1;
      this.lose('gap', `the best prices are not those of the venue at ${mark.stamp}`, now);
      return false;
    }
    if (this.hashDiffers(mark, hints, false)) {
      this.lose('hash', `the book does not have the venue's hash at ${mark.stamp}`, now);
      return false;
    }
    return this.isOpen(mark, now);
  }

  private provePicture({ mark, lastPrice }: Picture, now: EpochMs): boolean {
    if (!this.hashDiffers(mark, lastPrice === undefined ? [] : [lastPrice], true)) this.badPictures = 0;
    else {
      this.badPictures += 1;
      if (this.badPictures === 1) {
        this.lose('hash', `a picture does not have its own hash at ${mark.stamp}`, now);
        return false;
      }
      // Nobody cuts pictures twice: what has changed is how the venue makes its hash.
      this.hash.forget();
    }
    return this.isOpen(mark, now);
  }

  /** Whether bids and asks leave a space between them, as they must after a complete message. */
  private isOpen(mark: BookMark, now: EpochMs): boolean {
    const { book } = this.folded;
    if (book.isCrossed) this.counts.bookCrossed += 1;
    else if (book.isLocked) this.counts.bookLocked += 1;
    else return true;
    this.lose('crossed', `the best bid is not below the best ask at ${mark.stamp}`, now);
    return false;
  }

  private agreesWith({ bid, ask }: Best): boolean {
    if (bid === undefined && ask === undefined) return true;
    const { bestBid, bestAsk } = this.folded.book;
    this.counts.touchChecks += 1;
    if ((bid ?? bestBid) !== bestBid || (ask ?? bestAsk) !== bestAsk) return false;
    this.counts.touchAgreed += 1;
    return true;
  }

  /** Whether the hash proves that the book is wrong. A market whose hash never agreed is proven by its best prices alone. */
  private hashDiffers(mark: BookMark, hints: readonly string[], isWhole: boolean): boolean {
    const wasTrusted = this.hash.isTrusted;
    const verdict = this.hash.check(this.folded, mark, this.ports.prices, { hints, isWhole });
    if (verdict === 'unknown') return false;
    this.counts.hashChecks += 1;
    if (verdict === 'agrees') this.counts.hashAgreed += 1;
    return verdict === 'differs' && wasTrusted;
  }

  private suspect(why: string, now: EpochMs): void {
    this.suspectedAt ??= now;
    this.suspicion = why;
  }

  private loseStream(now: EpochMs): void {
    this.deaths += 1;
    this.counts.bookGaps += 1;
    const why = this.suspicion;
    this.lose('gap', why, now);
    if (this.deaths > 1) this.ports.streamDied(why);
  }

  private lose(doubt: BookDoubt, detail: string, now: EpochMs): void {
    const { status } = this.folded.book;
    this.lostAt = Math.max(this.lostAt, this.newest?.at ?? 0);
    this.reset();
    // Of a book that was stale already nobody has to be told, but what came for it is not there.
    if (status !== 'stale') this.ports.doubted(doubt, detail);
    // Where a polled picture is overdue, the next one is under way or cannot be had.
    if (doubt !== 'disconnected') this.ask(detail, now);
  }

  private reset(): void {
    this.folded.clear('stale');
    this.buffer = [];
    this.pictureAt = 0;
    this.polledAt = undefined;
    this.suspectedAt = undefined;
  }

  private ask(why: string, now: EpochMs): void {
    this.askedAt = now;
    this.why = why;
    this.ports.requestSnapshot(why);
  }
}
