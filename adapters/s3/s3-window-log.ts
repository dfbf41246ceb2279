import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import { type Log, type Metrics, NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import { beatAt, type EpochMs, isoTime, MINUTE_MS } from '../../core/time.ts';
import { encodeBlock } from '../window-log/log-block.ts';
import { type WindowLog, WindowLogError } from '../window-log/window-log.ts';
import type { ObjectWriter } from './object-writer.ts';

/** Some hours of a feed of ten instruments, and little beside what a feeds process has. */
const BYTES_MAX = 50_000_000;
/** A feed faster than its clock (a demo, a recording) waits for S3 rather than fill the memory. */
const BLOCKS_WAITING_MAX = 4;

export interface S3WindowLogOptions {
  readonly writer: ObjectWriter;
  readonly feedId: FeedId;
  readonly metrics?: Metrics;
  readonly log?: Log;
  /** Packed bytes that wait in memory while S3 takes none. */
  readonly bytesMax?: number;
}

/**
 * A window log in a bucket, one object a minute. It is written behind the feed's back: S3 being slow or gone never holds
 * up a window. A block that could not be written is tried again with the next; when more wait than memory may hold, the
 * oldest are dropped and counted. A process that is killed takes its unfinished minute with it.
 */
export function createS3WindowLog(options: S3WindowLogOptions): WindowLog {
  return new S3WindowLog(options);
}

/** Where windows of a feed are kept, and below it by day. */
export const windowsPrefix = (feedId: FeedId): string => `windows/${feedId}/`;

/** `windows/<feed>/<YYYY>/<MM>/<DD>/<HHMM>-<closedAt of its first window>.jsonl.gz`. */
export function windowsKey(feedId: FeedId, first: EpochMs, detail = ''): string {
  const [date = '', clock = ''] = isoTime(first).split('T');
  const minute = clock.slice(0, 5).replace(':', '');
  return `${windowsPrefix(feedId)}${date.replaceAll('-', '/')}/${minute}-${first}${detail}.jsonl.gz`;
}

interface Block {
  readonly first: EpochMs;
  readonly last: EpochMs;
  readonly windows: number;
  readonly bytes: Buffer;
  /** Holds its minute to the end, as far as this life of the feed knows it. */
  readonly whole: boolean;
}

class S3WindowLog implements WindowLog {
  readonly #options: Required<S3WindowLogOptions>;
  #newest: EpochMs | undefined;
  /** Windows of the minute in progress. */
  #minute: MarketWindow[] = [];
  /** Oldest first; the one that is being written stays at their head until S3 has it. */
  #waiting: Block[] = [];
  #inFlight: Block | undefined;
  #writing: Promise<void> = Promise.resolve();
  #fault: unknown;

  constructor(options: S3WindowLogOptions) {
    this.#options = { metrics: NO_METRICS, log: NO_LOG, bytesMax: BYTES_MAX, ...options };
  }

  async append(window: MarketWindow): Promise<void> {
    if (this.#newest !== undefined && window.closedAt <= this.#newest) return;
    this.#newest = window.closedAt;
    const first = this.#minute[0];
    if (first !== undefined && beatAt(first.closedAt, MINUTE_MS) !== beatAt(window.closedAt, MINUTE_MS)) {
      this.#endBlock(true);
      this.#writing = this.#writing.then(() => this.#write());
      if (this.#waiting.length > BLOCKS_WAITING_MAX && this.#fault === undefined) await this.#writing;
    }
    this.#minute.push(window);
  }

  async close(): Promise<void> {
    this.#endBlock(false);
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
    if (this.#waiting.length === 0) return;
    const lost = this.#waiting.reduce((sum, block) => sum + block.windows, 0);
    this.#drop(this.#waiting);
    this.#waiting = [];
    throw new WindowLogError(`${lost} windows could not be logged: ${wordsOf(this.#fault)}`, {
      cause: this.#fault,
    });
  }

  #endBlock(whole: boolean): void {
    const [first, last] = [this.#minute[0], this.#minute.at(-1)];
    if (first === undefined || last === undefined) return;
    const bytes = encodeBlock(this.#minute);
    this.#waiting.push({
      first: first.closedAt,
      last: last.closedAt,
      windows: this.#minute.length,
      bytes,
      whole,
    });
    this.#minute = [];
    this.#keepWithinBounds();
  }

  #keepWithinBounds(): void {
    let bytes = this.#waiting.reduce((sum, block) => sum + block.bytes.length, 0);
    // What is being written may be kept yet, and the newest was never tried.
    for (const block of this.#waiting.slice(0, -1)) {
      if (bytes <= this.#options.bytesMax) return;
      if (block === this.#inFlight) continue;
      this.#waiting.splice(this.#waiting.indexOf(block), 1);
      bytes -= block.bytes.length;
      this.#drop([block]);
    }
  }

  #drop(blocks: readonly Block[]): void {
    const { metrics, log, feedId } = this.#options;
    for (const { first, last, windows } of blocks) {
      metrics.add('feed_windows_unlogged_total', windows);
      log.error('windows not logged', { feed: feedId, from: isoTime(first), to: isoTime(last), windows });
    }
  }

  /** Writes what waits, oldest first, up to the first that fails; never throws. */
  async #write(): Promise<void> {
    for (let block = this.#waiting[0]; block !== undefined; block = this.#waiting[0]) {
      this.#inFlight = block;
      try {
        await this.#put(block);
        this.#waiting.shift();
        this.#fault = undefined;
      } catch (error) {
        this.#fault = error;
        this.#options.log.warn('window log waits', {
          feed: this.#options.feedId,
          blocks: this.#waiting.length,
          reason: wordsOf(error),
        });
        return;
      } finally {
        this.#inFlight = undefined;
      }
    }
  }

  async #put({ first, last, bytes, whole }: Block): Promise<void> {
    const { writer, feedId } = this.#options;
    const key = windowsKey(feedId, first);
    // A life of the feed that began with the same frames may have kept more of this minute than we, who were stopped.
    const done = await writer.put(key, bytes, 'application/gzip', { onlyNew: !whole });
    if (done === 'exists') await writer.put(windowsKey(feedId, first, `-${last}`), bytes, 'application/gzip');
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
