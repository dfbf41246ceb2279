import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import type { QualityCounts } from '../../core/market/quality.ts';
import type { Frame, SnapshotRequest } from './frame-source.ts';

/** Every frame is counted exactly once, in one of these. */
export interface FrameCounts {
  trade: number;
  aggregateTrade: number;
  depth: number;
  touch: number;
  snapshot: number;
  instruments: number;
  /** Known messages that Deckle has no use for; {@link VenueReader.notModelled} names them. */
  notModelled: number;
  acknowledgement: number;
  venueError: number;
  /** Good messages of instruments that this feed does not follow, or whose rules are not known yet. */
  unfollowed: number;
  unknown: number;
  malformed: number;
}

export const noFrameCounts = (): FrameCounts => ({
  trade: 0,
  aggregateTrade: 0,
  depth: 0,
  touch: 0,
  snapshot: 0,
  instruments: 0,
  notModelled: 0,
  acknowledgement: 0,
  venueError: 0,
  unfollowed: 0,
  unknown: 0,
  malformed: 0,
});

/** Something a person may want to read about a frame that was put aside. */
export interface ReaderNote {
  readonly kind: 'malformed' | 'unknown' | 'venue_error' | 'shutdown' | 'refused';
  readonly detail: string;
}

/** What a venue's reader is given to talk to. */
export interface ReaderPorts {
  emit(update: MarketUpdate): void;
  requestSnapshot(request: SnapshotRequest): void;
  note(note: ReaderNote): void;
}

/** Turns a venue's frames into our updates; it owns the venue's books and their sync rule. */
export interface VenueReader {
  /** Never throws on bad input: it is counted, noted, and what it makes doubtful is said. */
  read(frame: Frame): void;
  readonly frames: Readonly<FrameCounts>;
  /** Known but not modelled messages by the venue's own name. */
  readonly notModelled: ReadonlyMap<string, number>;
  /** Counts per instrument, for health and reports. */
  quality(): ReadonlyMap<InstrumentId, Readonly<QualityCounts>>;
  /** Rules as last announced by the venue, else as configured. */
  instruments(): readonly Instrument[];
}
