import type { FollowedInstrument } from '../../adapters/venues/followed-instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import type { EpochMs } from '../../core/time.ts';

/** What is kept of one instrument while recordings are read, beyond its reader's counts. */
export class Sighting {
  /** Stamps of its first and last message, as they stand in the recording. */
  firstStamp: string | null = null;
  lastStamp: string | null = null;
  /** Quantity of its prints in units of 10^-8. */
  printed = 0n;
  /** Time between its first message and the end in which its book was not live. */
  staleMs = 0;
  private messages = 0;
  private staleFrom: EpochMs | null = null;

  /** Called after each line. */
  look(followed: FollowedInstrument, receivedAt: EpochMs, stamp: string | null): void {
    let messages = 0;
    for (const count of followed.messages.values()) messages += count;
    if (messages === this.messages) return;
    if (this.messages === 0) {
      this.firstStamp = stamp;
      if (!this.isLive) this.staleFrom = receivedAt;
    }
    this.messages = messages;
    this.lastStamp = stamp;
  }

  see(update: Extract<MarketUpdate, { kind: 'book' | 'book_doubted' | 'trade' }>, receivedAt: EpochMs): void {
    if (update.kind === 'trade') this.printed += update.quantity;
    else if (update.kind === 'book') this.becomesLive(receivedAt);
    else {
      this.isLive = false;
      this.staleFrom ??= receivedAt;
    }
  }

  /** The recordings are over. */
  end(receivedAt: EpochMs): void {
    if (this.staleFrom !== null) this.staleMs += Math.max(0, receivedAt - this.staleFrom);
    this.staleFrom = null;
  }

  private isLive = false;

  private becomesLive(receivedAt: EpochMs): void {
    this.isLive = true;
    if (this.staleFrom === null) return;
    this.staleMs += Math.max(0, receivedAt - this.staleFrom);
    this.staleFrom = null;
  }
}
