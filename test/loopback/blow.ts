import type { SessionStatus } from '../../adapters/venues/session/session-status.ts';
import { venueOfWire } from '../../adapters/venues/wire.ts';
import { type InstrumentId, type VenueId, venueOf } from '../../core/market/instrument.ts';
import type { EpochMs } from '../../core/time.ts';
import type { FaultEffect, FaultTarget } from '../../local/venue-simulator/faults.ts';
import type { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { type LoopbackFeed, RECONNECT, WINDOW_MS } from './loopback-feed.ts';
import { grownSince, type Tally, type TallyName, tallyOf } from './tally.ts';
import { PATIENCE_MS } from './wall-time.ts';

type Effect = FaultEffect & FaultTarget;

/** One fault, and what it must leave behind. */
export interface Blow {
  readonly fault: Effect;
  /** How long it lasts, at least: until it has struck, and until health shows what it must. Absent where it strikes one message. */
  readonly forMs?: number;
  /** Another one of the same span. */
  readonly beside?: Effect;
  /** What the feed must count of it, exactly. */
  readonly grows?: Partial<Tally>;
  /** What it must count at least once; how often is a matter of chance. */
  readonly stirs?: readonly TallyName[];
  /** What its health must say at some moment meanwhile. */
  readonly shows?: (session: SessionStatus) => boolean;
  /** How often the two books were proven anew, the one with more of it first; `each cut`: no more often than they were cut off. */
  readonly resyncs: readonly [number, number] | 'each cut';
  /** Only whoever connects, subscribes or asks anew feels it, so that open connections are cut as it begins. */
  readonly isFeltAnew?: true;
  /** The longest wait of the client between tries, where it is not that between connections. */
  readonly backoffMs?: number;
  /** For so long after its end something is under way that began before it, or it takes to be found out. */
  readonly tailMs?: number;
  /** For so long nobody can know that the book has moved on; until the next message, unless told. */
  readonly blindMs?: number;
}

/** What became of it. */
export interface Aftermath {
  /** How much later than allowed all books were live again, after the fault's end; in milliseconds. */
  readonly lateMs: number;
  /** Of each book, the one with most first; beyond the number of cuts where these are what counts. */
  readonly resyncs: readonly number[];
  readonly grew: Partial<Tally>;
  /** Live pictures of a book that the venue never had, in words. */
  readonly wrong: readonly string[];
  /** For how much longer than it could be known a picture was live that was not the venue's any more. */
  readonly frozenMs: number;
  /** Windows that did not follow the one before. */
  readonly missed: number;
}

/**
 * What recovery takes beside the waits between tries: up to 250 ms until the gate lets another connection through, 50 ms in
 * which doubts are gathered into one request, the turns of handshakes, requests and answers, and the rest of a second in which
 * the clock is looked at. Time in which a busy machine lets nothing of this run is measured and added.
 */
const WORK_MS = 1_250;
/** Messages and windows in the making: a book that is shown may be so old. */
const UNDER_WAY_MS = 1_000;
/** All must stay live for so long before it is over. */
const CALM_MS = 4 * WINDOW_MS;

/** Lets a fault happen now, waits until it is over and its traces are counted, and until all books are live for good. */
export async function strike(feed: LoopbackFeed, venue: VenueId, blow: Blow): Promise<Aftermath> {
  const { time, judge } = feed;
  const sim = feed.simOf(venue);
  const before = tallyOf(feed.health.report(), venue);
  const resyncsBefore = resyncsOf(feed, venue);
  const from = time.now();
  const [wrong, missed, cuts] = [judge.wrong.length, judge.missed, sim.faults.struck.length];
  judge.behindMs = 0;
  const endedAt = await happen(feed, sim, venue, blow);
  const grown = (): Tally => grownSince(before, feed.health.report(), venue);
  await feed.until(
    () => isCounted(grown(), blow),
    () => `${blow.fault.kind} at ${venue} is not counted: ${JSON.stringify(grown())}`,
  );
  const seenAt = time.now();
  await feed.until(
    () => isCalmSince(feed, seenAt),
    () => `not live after ${blow.fault.kind} at ${venue}: ${feed.troubles().join('; ')}`,
  );
  const stalledMs = time.stalledMs(from);
  const liveAt = judge.wasDeadSince(from) ? (judge.liveSince(WINDOW_MS) ?? time.now()) : endedAt;
  const names = Object.keys(blow.grows ?? {}) as TallyName[];
  const all = grown();
  const resyncs = [...resyncsOf(feed, venue)].map(([id, count]) => count - (resyncsBefore.get(id) ?? 0));
  const struck = sim.faults.struck.slice(cuts).filter(({ fault }) => fault.kind === 'close_storm').length;
  const tooMany = resyncs.map((count) => Math.max(0, count - struck));
  return {
    lateMs: Math.max(0, liveAt - endedAt - allowedMs(blow) - stalledMs),
    resyncs: blow.resyncs === 'each cut' ? tooMany : resyncs.toSorted((a, b) => b - a),
    grew: Object.fromEntries(names.map((name) => [name, all[name]])),
    wrong: judge.wrong.slice(wrong),
    frozenMs: Math.max(0, judge.behindMs - (blow.blindMs ?? 0) - UNDER_WAY_MS - stalledMs),
    missed: judge.missed - missed,
  };
}

/** Twice the configured wait between tries, the window that shows it, and the work; a longer fault's own tail. */
const allowedMs = ({ backoffMs = RECONNECT.maxMs, tailMs = 0 }: Blow): number =>
  2 * backoffMs + tailMs + WINDOW_MS + WORK_MS;

/** What must have become of it. */
export const expected = ({ resyncs, grows = {} }: Blow): Aftermath => ({
  lateMs: 0,
  resyncs: resyncs === 'each cut' ? [0, 0] : resyncs,
  grew: grows,
  wrong: [],
  frozenMs: 0,
  missed: 0,
});

/** Resolves when the fault has struck and is over, with the moment at which it was. */
async function happen(
  feed: LoopbackFeed,
  sim: SimVenue,
  venue: VenueId,
  { fault, beside, forMs, isFeltAnew, shows }: Blow,
): Promise<EpochMs> {
  const { time, health } = feed;
  const { faults } = sim;
  const { kind } = fault;
  const from = time.now();
  const before = faults.struck.length;
  const span = { atMs: 0, forMs: PATIENCE_MS };
  const lasting = [fault, ...(beside === undefined ? [] : [beside])].map((one) => ({ ...one, ...span }));
  faults.add(...lasting);
  if (isFeltAnew) faults.add({ kind: 'close_storm', everyMs: PATIENCE_MS, atMs: 10, forMs: 1 });
  if (shows !== undefined)
    await feed.until(
      () => health.report().venues.some((one) => venueOfWire(one.wire) === venue && shows(one)),
      () => `${kind} does not show: ${JSON.stringify(health.report().venues)}`,
    );
  const strikes = () => faults.struck.slice(before).filter((one) => one.fault.kind === kind);
  // What strikes one message is over by itself.
  const isOver = (): boolean =>
    forMs === undefined ? faults.find(kind) === undefined : time.now() - from >= forMs;
  await feed.until(
    () => strikes().length > 0 && isOver(),
    () => `${kind} struck nothing`,
  );
  if (forMs === undefined) return strikes().at(-1)?.at ?? from;
  for (const one of lasting) faults.lift(one);
  return time.now();
}

/** Live since then without a break, or since later, and for long enough. */
function isCalmSince({ judge }: LoopbackFeed, at: EpochMs): boolean {
  const since = judge.liveSince(WINDOW_MS);
  const { newest } = judge;
  return since !== null && newest !== undefined && newest.closedAt >= Math.max(since, at) + CALM_MS;
}

const isCounted = (grown: Tally, { grows = {}, stirs = [] }: Blow): boolean =>
  Object.entries(grows).every(([name, count]) => grown[name as TallyName] >= count) &&
  stirs.every((name) => grown[name] > 0);

function resyncsOf({ health }: LoopbackFeed, venue: VenueId): ReadonlyMap<InstrumentId, number> {
  const { instruments } = health.report();
  const ours = instruments.filter(({ instrumentId }) => venueOf(instrumentId) === venue);
  return new Map(ours.map(({ instrumentId, counts }) => [instrumentId, counts.resyncs]));
}
