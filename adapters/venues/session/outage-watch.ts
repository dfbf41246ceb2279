import { type EpochMs, MINUTE_MS } from '../../../core/time.ts';
import type { Outage, SessionEvents } from './session-status.ts';

/** A shorter outage is a reconnect like any other. */
export const OUTAGE_MS = MINUTE_MS;

/** Tells of each outage once when it has lasted, and once when it is over. */
export class OutageWatch {
  private readonly events: SessionEvents;
  private readonly afterMs: number;
  private told: Outage | undefined;

  /** Whoever cannot wait for a minute has outages of `afterMs` told. */
  constructor(events: SessionEvents, afterMs = OUTAGE_MS) {
    this.events = events;
    this.afterMs = afterMs;
  }

  /**
   * What is out now, since the oldest moment; undefined when all is well. `isBack`: a connection is there that has to hold
   * yet, which begins no outage and ends none. `idleBecause`: nothing is out because nothing needs a connection.
   */
  look(now: EpochMs, outage: Outage | undefined, isBack = false, idleBecause: string | null = null): void {
    if (this.told === undefined) {
      if (isBack || outage === undefined || now - outage.since < this.afterMs) return;
      this.told = outage;
      this.events.disconnected?.(outage);
    } else if (outage === undefined) {
      const { told } = this;
      this.told = undefined;
      this.events.reconnected?.(told, idleBecause);
    }
  }
}
