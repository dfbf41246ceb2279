import type { BookDoubt } from '../../../core/market/market-update.ts';
import type { OrderBook } from '../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import type { EpochMs } from '../../../core/time.ts';
import { setLevels } from '../levels.ts';
import type { LevelMessage } from './mapper.ts';
import { SnapshotAsker } from './snapshot-asker.ts';
import { Witness } from './witness.ts';

export interface BookPorts {
  /** The book was changed by a complete message, or has just been proven by a picture. */
  changed(occurredAt: EpochMs | null, isSnapshot: boolean): void;
  doubted(doubt: BookDoubt, detail: string): void;
  requestSnapshot(why: string): void;
  /** Pictures were asked for in vain: the connection itself is at fault. */
  giveUp(why: string): void;
}

/** What tells the wires' books apart. */
export interface BookRule {
  /**
   * How long the best prices may touch or cross. 0: a crossed book is wrong at once, since the wire proves that nothing is
   * missing, and a locked one is what the venue said.
   */
  readonly crossedMsMax: number;
  /** Pictures come in turn and hold this long; null where a stream continues one, which is asked for when it is in doubt. */
  readonly pictureMsMax: number | null;
}

/** When a message came, by the venue, by us, and in its connection's sequence (0 where there is none). */
export interface Moment {
  readonly occurredAt: EpochMs | null;
  readonly receivedAt: EpochMs;
  readonly sequence: number;
}

const OVERFULL = 'the message leaves more levels than a market has';

/**
 * One product's book on one connection: a picture, and the changes that continue it. It is live while its connection proves
 * nothing missing; any doubt clears it until the next picture. Nothing is asked for twice for one doubt.
 */
export class BookSync {
  readonly book: OrderBook;
  private readonly counts: QualityCounts;
  private readonly rule: BookRule;
  private readonly ports: BookPorts;
  private readonly asker: SnapshotAsker;
  private readonly witness = new Witness();
  /** A picture was taken and everything since then. */
  isBuilt = false;
  private pictureAt: EpochMs | undefined;
  /** Since when the best prices touch or cross. */
  private unsoundSince: EpochMs | undefined;

  constructor(book: OrderBook, counts: QualityCounts, rule: BookRule, ports: BookPorts) {
    this.book = book;
    this.counts = counts;
    this.rule = rule;
    this.ports = ports;
    this.asker = new SnapshotAsker({
      ask: (why) => ports.requestSnapshot(why),
      giveUp: (why) => ports.giveUp(why),
    });
  }

  /** A whole picture replaces the book, whatever it showed; it may be empty. */
  onSnapshot(message: LevelMessage, moment: Moment): void {
    const { book } = this;
    book.clear('syncing');
    this.witness.clear();
    this.unsoundSince = undefined;
    setLevels(book, 'bids', message.bids);
    setLevels(book, 'asks', message.asks);
    book.sawAll(message.isWhole.bids, message.isWhole.asks);
    book.sequence = moment.sequence;
    this.asker.answered(moment.receivedAt);
    if (book.isOverfull) {
      this.refuse(OVERFULL, moment.receivedAt, true);
      return;
    }
    if (book.isCrossed) {
      this.counts.bookCrossed += 1;
      this.startOver('crossed', 'the picture itself is crossed', moment.receivedAt);
      return;
    }
    if (book.isLocked) this.counts.bookLocked += 1;
    this.isBuilt = true;
    this.pictureAt = moment.receivedAt;
    book.status = 'live';
    this.counts.snapshots += 1;
    this.ports.changed(moment.occurredAt, true);
  }

  /** A complete message of changes; quantities are absolute, and removing what is not there is normal. */
  onUpdate(message: LevelMessage, moment: Moment): void {
    if (!this.isBuilt) {
      this.counts.bookBeforeSnapshot += 1;
      if (this.rule.pictureMsMax === null)
        this.asker.expect('changes came without a picture', moment.receivedAt);
      return;
    }
    const { book } = this;
    setLevels(book, 'bids', message.bids);
    setLevels(book, 'asks', message.asks);
    if (!message.isWhole.bids || !message.isWhole.asks) book.sawAll(false, false);
    book.sequence = moment.sequence;
    this.witness.touched(message);
    this.counts.bookUpdates += 1;
    if (book.isOverfull) this.refuse(OVERFULL, moment.receivedAt, false);
    else if (book.isCrossed) this.holdCrossed(moment.receivedAt);
    else this.show(moment);
  }

  /** A picture that shares no sequence with the stream: it cannot continue a book, only show that one is wrong. */
  onWitness(message: LevelMessage, now: EpochMs): void {
    this.counts.snapshotsUnneeded += 1;
    if (this.book.status !== 'live') return;
    const proof = this.witness.check(this.book, message, now);
    if (proof !== null) this.lose(proof, now);
  }

  /** Messages are missing: what the book shows may be wrong. */
  lose(detail: string, now: EpochMs): void {
    if (!this.isBuilt) {
      this.asker.lost(now);
      return;
    }
    this.counts.bookGaps += 1;
    this.startOver('gap', detail, now);
  }

  /** A message of this book could not be used, so its content is lost. A picture that came is an answer all the same. */
  refuse(detail: string, now: EpochMs, isPicture: boolean): void {
    this.counts.refused += 1;
    if (isPicture) this.asker.answered(now);
    this.startOver('refused', detail, now);
  }

  /** Takes over from a book of other steps, which no picture will replace unasked. */
  begin(why: string, now: EpochMs): void {
    if (this.rule.pictureMsMax === null) this.asker.want(why, now);
  }

  /** A message that cannot be assigned may have been one of this book; one that has nothing to lose stays as it is. */
  suspect(detail: string, now: EpochMs): void {
    if (this.isBuilt) this.startOver('refused', detail, now);
  }

  tick(now: EpochMs): void {
    this.asker.tick(now);
    if (this.lastsTooLong(now)) this.startOver('crossed', 'the best prices stay crossed or equal', now);
    const { pictureMsMax } = this.rule;
    if (pictureMsMax === null || this.pictureAt === undefined || !this.isBuilt) return;
    if (now - this.pictureAt > pictureMsMax)
      this.startOver('disconnected', 'the next picture is overdue', now);
  }

  private show({ occurredAt, receivedAt }: Moment): void {
    const { book } = this;
    if (book.isLocked) {
      this.counts.bookLocked += 1;
      if (this.rule.crossedMsMax > 0) this.unsoundSince ??= receivedAt;
      if (this.lastsTooLong(receivedAt)) {
        this.startOver('crossed', 'the best prices stay equal', receivedAt);
        return;
      }
    } else this.unsoundSince = undefined;
    book.status = 'live';
    this.ports.changed(occurredAt, false);
  }

  /** A crossed book is never shown; where the wire groups changes by time, the next one may set it right. */
  private holdCrossed(now: EpochMs): void {
    const { book } = this;
    this.counts.bookCrossed += 1;
    this.unsoundSince ??= now;
    if (this.rule.crossedMsMax === 0 || this.lastsTooLong(now)) {
      this.startOver('crossed', 'crossed after a complete message', now);
    } else if (book.status === 'live') {
      book.status = 'stale';
      this.ports.doubted('crossed', 'crossed after a complete message');
    }
  }

  private lastsTooLong(now: EpochMs): boolean {
    return this.unsoundSince !== undefined && now - this.unsoundSince >= this.rule.crossedMsMax;
  }

  private startOver(doubt: BookDoubt, detail: string, now: EpochMs): void {
    this.book.clear('stale');
    this.isBuilt = false;
    this.unsoundSince = undefined;
    this.witness.clear();
    this.ports.doubted(doubt, detail);
    if (this.rule.pictureMsMax === null) this.asker.want(detail, now);
  }
}
