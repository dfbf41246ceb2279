import type { Timers } from '../../adapters/venues/session/timers.ts';
import type { WireId } from '../../adapters/venues/wire.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import type { FaultBoard } from './fault-board.ts';
import type { SimConnection } from './sim-connection.ts';
import type { SimFloor } from './sim-floor.ts';
import type { SimMarket } from './sim-market.ts';

/** A request to open a socket; header names in lower case. */
export interface SimUpgrade {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SimRequest extends SimUpgrade {
  readonly method: string;
  readonly body: string;
}

/** What is said to a request, and how long after it came. An endless time is no answer at all. */
export interface SimAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly afterMs: number;
}

/** Why a socket is not opened; `hang` says nothing. */
export type SimRefusal = SimAnswer | 'hang';

/**
 * What a message is about, for faults that choose among messages: `book` changes a book that was shown before, `picture` shows
 * a whole one.
 */
export type Topic = 'book' | 'picture' | 'trade' | 'touch' | 'ack' | 'beat' | 'other';

/** The client's side of a socket as its transport has it. Nothing comes back before the call has returned. */
export interface SimPeer {
  /** A whole message; a text, or a binary one. */
  send(data: string | Uint8Array): void;
  /** A text message that is no UTF-8. */
  sendNoText(bytes: Uint8Array): void;
  ping(): void;
  /** Ends it after what was sent before: with a farewell, or, with code 1006, without. */
  end(code: number, reason: string): void;
  /** From now on, until released, nothing passes in either direction, though the socket stays open. */
  hold(isHeld: boolean): void;
}

/** What a venue offers to the one who speaks for it. */
export interface VenueDesk {
  readonly floor: SimFloor;
  readonly timers: Timers;
  readonly faults: FaultBoard;
  readonly random: SeededRandom;
  /** The venue's own clock, which a fault may have set wrong; what it writes into messages. */
  now(): EpochMs;
  /** Those that are open, in the order of their opening. */
  connections(): Iterable<SimConnection>;
  /** Calls back at each multiple of an interval, until the venue stops. */
  every(ms: number, run: () => void): void;
}

/**
 * How one venue speaks: writes its messages to the letter, keeps its limits, answers its requests. It lives as long as its
 * venue; what belongs to one connection is in a map by {@link SimConnection} or in its streams.
 */
export interface SimDialect {
  readonly wire: WireId;
  /** Hosts, with a port where it is not the usual one, by which the venue's own client finds it. */
  readonly hosts: readonly string[];
  /** Looks at a request to open a socket; null admits it. */
  admit(request: SimUpgrade): SimRefusal | null;
  opened(connection: SimConnection): void;
  /** A text message of the client; a binary one is none that any venue takes. */
  heard(connection: SimConnection, text: string): void;
  /** The client sent a ping frame (the transport answers it), or a pong frame. */
  pinged?(connection: SimConnection): void;
  ponged?(connection: SimConnection): void;
  /** The connection is over, whoever ended it. */
  closed(connection: SimConnection): void;
  /** Something happened in a market: its book tells what. */
  moved(market: SimMarket): void;
  /** A market was paused or trades again. */
  paused?(market: SimMarket): void;
  /** Update ids of these markets, or whatever else numbers their messages, go back and count anew. */
  restartIds?(markets: readonly SimMarket[]): void;
  /** Announces that the connection will be cut, where the venue does so. */
  announceShutdown?(connection: SimConnection): void;
  answer(request: SimRequest): SimAnswer;
}

export type DialectOf = (desk: VenueDesk) => SimDialect;

/** An answer of JSON that is ready at once. */
export const json = (
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): SimAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
  afterMs: 0,
});
