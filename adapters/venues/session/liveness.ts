import { type EpochMs, SECOND_MS } from '../../../core/time.ts';

/** A connection on which nothing comes for so long is asked whether it lives. */
const ASK_MS = 3 * SECOND_MS;
/** So long it may take to answer. */
const ANSWER_MS = 3 * SECOND_MS;
/** Looks this far apart tell of a process that was held up: what came meanwhile is not read yet. */
const HELD_UP_MS = 2_500;

/**
 * Whether anything is at the other end of a connection. A silent one is sent a ping frame; where the other side has answered
 * one before, a ping without an answer is the end of it. Elsewhere only a long silence is.
 */
export class Liveness {
  private readonly silenceMs: number;
  private heardAt: EpochMs;
  private lookedAt: EpochMs;
  /** The ping that waits for its answer. */
  private askedAt: EpochMs | null = null;
  /** Whether the other side answers pings is learned by a first one, while all is well. */
  private wasAsked = false;
  private answers = false;
  /** Bytes that had come at the last look: the beginning of a long message is a sign of life. */
  private bytes = 0;

  constructor(silenceMs: number, now: EpochMs) {
    this.silenceMs = silenceMs;
    this.heardAt = now;
    this.lookedAt = now;
  }

  /** A message or a ping came. */
  heard(now: EpochMs): void {
    this.heardAt = now;
    this.askedAt = null;
  }

  /** An answer to a ping came. */
  answered(now: EpochMs): void {
    this.answers = true;
    this.heard(now);
  }

  /**
   * Looks at the clock, each second: `ask` wants a ping to be sent; `dead` says why the connection is. `isBusy`: others wait
   * to be sent, which a first ping does not delay.
   */
  look(now: EpochMs, bytes: number, isBusy: boolean): 'fine' | 'ask' | { readonly dead: string } {
    const isHeldUp = now - this.lookedAt > HELD_UP_MS;
    this.lookedAt = now;
    if (bytes !== this.bytes) this.heard(now);
    this.bytes = bytes;
    const silentMs = now - this.heardAt;
    if (silentMs > this.silenceMs) return { dead: `nothing came for ${this.silenceMs} ms` };
    if (this.askedAt === null) return this.ask(silentMs, now, isBusy);
    if (!this.answers || isHeldUp || now - this.askedAt < ANSWER_MS) return 'fine';
    return { dead: `nothing came for ${silentMs} ms, and no answer to a ping` };
  }

  private ask(silentMs: number, now: EpochMs, isBusy: boolean): 'fine' | 'ask' {
    if (silentMs < ASK_MS && (this.wasAsked || isBusy)) return 'fine';
    this.wasAsked = true;
    this.askedAt = now;
    return 'ask';
  }
}
