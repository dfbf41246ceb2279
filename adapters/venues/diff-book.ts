import type { BookDoubt } from '../../core/market/market-update.ts';
import type { OrderBook } from '../../core/market/order-book.ts';
import type { QualityCounts } from '../../core/market/quality.ts';
import type { EpochMs } from '../../core/time.ts';
import { type DepthEvent, KEPT_LEVELS_MAX, levelsIn, type SnapshotEvent } from './depth-events.ts';
import { setLevels } from './levels.ts';
import { OldRun } from './old-run.ts';
import type { Finding, PictureWitness } from './picture-witness.ts';
import { StreamWitness } from './stream-witness.ts';
import { type TouchEvent, TouchMemory } from './touch-memory.ts';
import { orderOf } from './wire-times.ts';

/** In what the venues that speak of ranges of update ids differ. */
export interface DiffRule {
  /** After the first diff that met the snapshot each must begin right behind the one before; else it may overlap it. */
  readonly isStrict: boolean;
  /** The venue's best prices count the book's own updates: at the same id they prove a book wrong that differs, and ahead of it a stream dead that does not follow. Else differences are only counted. */
  readonly doTouchesProve: boolean;
  /** A snapshot older than the stream's beginning is asked for anew after so long, 0 for at once; and those after it. */
  readonly retryMs: readonly [first: number, later: number];
  /** What pictures beside a live book prove; `ask` requests one. */
  readonly witness: (book: OrderBook, ask: (why: string) => void) => PictureWitness;
}

export interface SyncPorts {
  /** The book was changed by a complete event, or has just been proven by a snapshot. */
  changed(occurredAt: EpochMs | null, isSnapshot: boolean): void;
  doubted(doubt: BookDoubt, detail: string): void;
  requestSnapshot(why: string): void;
  /** Pictures, or best prices, prove that the stream does not bring the book's changes any more, though its connection lives. */
  streamDied(why: string): void;
}

/** One minute of 100 ms events: a snapshot that takes longer is asked for anew and meets the newer ones. */
const BUFFER_MAX = 600;
/** The busiest books were seen to change 1,500 times from one message to the next; ids that say so many more are wrong ones. */
const UPDATES_MAX = 1_000_000;
/** Ask again when this many events came without an answer, ten seconds at 100 ms; a quieter stream when so long passed. */
const ASK_EVERY = 100;
const ANSWER_MS = 10_000;
/** Pictures of the first moments may still show the time before the stream was subscribed. */
const SETTLED_MS = 10_000;

/**
 * One symbol's book from diffs that name ranges of update ids, and a snapshot: buffer the diffs, take a snapshot, drop what
 * it contains already, require that the next diff continues it, and from then on that each diff continues the one before.
 * A book is live only while that holds; anything else clears it and starts over, for this symbol alone.
 *
 * Snapshots of a live book are its witnesses: update ids are shared, so the stream must reach theirs, and the book must be
 * theirs then.
 */
export class DiffBook {
  readonly book: OrderBook;
  private readonly counts: QualityCounts;
  private readonly rule: DiffRule;
  private readonly ports: SyncPorts;
  private readonly touches = new TouchMemory();
  private readonly stream = new StreamWitness();
  private readonly pictures: PictureWitness;
  /** Contiguous diffs waiting for a snapshot. */
  private buffer: DepthEvent[] = [];
  private bufferLevels = 0;
  private sinceAsked = ASK_EVERY;
  /** When to ask again: so long after the next tick, then at that moment; null while no answer is awaited. */
  private dueIn: number | null = null;
  private dueAt: number | undefined;
  private tooOldInRow = 0;
  /** A snapshot waiting for its first diff. */
  private waiting: SnapshotEvent | undefined;
  private snapshotId = 0;
  /** Why a snapshot is needed, for logs. */
  private why = 'the book begins';
  /** Newest diff of the stream, used or not. */
  private streamId = -1;
  private streamAt: EpochMs | 0 = 0;
  private readonly old = new OldRun();
  /** First picture of all, and the update id of one that surely shows the time since then; while no diff came. */
  private quietSince: EpochMs | undefined;
  private quietId = -1;

  constructor(book: OrderBook, counts: QualityCounts, rule: DiffRule, ports: SyncPorts) {
    this.book = book;
    this.counts = counts;
    this.rule = rule;
    this.ports = ports;
    this.pictures = rule.witness(book, (why) => ports.requestSnapshot(why));
  }

  onDepth(event: DepthEvent, now: EpochMs): void {
    if (event.lastId - event.firstId >= UPDATES_MAX) {
      this.refuse(`updates ${event.firstId} to ${event.lastId} are more than one message can bring`);
      return;
    }
    const at = orderOf(event.occurredAt, now);
    if (event.lastId <= this.streamId && !this.beginsAnew(event, at)) return;
    const previousId = this.streamId;
    this.old.end();
    this.streamId = event.lastId;
    this.streamAt = at ?? this.streamAt;
    if (this.book.status === 'live') this.applyLive(event);
    else this.keep(event, previousId);
  }

  /** A whole picture: what the book waits for, or a witness of a book that is live. */
  onSnapshot(snapshot: SnapshotEvent, now: EpochMs): void {
    if (this.streamId < 0) this.hearInQuiet(snapshot, now);
    else this.stream.see(snapshot.lastId, this.streamId, now);
    if (this.book.status === 'live') {
      if (!this.pictures.isExpecting) this.counts.snapshotsUnneeded += 1;
      this.judge(this.pictures.hear(snapshot), null, false);
      return;
    }
    this.dueIn = null;
    this.waiting = snapshot;
    this.splice();
  }

  /** Remembers the venue's own best prices and compares them with the book wherever the update ids meet. True when they are news. */
  onTouch(touch: TouchEvent): boolean {
    const age = this.touches.add(touch);
    if (age !== 'newer') {
      this.counts[age === 'repeated' ? 'touchRepeated' : 'bookDisordered'] += 1;
      return false;
    }
    if (this.book.status !== 'live') return false;
    if (touch.updateId === this.book.sequence) this.compareTouch();
    return touch.updateId >= this.book.sequence && this.book.status === 'live';
  }

  /** A message of this book could not be used, so its content is lost. */
  refuse(detail: string): void {
    this.counts.refused += 1;
    this.startOver('refused', detail);
  }

  /** Time has come to `now`: asks again for what was not answered, and judges a stream that does not bring what pictures show. */
  tick(now: EpochMs): void {
    if (this.rule.doTouchesProve && this.streamId >= 0)
      this.stream.see(this.touches.newestId, this.streamId, now);
    const failure = this.stream.verdict(Math.max(this.streamId, this.quietId), now);
    if (failure !== undefined) {
      if (this.book.status === 'live') this.lose(failure);
      this.ports.streamDied(failure);
    }
    if (this.book.status === 'live') this.pictures.tick(now);
    else this.askAgain(now);
  }

  /** Judges an event that is not newer than the stream; true when the venue began to count anew. */
  private beginsAnew(event: DepthEvent, at: EpochMs | null): boolean {
    if (event.lastId === this.streamId) {
      this.counts.bookRepeated += 1;
      return false;
    }
    this.counts.bookDisordered += 1;
    const isRun = this.old.isAnew(event.lastId, (before) => this.continues(event, before, false));
    // The ids only rise, so older ones at a later time mean that the venue counts anew. Without a time nobody knows.
    if (at !== null && at <= this.streamAt && !isRun) return false;
    this.lose(`update ids went back from ${this.streamId} to ${event.lastId}`);
    this.touches.clear();
    this.streamAt = 0;
    return true;
  }

  private applyLive(event: DepthEvent): void {
    const { book } = this;
    if (event.lastId <= book.sequence) {
      this.counts[event.lastId <= this.snapshotId ? 'bookBeforeSnapshot' : 'bookRepeated'] += 1;
      return;
    }
    if (!this.continues(event, book.sequence, book.sequence === this.snapshotId)) {
      this.lose(gapBetween(book.sequence, event));
      this.keep(event, 0);
      return;
    }
    this.apply(event);
    if (this.prove()) this.judge(this.pictures.applied(event), event.occurredAt, true);
  }

  /** Tells what a picture says of the book, or just that the book was changed. */
  private judge(finding: Finding, occurredAt: EpochMs | null, hasChanged: boolean): void {
    if (finding === 'agrees') this.ports.changed(occurredAt, true);
    else if (finding !== 'nothing') this.lose(finding.difference);
    else if (hasChanged) this.ports.changed(occurredAt, false);
  }

  private continues({ firstId }: DepthEvent, lastId: number, isFirst: boolean): boolean {
    return firstId === lastId + 1 || (firstId <= lastId && (isFirst || !this.rule.isStrict));
  }

  private apply(event: DepthEvent): void {
    setLevels(this.book, 'bids', event.bids);
    setLevels(this.book, 'asks', event.asks);
    this.book.sequence = event.lastId;
    this.counts.bookUpdates += 1;
  }

  /** Checks the book after a complete event; false when it had to be given up. */
  private prove(): boolean {
    const { book } = this;
    if (book.isOverfull) {
      this.refuse(`update ${book.sequence} leaves more levels than a market has`);
      return false;
    }
    if (book.isCrossed) {
      this.counts.bookCrossed += 1;
      this.startOver('crossed', `crossed after update ${book.sequence}`);
      return false;
    }
    if (book.isLocked) this.counts.bookLocked += 1;
    return this.compareTouch();
  }

  private compareTouch(): boolean {
    const outcome = this.touches.compare(this.book);
    if (outcome === 'unknown') return true;
    this.counts.touchChecks += 1;
    if (outcome === 'agrees') this.counts.touchAgreed += 1;
    if (outcome === 'agrees' || !this.rule.doTouchesProve) return true;
    this.startOver('gap', `the book differs from the venue's best prices at update ${this.book.sequence}`);
    return false;
  }

  private keep(event: DepthEvent, previousId: number): void {
    if (this.buffer.length > 0 && !this.continues(event, previousId, false)) {
      this.lose(`${gapBetween(previousId, event)} while waiting for a snapshot`);
    }
    this.buffer.push({ ...event, bids: event.bids.copy(), asks: event.asks.copy() });
    this.bufferLevels += levelsIn(event);
    while (this.buffer.length > BUFFER_MAX || this.bufferLevels > KEPT_LEVELS_MAX) this.forgetOldest();
    if (this.waiting !== undefined) this.splice();
    if (this.book.status === 'live') return;
    this.sinceAsked += 1;
    if (this.sinceAsked > ASK_EVERY) this.ask();
  }

  private forgetOldest(): void {
    const oldest = this.buffer.shift();
    this.bufferLevels -= oldest === undefined ? 0 : levelsIn(oldest);
  }

  private forgetBuffer(): void {
    this.buffer = [];
    this.bufferLevels = 0;
  }

  /** Joins the waiting snapshot and the buffered diffs, once both are there. */
  private splice(): void {
    const first = this.buffer[0];
    const snapshot = this.waiting;
    if (first === undefined || snapshot === undefined) return;
    this.waiting = undefined;
    if (first.firstId > snapshot.lastId + 1) {
      this.counts.snapshotsTooOld += 1;
      this.tooOldInRow += 1;
      const retryMs = this.rule.retryMs[this.tooOldInRow === 1 ? 0 : 1];
      if (retryMs === 0) this.ask();
      else this.askIn(retryMs);
      return;
    }
    this.load(snapshot);
    let occurredAt: EpochMs | null = null;
    for (const event of this.buffer) {
      if (event.lastId <= snapshot.lastId) this.counts.bookBeforeSnapshot += 1;
      else this.apply(event);
      occurredAt = event.occurredAt;
    }
    this.forgetBuffer();
    this.tooOldInRow = 0;
    this.book.status = 'live';
    this.counts.snapshots += 1;
    if (this.prove()) this.ports.changed(occurredAt, true);
  }

  private load(snapshot: SnapshotEvent): void {
    const { book } = this;
    book.clear('syncing');
    setLevels(book, 'bids', snapshot.bids);
    setLevels(book, 'asks', snapshot.asks);
    book.sequence = snapshot.lastId;
    this.snapshotId = snapshot.lastId;
    this.pictures.begin(snapshot);
  }

  /** Pictures that move on while no diff comes at all. */
  private hearInQuiet(snapshot: SnapshotEvent, now: EpochMs): void {
    this.quietSince ??= now;
    if (this.quietId >= 0) this.stream.see(snapshot.lastId, this.quietId, now);
    else if (now - this.quietSince >= SETTLED_MS) this.quietId = snapshot.lastId;
  }

  private ask(): void {
    this.sinceAsked = 0;
    this.askIn(ANSWER_MS);
    this.ports.requestSnapshot(this.why);
  }

  private askIn(ms: number): void {
    this.dueIn = ms;
    this.dueAt = undefined;
  }

  private askAgain(now: EpochMs): void {
    if (this.dueIn === null) return;
    this.dueAt ??= now + this.dueIn;
    if (now >= this.dueAt) this.ask();
  }

  private lose(detail: string): void {
    this.counts.bookGaps += 1;
    this.startOver('gap', detail);
  }

  private startOver(doubt: BookDoubt, detail: string): void {
    this.book.clear('stale');
    this.forgetBuffer();
    this.sinceAsked = ASK_EVERY;
    this.dueIn = null;
    this.waiting = undefined;
    this.tooOldInRow = 0;
    this.pictures.forget();
    this.stream.forget();
    this.why = detail;
    this.ports.doubted(doubt, detail);
  }
}

const gapBetween = (lastId: number, { firstId, lastId: newId }: DepthEvent): string =>
  firstId > lastId
    ? `${firstId - lastId - 1} updates missing between ${lastId} and ${firstId}`
    : `updates ${firstId} to ${newId} do not continue ${lastId}`;
