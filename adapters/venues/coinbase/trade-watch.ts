import { type EpochMs, SECOND_MS } from '../../../core/time.ts';

/** Heartbeats come once a second; after so many without one, messages of the product were lost or are about to be. */
const SILENCE_MS_MAX = 10 * SECOND_MS;
/** Heartbeats that lie so far apart by the venue's clock had others between them, and whatever came with those. */
const PAUSE_MS_MAX = 3_500;

/**
 * One product's heartbeats on one connection: they name the newest trade, so that a trade that did not come is known before
 * the next one shows the hole, and their silence means that the product is no longer carried.
 */
export class TradeWatch {
  private heardAt: EpochMs | undefined;
  /** When the venue sent the newest one. */
  private sentAt: EpochMs | null = null;
  private isSilent = false;
  private newest: number | undefined;
  private announced = 0;
  private told = 0;

  sawTrade(id: number): void {
    this.newest = Math.max(id, this.newest ?? 0);
  }

  /**
   * Takes a heartbeat. Words when trades are missing: a match may come a moment after the heartbeat that announces it, so only
   * the one before is held against what came.
   */
  heard(lastTradeId: number, now: EpochMs): string | null {
    const { newest, announced } = this;
    this.heardAt = now;
    this.isSilent = false;
    this.announced = Math.max(lastTradeId, announced);
    if (newest === undefined || announced <= newest || announced <= this.told) return null;
    this.told = announced;
    return `the heartbeat announced trade ${announced}, the newest that came is ${newest}`;
  }

  /**
   * Takes the venue's time of a message. Words, once, when heartbeats before it did not come: one or two may be lost by
   * themselves, more were left out with all that came with them.
   */
  saw(at: EpochMs | null, isHeartbeat: boolean): string | null {
    const pauseMs = at === null || this.sentAt === null ? 0 : at - this.sentAt;
    if (isHeartbeat && at !== null) this.sentAt = at;
    if (pauseMs <= PAUSE_MS_MAX) return null;
    if (!isHeartbeat) this.sentAt = null;
    return `no heartbeat of ${Math.floor(pauseMs / SECOND_MS)} s came`;
  }

  /** A picture came: whatever was left out before it is not missed. */
  restart(now: EpochMs): void {
    this.sentAt = null;
    if (this.heardAt !== undefined) this.heardAt = now;
  }

  /** Words, once, when heartbeats have stopped. */
  tick(now: EpochMs): string | null {
    if (this.heardAt === undefined || this.isSilent || now - this.heardAt <= SILENCE_MS_MAX) return null;
    this.isSilent = true;
    this.sentAt = null;
    return `no heartbeat for ${SILENCE_MS_MAX / SECOND_MS} s`;
  }
}
