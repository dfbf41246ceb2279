import type { Instrument } from '../../../core/market/instrument.ts';
import type { BookDoubt } from '../../../core/market/market-update.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import { type BookChange, KeptChanges } from './book-change.ts';
import { BookProof, type Disproof } from './book-proof.ts';
import { FoldedBook } from './folded-book.ts';
import { HashCheck, type HashFacts } from './hash-check.ts';
import type { LastPrices } from './last-prices.ts';
import type { Best, BookMark, LevelChange, Picture } from './mapper.ts';
import { Suspicion } from './suspicion.ts';

/** A picture that was asked for comes within a second; after this it is asked for again. */
const ANSWER_MS = 5 * SECOND_MS;
/** After so many questions whose pictures were all older than what was lost, another connection has to bring the book. */
const IN_VAIN_MAX = 3;
/** Changes change places within moments; a time that lies further back is that of a clock which was set. */
const SWAPPED_MS = SECOND_MS;
/** Changes without a first book before them: it came when the token's rules were not known yet, or never. */
const FIRST_BOOK_MS = 30 * SECOND_MS;

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

/**
 * One token's book on one connection. The venue numbers nothing, so that a book is proven by what each message says of the
 * state after it: the best prices on both sides, and a hash of all levels where it is known how that is made. A whole
 * picture replaces everything; pictures of the stream stand where they came, those by REST are placed by their time.
 */
export class TokenBook {
  readonly folded: FoldedBook;
  private readonly counts: QualityCounts;
  private readonly ports: BookPorts;
  private readonly proof: BookProof;
  /** Of the picture that the book began with. */
  private loaded: BookMark | undefined;
  /** Newest message of the stream, used or not. */
  private newest: BookMark | undefined;
  private readonly kept = new KeptChanges();
  /** When each price was changed last, by the venue; of bids, and below zero of asks. No market has more than its ticks. */
  private readonly changedLast = new Map<number, number>();
  private readonly suspicion = new Suspicion();
  /** The book began with this picture by REST, and the stream has not come to it yet. */
  private picture: { readonly at: number; readonly hash: string } | undefined;
  private askedAt: EpochMs | undefined;
  private why = '';
  /** A picture came since it was asked for, from before what was lost; and how often that was so. */
  private isInVain = false;
  private timesInVain = 0;
  private polledAt: EpochMs | undefined;
  /** The first change of a token that has had no book. */
  private changedAt: EpochMs | undefined;

  constructor(instrument: Instrument, counts: QualityCounts, ports: BookPorts) {
    this.folded = new FoldedBook(instrument);
    const hash = new HashCheck(instrument.symbol, ports.facts);
    this.proof = new BookProof(this.folded, hash, ports.prices, counts);
    this.counts = counts;
    this.ports = ports;
  }

  get market(): string {
    return this.ports.market;
  }

  /** A picture of the stream: everything before it is in it, whatever time it bears. */
  onPicture(picture: Picture, now: EpochMs): void {
    this.heard(picture.mark);
    this.newest = picture.mark;
    this.kept.clear();
    this.picture = undefined;
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
    if (this.folded.book.status !== 'live') {
      this.counts.bookBeforeSnapshot += 1;
      this.changedAt ??= now;
      this.kept.keep(change, now);
    } else if (this.isInPicture(mark)) this.counts.bookBeforeSnapshot += 1;
    else this.apply(change, now);
  }

  /** A picture by REST beside the stream: the repair of a book in doubt, else a witness of what the stream brought. */
  onAnswer(picture: Picture, now: EpochMs): void {
    const { book } = this.folded;
    const { mark } = picture;
    const newestAt =
      book.status === 'live' ? Math.max(this.newest?.at ?? 0, book.sequence) : this.kept.lostAt;
    if ((mark.at ?? 0) < newestAt) {
      this.counts.snapshotsTooOld += 1;
      this.isInVain = this.askedAt !== undefined;
    } else if (book.status !== 'live') this.join(picture, now);
    else {
      this.counts.snapshotsUnneeded += 1;
      if (this.folded.equals(picture)) this.suspicion.dismiss();
      else this.suspicion.raise('a picture by REST differs from the book, and the stream is silent', now);
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
    this.suspicion.raise("the venue's best prices are others, and no change came", now);
    return true;
  }

  /** A message of this book could not be used, so that its content is lost. `at`: its moment, where it still shows one. */
  refuse(detail: string, at: EpochMs | null, now: EpochMs): void {
    this.kept.loseUntil(at ?? 0);
    this.lose('refused', detail, now);
  }

  /** Waits for the picture that another book of the same token was waiting for: only the steps of prices are others. */
  continueFrom(before: TokenBook): void {
    this.kept.loseUntil(before.kept.lostAt);
    this.askedAt = before.askedAt;
    this.why = before.why;
    this.timesInVain = before.timesInVain;
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
    const death = this.suspicion.verdict(now);
    if (death !== undefined) {
      this.counts.bookGaps += 1;
      this.lose('gap', death.why, now);
      if (death.isAgain) this.ports.streamDied(death.why);
    }
    if (this.polledAt !== undefined && now - this.polledAt > polledMaxMs) {
      this.lose('disconnected', `no picture came for ${now - this.polledAt} ms`, now);
      // Nor is anything known of the time: what comes next is the beginning.
      this.newest = undefined;
    }
    if (this.isWithoutFirst(now)) this.ask('changes come, and no book came before them', now);
    if (this.askedAt !== undefined && now - this.askedAt >= ANSWER_MS) this.askAgain(now);
  }

  private isWithoutFirst(now: EpochMs): boolean {
    const { changedAt, askedAt } = this;
    if (this.folded.book.status !== 'syncing' || askedAt !== undefined) return false;
    return changedAt !== undefined && now - changedAt >= FIRST_BOOK_MS;
  }

  /** The same state told twice, by the stream or after a picture: its hash covers the time as well. */
  private isSame({ hash, stamp }: BookMark): boolean {
    if (hash === '') return false;
    const known = this.picture === undefined ? [this.newest, this.loaded] : [this.newest];
    return known.some((mark) => hash === mark?.hash && stamp === mark.stamp);
  }

  private heard(mark: BookMark): void {
    const before = this.newest?.at ?? 0;
    if (mark.at !== null && mark.at < before) this.counts.bookDisordered += 1;
    else this.newest = mark;
    this.suspicion.refute();
  }

  /** Of the changes of the picture's own millisecond it shows those up to the one with its hash; all where none has it. */
  private isInPicture({ at, hash }: BookMark): boolean {
    const { picture } = this;
    if (picture === undefined) return false;
    const isIn = at !== null && at <= picture.at;
    if (!isIn || (at === picture.at && hash !== '' && hash === picture.hash)) this.picture = undefined;
    return isIn;
  }

  private apply(change: BookChange, now: EpochMs): void {
    this.counts.bookUpdates += 1;
    const disproof = this.fold(change) ?? this.overfull() ?? this.proof.ofChange(change);
    if (!this.loseIf(disproof, now)) this.ports.changed(change.mark.occurredAt, false);
  }

  /**
   * Of two changes of one price that came in the wrong order nobody knows which holds: a hash proves the book of its own moment
   * only, and best prices say nothing of what lies behind them.
   */
  private fold({ levels, mark }: BookChange): Disproof | undefined {
    const at = mark.at ?? Number.POSITIVE_INFINITY;
    const isOvertaken = levels.some((level) => {
      const aheadMs = (this.changedLast.get(placeOf(level)) ?? at) - at;
      return aheadMs > 0 && aheadMs < SWAPPED_MS;
    });
    for (const level of levels) {
      this.folded.set(level);
      if (mark.at !== null) this.changedLast.set(placeOf(level), mark.at);
    }
    this.folded.book.sequence = mark.at ?? this.folded.book.sequence;
    if (!isOvertaken) return undefined;
    this.counts.bookGaps += 1;
    return { doubt: 'gap', detail: `a change of ${at} came after a younger one of the same price` };
  }

  /** A whole picture becomes the book. */
  private begin(picture: Picture, now: EpochMs): void {
    this.load(picture);
    if (this.loseIf(this.proof.ofPicture(picture), now)) return;
    this.goLive();
    this.ports.changed(picture.mark.occurredAt, true);
  }

  /** A picture by REST becomes the book, with the changes that came after its moment. */
  private join(picture: Picture, now: EpochMs): void {
    const { mark } = picture;
    const at = mark.at ?? 0;
    const { later, hasMet } = this.kept.after(at, mark.hash);
    this.load(picture);
    if (this.loseIf(this.proof.ofPicture(picture), now)) return;
    const [overtaken] = later.flatMap((change) => this.fold(change) ?? []);
    this.counts.bookBeforeSnapshot -= later.length;
    this.counts.bookUpdates += later.length;
    if (this.loseIf(overtaken, now)) return;
    const last = later.at(-1);
    if (last !== undefined && this.loseIf(this.overfull() ?? this.proof.ofChange(last), now)) return;
    this.kept.clear();
    this.picture = hasMet ? undefined : { at, hash: mark.hash };
    this.goLive();
    this.ports.changed((last ?? picture).mark.occurredAt, true);
  }

  private load(picture: Picture): void {
    this.counts.snapshots += 1;
    this.loaded = picture.mark;
    this.ports.prices.see(picture.lastPrice);
    this.changedLast.clear();
    this.folded.load(picture);
  }

  private goLive(): void {
    this.folded.book.status = 'live';
    this.kept.lostAt = 0;
    this.askedAt = undefined;
    this.isInVain = false;
    this.timesInVain = 0;
    this.suspicion.dismiss();
  }

  private overfull(): Disproof | undefined {
    const { overfull: detail } = this.folded;
    if (detail === undefined) return undefined;
    this.counts.refused += 1;
    return { doubt: 'refused', detail };
  }

  /** Gives the book up where it is disproven; true when it was. */
  private loseIf(disproof: Disproof | undefined, now: EpochMs): boolean {
    if (disproof !== undefined) this.lose(disproof.doubt, disproof.detail, now);
    return disproof !== undefined;
  }

  private lose(doubt: BookDoubt, detail: string, now: EpochMs): void {
    const { status } = this.folded.book;
    this.kept.loseUntil(this.newest?.at ?? 0);
    this.reset();
    // Of a book that was stale already nobody has to be told, but what came for it is not there.
    if (status !== 'stale') this.ports.doubted(doubt, detail);
    // Where a polled picture is overdue, the next one is under way or cannot be had.
    if (doubt !== 'disconnected') this.ask(detail, now);
  }

  private reset(): void {
    this.folded.clear('stale');
    this.changedLast.clear();
    this.kept.clear();
    this.picture = undefined;
    this.polledAt = undefined;
    this.suspicion.dismiss();
  }

  private askAgain(now: EpochMs): void {
    if (this.isInVain) this.timesInVain += 1;
    this.ask(this.why, now);
    if (this.timesInVain < IN_VAIN_MAX) return;
    this.timesInVain = 0;
    this.ports.streamDied(`${IN_VAIN_MAX} pictures are older than what was lost: ${this.why}`);
  }

  private ask(why: string, now: EpochMs): void {
    this.askedAt = now;
    this.isInVain = false;
    this.why = why;
    this.ports.requestSnapshot(why);
  }
}

const placeOf = ({ side, ticks }: LevelChange): number => (side === 'bids' ? ticks : -ticks);
