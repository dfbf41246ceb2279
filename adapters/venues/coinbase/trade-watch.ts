import { type EpochMs, SECOND_MS } from '../../../core/time.ts';

/** Heartbeats come once a second; after so many without one, messages of the product were lost or are about to be. */
const SILENCE_MS_MAX = 10 * SECOND_MS;

/**
 * One product's heartbeats on one connection: they name the newest trade, so that a trade that did not come is known before
 * the next one shows the hole, and their silence means that the product is no longer carried.
 */
export class TradeWatch {
  private heardAt: EpochMs | undefined;
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

  /** Words, once, when heartbeats have stopped. */
  tick(now: EpochMs): string | null {
    if (this.heardAt === undefined || this.isSilent || now - this.heardAt <= SILENCE_MS_MAX) return null;
    this.isSilent = true;
    return `no heartbeat for ${SILENCE_MS_MAX / SECOND_MS} s`;
  }
}
