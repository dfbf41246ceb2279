import { symbolOf, type VenueId, venueOf } from '../../core/market/instrument.ts';
import type { InstrumentWindow, MarketWindow } from '../../core/market/window.ts';
import { type EpochMs, plusMs } from '../../core/time.ts';
import type { Truth } from '../../local/venue-simulator/truth.ts';

/** Holds every book that a published window shows as live against the venue's own. */
export class WindowJudge {
  /** Live pictures of a book that the venue never had, in words. */
  readonly wrong: string[] = [];
  /** For how long a book that was still shown as live had not been the venue's any more, at most; whoever sets it to 0 begins anew. */
  behindMs = 0;
  /** Live pictures that were held against the truth. */
  checks = 0;
  /** Windows that did not follow the one before. */
  missed = 0;
  newest: MarketWindow | undefined;
  private firstAt: EpochMs | undefined;
  private readonly truths: ReadonlyMap<VenueId, Truth>;
  /** The close of the newest window in which one of them was not live. */
  private deadAt: EpochMs | null = null;

  constructor(truths: ReadonlyMap<VenueId, Truth>) {
    this.truths = truths;
  }

  see(window: MarketWindow): void {
    if (this.newest !== undefined && window.previousClosedAt !== this.newest.closedAt) this.missed += 1;
    this.newest = window;
    this.firstAt ??= window.closedAt;
    for (const one of window.instruments) {
      if (one.status === 'live') this.judge(one, window.closedAt);
      else this.deadAt = window.closedAt;
    }
  }

  /** Since the close of which window all have been live without a break; null while one is not. */
  liveSince(windowMs: number): EpochMs | null {
    const { newest, firstAt, deadAt } = this;
    if (newest === undefined || firstAt === undefined) return null;
    if (deadAt === newest.closedAt) return null;
    return deadAt === null ? firstAt : plusMs(deadAt, windowMs);
  }

  /** Some window since a moment did not show all of them as live. */
  wasDeadSince(at: EpochMs): boolean {
    return (this.deadAt ?? at) > at;
  }

  private judge(one: InstrumentWindow, closedAt: EpochMs): void {
    const { instrumentId: id } = one;
    const venue = venueOf(id);
    const truth = venue === undefined ? undefined : this.truths.get(venue);
    if (!one.bidsComplete || !one.asksComplete) this.wrong.push(`${id}: deeper than the window`);
    const book = { levels: (side: 'bids' | 'asks') => [...one[side]], sequence: Number(one.venueSequence) };
    this.checks += 1;
    if (truth === undefined) throw new Error(`${id} is of no venue here`);
    const { state, why } = truth.judge(book, symbolOf(id));
    if (why !== null) this.wrong.push(`${closedAt}: ${why}`);
    const until = state?.until ?? closedAt;
    if (closedAt - until > this.behindMs) this.behindMs = closedAt - until;
  }
}
