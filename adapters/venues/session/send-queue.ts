import type { Outgoing, SocketLimits } from './protocol.ts';
import { TokenBucket } from './rates.ts';
import type { Timers } from './timers.ts';

/** Answers that a venue can ask for without end; what is beyond is not sent. */
const URGENT_MAX = 64;

type Entry =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ping' }
  /** Reached when all before it was sent. */
  | { readonly kind: 'mark'; readonly reached: () => void };

/** What goes out over one socket, within the venue's limit: answers and signs of life first, the rest in order. */
export class SendQueue {
  private readonly timers: Timers;
  private readonly bucket: TokenBucket;
  private readonly out: (text: string | null) => void;
  private readonly urgent: Entry[] = [];
  private readonly queue: Entry[] = [];
  private wake: (() => void) | undefined;
  private isOver = false;

  /** `out` sends a text, or a ping frame for null. */
  constructor(limits: SocketLimits, timers: Timers, out: (text: string | null) => void) {
    this.timers = timers;
    this.bucket = new TokenBucket(1_000 / limits.sendsPerSecond, limits.sendBurst);
    this.out = out;
  }

  /** Something waits to be sent. */
  get isBusy(): boolean {
    return this.first() !== undefined;
  }

  /** `sent` is called when the last of these has gone out, at once where there is nothing to send. */
  push(outgoing: readonly Outgoing[], sent?: () => void): void {
    for (const { text } of outgoing) this.queue.push({ kind: 'text', text });
    if (sent) this.queue.push({ kind: 'mark', reached: sent });
    this.pump();
  }

  /** Before all else: an answer, or a sign of life (null: a ping frame). */
  hurry(text: string | null): void {
    if (this.urgent.length >= URGENT_MAX) return;
    this.urgent.push(text === null ? { kind: 'ping' } : { kind: 'text', text });
    this.pump();
  }

  stop(): void {
    this.isOver = true;
    this.wake?.();
  }

  private pump(): void {
    if (this.wake !== undefined || this.isOver) return;
    for (let from = this.first(); from !== undefined && !this.isOver; from = this.first()) {
      const [entry] = from;
      if (entry?.kind === 'mark') {
        from.shift();
        entry.reached();
        continue;
      }
      const now = this.timers.now();
      const waitMs = this.bucket.waitMs(now);
      if (waitMs > 0) {
        this.wake = this.timers.after(waitMs, () => {
          this.wake = undefined;
          this.pump();
        });
        return;
      }
      from.shift();
      this.bucket.take(now);
      this.out(entry?.kind === 'text' ? entry.text : null);
    }
  }

  private first(): Entry[] | undefined {
    if (this.urgent.length > 0) return this.urgent;
    return this.queue.length > 0 ? this.queue : undefined;
  }
}
