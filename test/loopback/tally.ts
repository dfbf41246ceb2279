import { venueOfWire } from '../../adapters/venues/wire.ts';
import { type VenueId, venueOf } from '../../core/market/instrument.ts';
import type { FeedReport } from '../../fargate/feed-health.ts';

/** What a feed counts of one venue, over its instruments and connections. */
export type Tally = ReturnType<typeof tallyOf>;
export type TallyName = keyof Tally;

export function tallyOf(report: FeedReport, venue: VenueId) {
  const books = report.instruments.filter(({ instrumentId }) => venueOf(instrumentId) === venue);
  const sessions = report.venues.filter(({ wire }) => venueOfWire(wire) === venue);
  const wires = report.wires.filter((one) => one.venue === venue);
  return {
    gaps: sum(books, ({ counts }) => counts.bookGaps),
    repeated: sum(books, ({ counts }) => counts.bookRepeated),
    disordered: sum(books, ({ counts }) => counts.bookDisordered),
    wrongHashes: sum(books, ({ counts }) => counts.hashChecks - counts.hashAgreed),
    reconnects: sum(sessions, ({ counts }) => counts.reconnects),
    lost: sum(sessions, ({ counts }) => counts.lost),
    failedAttempts: sum(sessions, ({ counts }) => counts.failedAttempts),
    garbage: sum(sessions, ({ counts }) => counts.garbage),
    oversize: sum(sessions, ({ counts }) => counts.oversize),
    snapshotsFailed: sum(sessions, ({ counts }) => counts.snapshotsFailed),
    malformed: sum(wires, ({ frames }) => frames.malformed),
  };
}

export function grownSince(before: Tally, report: FeedReport, venue: VenueId): Tally {
  const now = tallyOf(report, venue);
  const grown = Object.entries(now).map(([name, count]) => [name, count - before[name as TallyName]]);
  return Object.fromEntries(grown) as Tally;
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0);
