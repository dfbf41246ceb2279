import { type InstrumentId, instrumentId, symbolOf, type VenueId } from '../../../core/market/instrument.ts';
import { beatAt, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { FeedNote } from '../../../fargate/feed-note.ts';
import type { FaultKind } from '../../../local/venue-simulator/faults.ts';
import { KEYS } from '../../local/venue-simulator/contract-client.ts';
import { accessOf, SimFeed, START } from './sim-feed.ts';
import { soakFaults } from './soak-faults.ts';
import { type SoakSide, soakSides } from './soak-sides.ts';

export interface SoakOptions {
  readonly seed: number;
  /** Length of the whole run: faults come throughout, except shortly before its end. */
  readonly forMs: number;
}

/** An instrument that the newest window does not show as live, and why. */
export interface DeadInstrument {
  readonly id: InstrumentId;
  readonly status: string;
  /** What made its book doubtful, opened its breaker or stopped its trading; null when nobody said anything. */
  readonly why: string | null;
}

const LOOK_EVERY_MS = 10 * SECOND_MS;
/** Markets that roll end at its multiples. */
const ROLL_MS = 15 * MINUTE_MS;
/** Sentences about wrong books that are kept. */
const WRONG_KEPT = 20;

/**
 * A hundred instruments at five simulated venues, followed for hours of virtual time while everything goes wrong that can.
 * What a simulation notes is counted and let go, so that only what the feed itself keeps can grow.
 */
export class SoakRun {
  readonly feed: SimFeed;
  readonly sides: readonly SoakSide[];
  /** How often faults had an effect, by venue and kind. */
  readonly struck = new Map<VenueId, Map<FaultKind, number>>();
  /** What the feed noted, by kind. */
  readonly notes = new Map<string, number>();
  sessionNotes = 0;
  /** What would have been published beside the windows. */
  news = 0;
  /** The first live pictures of a book that its venue never had, in words, and how many there were. */
  readonly wrong: string[] = [];
  wrongs = 0;
  /** Markets that were followed because the one before them ended. */
  rolled = 0;
  private followed: readonly InstrumentId[];
  /** Why instruments are not shown as live although their books may be proven: breakers that are open, no trading. */
  private readonly halts = new Map<InstrumentId, string>();
  private readonly closures = new Map<InstrumentId, string>();
  /** Of instruments that are followed no longer. */
  private resyncsBefore = 0;
  private elapsedMs = 0;

  constructor({ seed, forMs }: SoakOptions) {
    this.sides = soakSides((venue, symbols) => soakFaults(venue, { seed, forMs, symbols }));
    this.feed = new SimFeed({
      seed,
      sides: this.sides,
      access: accessOf(),
      keys: { kalshi: KEYS.ed25519 },
    }).start();
    this.followed = this.feed.ids;
  }

  get ids(): readonly InstrumentId[] {
    return this.followed;
  }

  /** Lets time pass and follows what comes after markets that ended. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= LOOK_EVERY_MS) {
      const stepMs = Math.min(left, LOOK_EVERY_MS);
      this.feed.pass(stepMs);
      const newestEndMs = beatAt(this.feed.timers.now(), ROLL_MS) - START;
      if (newestEndMs > this.elapsedMs) this.roll();
      this.elapsedMs += stepMs;
      this.collect();
    }
  }

  /** Full resynchronizations of all books so far. */
  resyncs(): number {
    return this.ids.reduce((sum, id) => sum + this.feed.resyncs(id), this.resyncsBefore);
  }

  /** Frames of each venue so far. */
  frames(): ReadonlyMap<string, number> {
    return new Map([...this.feed.pipeline.wires()].map(({ wire, frames }) => [wire, frames.frames]));
  }

  dead(): readonly DeadInstrument[] {
    const statuses = new Map(this.feed.newest?.instruments.map((one) => [one.instrumentId, one.status]));
    return this.ids.flatMap((id) => {
      const status = statuses.get(id) ?? 'missing';
      const doubt = this.feed.pipeline.doubtOf(id)?.detail;
      const why = doubt ?? this.halts.get(id) ?? this.closures.get(id) ?? null;
      return status === 'live' ? [] : [{ id, status, why }];
    });
  }

  private roll(): void {
    const now = this.feed.timers.now();
    const wanted = this.sides.flatMap((side) =>
      side.followedAt(now).map((symbol) => instrumentId(side.venue, symbol)),
    );
    const follow = wanted.filter((id) => !this.followed.includes(id));
    const unfollow = this.followed.filter((id) => !wanted.includes(id));
    this.resyncsBefore += unfollow.reduce((sum, id) => sum + this.feed.resyncs(id), 0);
    this.feed.feed.follow({ follow, unfollow, detail: `${unfollow.map(symbolOf).join(', ')} ended` });
    for (const id of unfollow) {
      this.halts.delete(id);
      this.closures.delete(id);
    }
    this.followed = wanted;
    this.rolled += follow.length;
  }

  /** Counts what was noted since the last time, and lets it go. */
  private collect(): void {
    const { feed } = this;
    for (const note of feed.notes.splice(0)) this.count(note);
    this.sessionNotes += feed.sessionNotes.splice(0).length;
    this.news += feed.pipeline.news.take().length;
    const wrong = feed.wrong.splice(0);
    this.wrongs += wrong.length;
    this.wrong.push(...wrong.slice(0, WRONG_KEPT - this.wrong.length));
    for (const [venue, { sim }] of feed.sides) {
      const kinds = this.struck.get(venue) ?? new Map<FaultKind, number>();
      for (const { fault } of sim.faults.struck.splice(0))
        kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
      this.struck.set(venue, kinds);
    }
  }

  private count({ kind, instrumentId: id, detail }: FeedNote): void {
    this.notes.set(kind, (this.notes.get(kind) ?? 0) + 1);
    if (id === undefined) return;
    if (kind === 'breaker_opened') this.halts.set(id, detail);
    if (kind === 'breaker_closed') this.halts.delete(id);
    if (kind === 'trading_stopped') this.closures.set(id, detail);
    if (kind === 'trading_resumed') this.closures.delete(id);
  }
}
