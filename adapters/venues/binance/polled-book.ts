import type { OrderBook } from '../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { SnapshotEvent } from '../depth-events.ts';
import type { SyncPorts } from '../diff-book.ts';
import { setLevels } from '../levels.ts';
import { rangeOf } from './known-range.ts';
import { POLL_OVERDUE_MS } from './limits.ts';

/** One symbol's book from REST pictures asked for in turn: each is the whole book until the next one is overdue. */
export class PolledBook {
  readonly book: OrderBook;
  private readonly counts: QualityCounts;
  private readonly ports: Pick<SyncPorts, 'changed' | 'doubted'>;
  private polledAt: EpochMs | undefined;

  constructor(book: OrderBook, counts: QualityCounts, ports: Pick<SyncPorts, 'changed' | 'doubted'>) {
    this.book = book;
    this.counts = counts;
    this.ports = ports;
  }

  onPicture(picture: SnapshotEvent, now: EpochMs): void {
    const { book } = this;
    // Of several servers one may lag. When only such answers come the book becomes stale, and takes any: ids began anew.
    if (book.status === 'live' && picture.lastId < book.sequence) {
      this.counts.bookDisordered += 1;
      return;
    }
    this.polledAt = now;
    this.counts.snapshots += 1;
    this.show(picture);
    if (book.isOverfull) {
      this.counts.refused += 1;
      book.clear('stale');
      this.ports.doubted('refused', `update ${picture.lastId} has more levels than a market has`);
      return;
    }
    if (book.isCrossed) {
      this.counts.bookCrossed += 1;
      book.clear('stale');
      this.ports.doubted('crossed', `crossed at update ${picture.lastId}`);
      return;
    }
    if (book.isLocked) this.counts.bookLocked += 1;
    book.status = 'live';
    this.ports.changed(null, true);
  }

  tick(now: EpochMs): void {
    if (this.polledAt === undefined || this.book.status !== 'live') return;
    const ageMs = now - this.polledAt;
    if (ageMs <= POLL_OVERDUE_MS) return;
    this.book.clear('stale');
    this.ports.doubted('disconnected', `no picture came for ${ageMs} ms`);
  }

  private show(picture: SnapshotEvent): void {
    const { book } = this;
    book.clear('syncing');
    setLevels(book, 'bids', picture.bids);
    setLevels(book, 'asks', picture.asks);
    book.sequence = picture.lastId;
    const { bids, asks } = rangeOf(picture);
    book.sawAll(bids === 0, asks === Number.POSITIVE_INFINITY);
  }
}
