import type { HistoryInterval } from '../../core/market/candle.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import type { EpochMs } from '../../core/time.ts';
import type { HostStats } from './session/rest-lane.ts';
import type { SessionStatus } from './session/session-status.ts';
import type { WireId } from './wire.ts';

/**
 * One message from a venue exactly as it arrived, or a REST answer in the same clothes. Recordings, the demo market and
 * live sockets all speak this; nothing behind it can tell them apart.
 */
export interface Frame {
  readonly wire: WireId;
  /** When we received it, whole milliseconds rounded down; windows are cut by it. */
  readonly receivedAt: EpochMs;
  /** The stream's name (`btcusdt@trade`), or `rest:<endpoint>` for REST answers. */
  readonly channel: string;
  /** The text exactly as received; base64 of a binary message. */
  readonly raw: string;
  readonly encoding?: 'base64';
  /** The request a REST answer belongs to, where the venue's answer does not name its symbol. */
  readonly url?: string;
  /**
   * Which connection carried it, or asked for this REST answer: sequences count per connection. Absent where a recorder
   * kept one connection only. {@link POLL} answers belong to no socket.
   */
  readonly connection?: string;
}

/** The connection of REST answers that are asked for in turn because no socket is there. */
export const POLL = 'poll';

/** A socket's life, told in the order of the frames. */
export interface ConnectionChange {
  readonly wire: WireId;
  readonly receivedAt: EpochMs;
  readonly connection: string;
  /**
   * `opened`: its sequences begin anew and nothing is known yet. `lost`: it ended, or was given up as dead. `closed`: it was
   * ended as planned after another had taken over.
   */
  readonly change: 'opened' | 'lost' | 'closed';
  /** Why, for people. */
  readonly detail: string;
}

/** What is followed changes: from this moment on these symbols of a wire are read, or no longer. */
export interface FollowChange {
  readonly wire: WireId;
  readonly receivedAt: EpochMs;
  readonly follow: readonly string[];
  readonly unfollow: readonly string[];
  readonly detail: string;
}

/** The venue as a whole pauses or trades again: maintenance, an exchange-wide halt. */
export interface VenueChange {
  readonly wire: WireId;
  readonly receivedAt: EpochMs;
  readonly venueOpen: boolean;
  readonly detail: string;
}

/** No connection to a venue could be had for a minute, or there is one again. For people: books follow their connections. */
export interface OutageChange {
  readonly wire: WireId;
  readonly receivedAt: EpochMs;
  readonly outage: 'begun' | 'over';
  /** Since when, what was tried and what refuses. */
  readonly detail: string;
}

/** What a reader tells its source that it needs. */
export interface Need {
  /**
   * `snapshot`: a fresh whole picture of one symbol, by whatever way the venue offers. `reconnect`: the connection itself
   * cannot be trusted any more. `candles`: the venue's own bars of a time, when nothing more urgent is asked for.
   */
  readonly kind: 'snapshot' | 'reconnect' | 'candles';
  readonly wire: WireId;
  /** The connection on which the picture has to continue; undefined where the source keeps only one. */
  readonly connection: string | undefined;
  /** The venue's symbol; empty for `reconnect`. */
  readonly symbol: string;
  /** Of a need for candles: bars that start in `[from, through]`. */
  readonly candles?: {
    readonly interval: HistoryInterval;
    readonly from: EpochMs;
    readonly through: EpochMs;
  };
  /** Why, for people and logs. */
  readonly why: string;
}

/** A line of a recording that could not be read, or frames that had to be dropped; counted, and told. */
export interface SourceFault {
  readonly reason: 'corrupt_line' | 'truncated' | 'clock_back' | 'overflow';
  readonly detail: string;
}

/** All that can come out of a source. */
export type SourceItem = Frame | ConnectionChange | FollowChange | VenueChange | OutageChange | SourceFault;

export interface FrameSource {
  /** For people: `demo market, seed 7`, `recording spot-btcusdt.jsonl.gz`. */
  readonly name: string;
  /** Items in receive order, ending when the source is exhausted or `signal` is aborted. */
  frames(signal: AbortSignal): AsyncIterable<SourceItem>;
  /** Asks for what a reader needs; a recording cannot answer and says false. */
  need(need: Need): boolean;
}

/** A source's word that no frame stamped before this moment will come any more: windows up to it may close. */
export interface Beat {
  readonly beat: EpochMs;
}

/** A source that follows a clock and so can tell that time has passed while nothing came. */
export interface BeatingSource extends Omit<FrameSource, 'frames'> {
  frames(signal: AbortSignal): AsyncIterable<SourceItem | Beat>;
  /** How the connections to each venue are; absent where nothing is connected. */
  connections?(): readonly SessionStatus[];
  /** What each REST host saw of this source; absent where nothing is asked. */
  hosts?(): readonly HostStats[];
  /** Follows other instruments from now on, and hands back those of venues that it is not ready for; absent where that is fixed. */
  follow?(followings: Followings): readonly InstrumentId[];
}

/** What a source follows more, or no longer. */
export interface Followings {
  readonly follow: readonly InstrumentId[];
  readonly unfollow: readonly InstrumentId[];
  readonly detail: string;
}

export const isFrame = (item: SourceItem | Beat): item is Frame => 'raw' in item;
