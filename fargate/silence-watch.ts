import { judgeSilence, type Silences } from '../core/market/feed-silence.ts';
import type { Contract, InstrumentId } from '../core/market/instrument.ts';
import { instrumentOf, type MarketWindow } from '../core/market/window.ts';
import { type EpochMs, isoTime } from '../core/time.ts';
import type { FeedEvent } from './feed-news.ts';
import type { FeedPipeline } from './feed-pipeline.ts';

/** What it asks of the pipeline. */
type Known = Pick<FeedPipeline, 'followed' | 'instruments' | 'doubtOf'>;

/** Watches the windows of a feed for instruments that fall silent, and says why they did. */
export class SilenceWatch {
  private readonly pipeline: Known;
  private readonly isWatched: boolean;
  private silences: Silences = new Map();
  /** Contracts whose outcome the venue told. */
  private readonly decided = new Set<InstrumentId>();

  /** `isWatched`: the source notices itself when a stream has died, so that a live book may be quiet. */
  constructor(pipeline: Known, isWatched: boolean) {
    this.pipeline = pipeline;
    this.isWatched = isWatched;
  }

  /** The news of a window; every window is shown once, in order, those settled by an earlier run included. */
  see(window: MarketWindow): readonly FeedEvent[] {
    const { after, changes } = judgeSilence(this.silences, window, this.isWatched);
    this.silences = after;
    for (const { instrumentId } of window.settlements) this.decided.add(instrumentId);
    for (const id of this.decided) if (instrumentOf(window, id) === undefined) this.decided.delete(id);
    return changes.map(({ kind, instrumentId }) => ({
      type: `feed.${kind}`,
      version: 1,
      id: `feed.${kind}/${window.feedId}/${instrumentId}/${window.closedAt}`,
      at: window.closedAt,
      feedId: window.feedId,
      instrumentId,
      detail: `${instrumentId}: ${this.words(instrumentId, window)}.`,
    }));
  }

  /** Whether the venue does not trade a contract any more because it was decided, or its trading has come to its announced end. */
  isOver(id: InstrumentId, newest: MarketWindow): boolean {
    if (instrumentOf(newest, id)?.status !== 'closed') return false;
    if (this.decided.has(id)) return true;
    const closesAt = this.contractOf(id)?.closesAt ?? null;
    return closesAt !== null && closesAt <= newest.closedAt;
  }

  /** When trading in a contract begins that the venue has announced and does not trade yet; null for all others. */
  opensAt(id: InstrumentId, newest: MarketWindow): EpochMs | null {
    if (instrumentOf(newest, id)?.status !== 'closed') return null;
    const opensAt = this.contractOf(id)?.opensAt ?? null;
    return opensAt !== null && opensAt > newest.closedAt ? opensAt : null;
  }

  /** Since when and why an instrument is not live or silent, as the newest window shows it; null when all is well. */
  trouble(id: InstrumentId, newest: MarketWindow): string | null {
    const one = instrumentOf(newest, id);
    const liveness = this.silences.get(id);
    if (one === undefined || liveness === undefined) return 'no window shows it';
    if (this.isOver(id, newest)) return null;
    const opensAt = this.opensAt(id, newest);
    if (opensAt !== null) return `its trading begins at ${isoTime(opensAt)}`;
    const { liveAt, countedFrom, verdict } = liveness;
    const since = isoTime(liveAt ?? countedFrom);
    if (one.status === 'live') return verdict === 'silent' ? `no message of it came since ${since}` : null;
    if (one.status === 'closed')
      return `${liveAt === null ? 'never live' : `last live at ${since}`}: the venue does not trade it, or announced rules that cannot be read`;
    if (this.gotNothing(id))
      return `neither a book that can be proven nor a trade of it came since ${since}; ${this.hint(id)}`;
    const doubt = this.pipeline.doubtOf(id);
    const cause = doubt?.detail ?? 'no snapshot of it came that its messages continue';
    return liveAt === null
      ? `its book is ${one.status} since the feed began at ${since}: ${cause}`
      : `its book is ${one.status} since ${isoTime(doubt?.at ?? liveAt)}: ${cause}`;
  }

  private contractOf(id: InstrumentId): Contract | undefined {
    return this.pipeline.instruments().find((one) => one.id === id)?.contract;
  }

  private words(id: InstrumentId, window: MarketWindow): string {
    if (instrumentOf(window, id) === undefined) return 'it is no longer followed';
    return this.trouble(id, window) ?? 'its book is live';
  }

  private gotNothing(id: InstrumentId): boolean {
    for (const { instrument, counts } of this.pipeline.followed())
      if (instrument.id === id) return counts.bookUpdates === 0 && counts.trades === 0;
    return true;
  }

  private hint(id: InstrumentId): string {
    return this.pipeline.instruments().some((one) => one.id === id)
      ? 'check its name, and that the source has its snapshots'
      : "its rules are not known: its venue did not answer yet, or does not list it; look at /health, check its name, or list it under 'instruments' in the configuration";
  }
}
