import { OrderBook } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { DepthEvent } from '../depth-events.ts';
import { DiffBook, type DiffRule, type SyncPorts } from '../diff-book.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { SameIdWitness } from '../picture-witness.ts';
import type { TouchEvent } from '../touch-memory.ts';
import { POLL_OVERDUE_MS, SNAPSHOT_RETRY_MS } from './limits.ts';
import type { PictureEvent } from './mapper.ts';
import { PictureBook } from './picture-book.ts';

/**
 * The newest official procedure: every later event begins at the previous `toVersion` + 1. That the best-price stream's
 * versions are the book's is not said anywhere, so that a difference there is counted and proves nothing.
 */
const MEXC_RULE: DiffRule = {
  isStrict: true,
  doTouchesProve: false,
  retryMs: [SNAPSHOT_RETRY_MS, SNAPSHOT_RETRY_MS],
  witness: (book) => new SameIdWitness(book),
};

/** What the book of a symbol tells, with the book that it speaks of. */
export interface SymbolPorts {
  changed(book: OrderBook, occurredAt: EpochMs | null, isSnapshot: boolean): void;
  doubted: SyncPorts['doubted'];
  requestSnapshot: SyncPorts['requestSnapshot'];
  streamDied: SyncPorts['streamDied'];
}

/**
 * One symbol's book on one connection, by what the connection carries: diffs joined to a REST snapshot, else top-N pictures,
 * else, without a socket, REST pictures. From the first diff on diffs make the book, and pictures are compared with it.
 */
export class SymbolBook {
  private readonly followed: FollowedInstrument;
  private readonly ports: SymbolPorts;
  private readonly isPolled: boolean;
  private diff: DiffBook | undefined;
  private pictures: PictureBook | undefined;
  private hasDiffs = false;

  constructor(followed: FollowedInstrument, isPolled: boolean, ports: SymbolPorts) {
    this.followed = followed;
    this.isPolled = isPolled;
    this.ports = ports;
  }

  /** The book that stands, proven or not; undefined before anything was said of it. */
  get book(): OrderBook | undefined {
    return (this.pictures ?? this.diff)?.book;
  }

  onDiff(event: DepthEvent, now: EpochMs): void {
    this.hasDiffs = true;
    this.dropPictures();
    this.diffBook().onDepth(event, now);
  }

  onPicture(picture: PictureEvent, now: EpochMs): void {
    if (this.hasDiffs) {
      this.diffBook().onTouch(bestOf(picture));
      return;
    }
    // A snapshot that waits for diffs has none to wait for.
    this.diff = undefined;
    this.pictureBook().onPicture(picture, now);
  }

  /** A REST answer. */
  onSnapshot(picture: PictureEvent, now: EpochMs): void {
    if (this.isPolled) this.pictureBook().onPolled(picture, now);
    else if (this.pictures !== undefined) this.pictures.onWitness(picture, now);
    // It waits for its first diff, and the lists of an event are used again.
    else
      this.diffBook().onSnapshot({ ...picture, bids: picture.bids.copy(), asks: picture.asks.copy() }, now);
  }

  onTouch(touch: TouchEvent): boolean {
    return (this.pictures ?? this.diffBook()).onTouch(touch);
  }

  /** A message about the book could not be used. */
  refuse(detail: string): void {
    (this.pictures ?? this.diffBook()).refuse(detail);
  }

  tick(now: EpochMs): void {
    this.diff?.tick(now);
    this.pictures?.tick(now, POLL_OVERDUE_MS);
  }

  private diffBook(): DiffBook {
    this.diff ??= this.make((book, ports) => new DiffBook(book, this.followed.counts, MEXC_RULE, ports));
    return this.diff;
  }

  private pictureBook(): PictureBook {
    this.pictures ??= this.make((book, ports) => new PictureBook(book, this.followed.counts, ports));
    return this.pictures;
  }

  private make<T>(of: (book: OrderBook, ports: SyncPorts) => T): T {
    const { changed, doubted, requestSnapshot, streamDied } = this.ports;
    const book = new OrderBook(this.followed.instrument);
    return of(book, {
      changed: (occurredAt, isSnapshot) => changed(book, occurredAt, isSnapshot),
      doubted,
      requestSnapshot,
      streamDied,
    });
  }

  private dropPictures(): void {
    const { pictures } = this;
    if (pictures === undefined) return;
    this.pictures = undefined;
    if (pictures.book.status !== 'live') return;
    pictures.book.clear('stale');
    this.ports.doubted('gap', 'the stream of changes takes over from the stream of pictures');
  }
}

/** The best prices of a picture. */
function bestOf({ lastId, bids, asks }: PictureEvent): TouchEvent {
  const [bidTicks, bidLots] = best(bids.ticks, bids.lots, bids.length, 1);
  const [askTicks, askLots] = best(asks.ticks, asks.lots, asks.length, -1);
  return { updateId: lastId, bidTicks, bidLots, askTicks, askLots };
}

function best(
  ticks: Float64Array,
  lots: Float64Array,
  length: number,
  sign: 1 | -1,
): readonly [number, number] {
  let rank = -1;
  for (let n = 0; n < length; n += 1)
    if ((lots[n] ?? 0) > 0 && (rank < 0 || ((ticks[n] ?? 0) - (ticks[rank] ?? 0)) * sign > 0)) rank = n;
  return rank < 0 ? [0, 0] : [ticks[rank] ?? 0, lots[rank] ?? 0];
}
