import type { OrderBook } from '../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import type { EpochMs } from '../../../core/time.ts';
import { wholeSides } from '../depth-events.ts';
import type { SyncPorts } from '../diff-book.ts';
import { setLevels } from '../levels.ts';
import { OldRun } from '../old-run.ts';
import { StreamWitness } from '../stream-witness.ts';
import { type TouchEvent, TouchMemory } from '../touch-memory.ts';
import { orderOf } from '../wire-times.ts';
import type { PictureEvent } from './mapper.ts';

/**
 * One symbol's book from whole pictures that replace each other: the top-N stream, or REST answers asked for in turn. A
 * picture proves itself; all that can be wrong is that it is older than the one before, crossed, or not followed by another.
 */
export class PictureBook {
  readonly book: OrderBook;
  private readonly counts: QualityCounts;
  private readonly ports: SyncPorts;
  private readonly touches = new TouchMemory();
  private readonly witness = new StreamWitness();
  /** The newest picture, proven or not. */
  private shownId = -1;
  private shownAt: EpochMs | null = null;
  private readonly old = new OldRun();
  private polledAt: EpochMs | undefined;

  constructor(book: OrderBook, counts: QualityCounts, ports: SyncPorts) {
    this.book = book;
    this.counts = counts;
    this.ports = ports;
  }

  /** A picture of the stream. */
  onPicture(picture: PictureEvent, now: EpochMs): void {
    if (!this.isNewer(picture, now)) return;
    const wasLive = this.book.status === 'live';
    this.counts.bookUpdates += 1;
    if (this.show(picture, now)) this.ports.changed(picture.occurredAt, !wasLive);
  }

  /** A picture that was asked for, where there is no stream: it stands until the next one is overdue. */
  onPolled(picture: PictureEvent, now: EpochMs): void {
    const isSame = picture.lastId === this.shownId;
    if (!isSame && !this.isNewer(picture, now)) return;
    this.polledAt = now;
    this.accept(picture, now);
  }

  /** A picture that was asked for beside the stream: a witness of a live book, else its repair. */
  onWitness(picture: PictureEvent, now: EpochMs): void {
    if (this.book.status !== 'live') {
      if (this.isNewer(picture, now)) this.accept(picture, now);
      return;
    }
    this.counts.snapshotsUnneeded += 1;
    this.witness.see(picture.lastId, this.book.sequence, now);
  }

  /** As the diff book's: true when the best prices are newer than the book. */
  onTouch(touch: TouchEvent): boolean {
    const age = this.touches.add(touch);
    if (age !== 'newer') {
      this.counts[age === 'repeated' ? 'touchRepeated' : 'bookDisordered'] += 1;
      return false;
    }
    if (this.book.status !== 'live') return false;
    if (touch.updateId === this.book.sequence) this.compareTouch();
    return touch.updateId >= this.book.sequence;
  }

  refuse(detail: string): void {
    this.counts.refused += 1;
    this.giveUp('refused', detail);
  }

  /** `overdueMs`: a polled picture older than this is stale. */
  tick(now: EpochMs, overdueMs: number): void {
    const failure = this.witness.verdict(this.book.sequence, now);
    if (failure !== undefined && this.book.status === 'live') {
      this.counts.bookGaps += 1;
      this.giveUp('gap', failure);
      this.ports.streamDied(failure);
    }
    if (this.polledAt === undefined || this.book.status !== 'live') return;
    if (now - this.polledAt > overdueMs)
      this.giveUp('disconnected', `no picture came for ${now - this.polledAt} ms`);
  }

  private accept(picture: PictureEvent, now: EpochMs): void {
    this.counts.snapshots += 1;
    if (this.show(picture, now)) this.ports.changed(picture.occurredAt, true);
  }

  /** Judges a picture's age by its version; versions only rise, until the venue counts anew. */
  private isNewer({ lastId, occurredAt }: PictureEvent, now: EpochMs): boolean {
    if (lastId > this.shownId) return true;
    if (lastId === this.shownId) {
      if (this.book.status !== 'live') return true;
      this.counts.bookRepeated += 1;
      return false;
    }
    this.counts.bookDisordered += 1;
    const isRun = this.old.isAnew(lastId, () => true);
    const at = orderOf(occurredAt, now);
    if (at !== null && this.shownAt !== null && at <= this.shownAt && !isRun) return false;
    if (this.book.status === 'live')
      this.giveUp('gap', `versions went back from ${this.shownId} to ${lastId}`);
    this.touches.clear();
    return true;
  }

  /** Replaces the book; false when the picture itself cannot be. */
  private show(picture: PictureEvent, now: EpochMs): boolean {
    const { book } = this;
    book.clear('syncing');
    setLevels(book, 'bids', picture.bids);
    setLevels(book, 'asks', picture.asks);
    const [bids, asks] = wholeSides(picture);
    book.sawAll(bids, asks);
    book.sequence = picture.lastId;
    this.shownId = picture.lastId;
    this.shownAt = orderOf(picture.occurredAt, now);
    this.old.end();
    if (book.isOverfull) {
      this.refuse(`version ${picture.lastId} has more levels than a market has`);
      return false;
    }
    if (book.isCrossed) {
      this.counts.bookCrossed += 1;
      this.giveUp('crossed', `crossed at version ${picture.lastId}`);
      return false;
    }
    if (book.isLocked) this.counts.bookLocked += 1;
    book.status = 'live';
    this.compareTouch();
    return true;
  }

  private compareTouch(): void {
    const outcome = this.touches.compare(this.book);
    if (outcome === 'unknown') return;
    this.counts.touchChecks += 1;
    if (outcome === 'agrees') this.counts.touchAgreed += 1;
  }

  private giveUp(doubt: 'refused' | 'gap' | 'crossed' | 'disconnected', detail: string): void {
    this.book.clear('stale');
    this.witness.forget();
    this.ports.doubted(doubt, detail);
  }
}
