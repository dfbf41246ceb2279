import type { VenueId } from '../../core/market/instrument.ts';
import type { EpochMs } from '../../core/time.ts';

/**
 * One message from a venue exactly as it arrived, or a REST answer in the same clothes. Recordings, the demo market and
 * live sockets all speak this; nothing behind it can tell them apart.
 */
export interface Frame {
  readonly venue: VenueId;
  /** When we received it, whole milliseconds rounded down; windows are cut by it. */
  readonly receivedAt: EpochMs;
  /** The stream's name (`btcusdt@trade`), or `rest:<endpoint>` for REST answers. */
  readonly channel: string;
  /** The text exactly as received. */
  readonly raw: string;
  /** The request a REST answer belongs to, where the venue's answer does not name its symbol. */
  readonly url?: string;
}

/** What a reader tells its source that it needs, e.g. a fresh snapshot after a gap. */
export interface SnapshotRequest {
  readonly venue: VenueId;
  readonly symbol: string;
}

/** A line of a recording that could not be read; it is counted and skipped. */
export interface SourceFault {
  readonly reason: 'corrupt_line' | 'truncated' | 'clock_back';
  readonly detail: string;
}

export interface FrameSource {
  /** For people: `demo market, seed 7`, `recording spot-btcusdt.jsonl.gz`. */
  readonly name: string;
  /** Frames in receive order, ending when the source is exhausted or `signal` is aborted. */
  frames(signal: AbortSignal): AsyncIterable<Frame | SourceFault>;
  /** Asks for a fresh snapshot; a recording cannot answer and says false. */
  requestSnapshot(request: SnapshotRequest): boolean;
}

/** A source's word that no frame stamped before this moment will come any more: windows up to it may close. */
export interface Beat {
  readonly beat: EpochMs;
}

/** A source that follows a clock and so can tell that time has passed while nothing came. */
export interface BeatingSource extends Omit<FrameSource, 'frames'> {
  frames(signal: AbortSignal): AsyncIterable<Frame | SourceFault | Beat>;
}
