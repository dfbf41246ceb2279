import { type Beat, type ConnectionChange, isFrame, POLL, type SourceItem } from '../frame-source.ts';

export type QueuedItem = SourceItem | Beat;

export interface QueueLimits {
  /** Items, and characters of their messages, that may wait. */
  readonly itemsMax: number;
  readonly bytesMax: number;
}

/** What an item takes beside its message. */
const ITEM_BYTES = 160;
const COMPACT_AT = 4_096;

/**
 * Items between the sockets' callbacks and whoever takes them one by one. When too much waits, all frames are dropped and
 * none is taken until {@link listen}: what follows a gap would pass for what continues a book. Changes of connections and
 * the like are always kept.
 */
export class ItemQueue {
  private readonly limits: QueueLimits;
  private readonly overflowed: () => void;
  private items: (QueuedItem | undefined)[] = [];
  private head = 0;
  private bytes = 0;
  private isDeaf = false;
  private wake: (() => void) | undefined;
  private end: { readonly error: Error | undefined } | undefined;
  /** Frames dropped since the queue began. */
  dropped = 0;

  constructor(limits: QueueLimits, overflowed: () => void) {
    this.limits = limits;
    this.overflowed = overflowed;
  }

  push(item: QueuedItem): void {
    if (this.end !== undefined) return;
    if (this.isDeaf && isFrame(item)) {
      this.dropped += 1;
      return;
    }
    this.items.push(item);
    this.bytes += bytesOf(item);
    if (this.items.length - this.head > this.limits.itemsMax || this.bytes > this.limits.bytesMax)
      this.overflow();
    this.wake?.();
  }

  /** The oldest item; undefined while there is none. @throws the error that ended the queue, once all is taken. */
  shift(): QueuedItem | undefined {
    const item = this.items[this.head];
    if (item === undefined) {
      if (this.end?.error !== undefined) throw this.end.error;
      return undefined;
    }
    this.items[this.head] = undefined;
    this.head += 1;
    this.bytes -= bytesOf(item);
    if (this.head >= COMPACT_AT && this.head * 2 >= this.items.length) this.compact();
    return item;
  }

  /** Resolves when there is an item, or the queue has ended. */
  async any(): Promise<void> {
    if (this.head < this.items.length || this.end !== undefined) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
  }

  /** Takes frames again: whatever continues nothing has begun anew. */
  listen(): void {
    this.isDeaf = false;
  }

  /** Nothing is taken in any more; with an error, whoever takes the items meets it after the last. */
  close(error?: Error): void {
    this.end ??= { error };
    this.wake?.();
  }

  get isClosed(): boolean {
    return this.end !== undefined;
  }

  private compact(): void {
    this.items = this.items.slice(this.head);
    this.head = 0;
  }

  private overflow(): void {
    const waiting = this.items.slice(this.head).filter((item) => item !== undefined);
    const kept = essential(waiting);
    const frames = waiting.filter(isFrame).length;
    if (frames === 0) return;
    this.dropped += frames;
    const detail = `${frames} frames were dropped: the feed takes them more slowly than they come`;
    this.items = [...kept, { reason: 'overflow', detail }];
    this.head = 0;
    this.bytes = this.items.reduce((sum, item) => sum + (item === undefined ? 0 : bytesOf(item)), 0);
    this.isDeaf = true;
    this.overflowed();
  }
}

const bytesOf = (item: QueuedItem): number => ITEM_BYTES + ('raw' in item ? item.raw.length : 0);

/** What a reader has to know even of a time whose frames it never sees; bounded, however often that happens. */
function essential(items: readonly QueuedItem[]): QueuedItem[] {
  const opened = new Set(
    items.filter(isChange).flatMap((one) => (one.change === 'opened' ? one.connection : [])),
  );
  const over = new Set(
    items
      .filter(isChange)
      .flatMap((one) => (one.change !== 'opened' && opened.has(one.connection) ? one.connection : [])),
  );
  const lastBeat = items.findLast((item) => 'beat' in item);
  return items.filter((item) => {
    if ('beat' in item) return item === lastBeat;
    if ('reason' in item) return item.reason !== 'overflow';
    if (isChange(item)) return !over.has(item.connection);
    return !isFrame(item);
  });
}

/** A connection's own life; what is polled has one name for all its lives. */
const isChange = (item: QueuedItem): item is ConnectionChange => 'change' in item && item.connection !== POLL;
