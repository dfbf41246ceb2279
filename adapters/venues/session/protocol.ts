import type { HistoryInterval } from '../../../core/market/candle.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { WireId } from '../wire.ts';
import type { RestAnswer, RestRequest } from './transport.ts';

/**
 * What one venue's protocol asks of a session, and nothing of how sessions work: `adapters/venues/<venue>/client.ts`
 * implements it, the session runs it. A value of it belongs to one feed; scripts belong to one connection each.
 */
export interface VenueProtocol {
  readonly wire: WireId;
  /** For people: `Binance Spot, live`. */
  readonly name: string;
  /** False where no socket can be had (no keys): the session polls from the beginning, and that is no trouble. */
  readonly hasSocket: boolean;
  readonly limits: SocketLimits;
  /** The channels of a script's symbols, by their names in {@link ConnectionScript.channelOf}. */
  readonly channels: readonly ChannelRule[];
  /** Splits symbols over connections, stable: adding or removing a symbol moves as few others as possible. */
  readonly symbolsPerConnection: number;
  /** Asked before anything is subscribed: which of these symbols the venue lists, with their rules as frames for the reader. */
  readonly discovery: Discovery;
  /** A new script for a connection that is about to be opened. */
  script(connection: string, symbols: readonly string[]): ConnectionScript;
  /** How fast the REST hosts of this venue may be asked; a cautious pace where it says nothing. */
  readonly restLimits?: RestLimits;
  /** Requests of one round of polling these symbols; answers become frames. Empty where the venue offers none. */
  poll(symbols: readonly string[], now: EpochMs): readonly FrameRequest[];
  readonly pollEveryMs: number;
  /** Where nothing in the stream proves a book: how often {@link ConnectionScript.witness} is asked for all its symbols. */
  readonly witnessEveryMs?: number;
  /** Whether the venue is open at a moment by its published calendar; why not, in words. */
  closedBecause(now: EpochMs): string | null;
  /**
   * A request for the venue's own bars that start in `[from, through]`, or for as many of the oldest of them as one answer
   * holds; its channel is `rest:klines:<interval>:<symbol>`. Null, or absent, where the venue has none of this length.
   */
  klines?(symbol: string, interval: HistoryInterval, from: EpochMs, through: EpochMs): FrameRequest | null;
  /** A request that asks whether the exchange trades, and how to read it; null where there is none. */
  readonly exchangeStatus: ExchangeStatus | null;
}

/** The pace of one host, whoever asks it: all sessions of the process share it. */
export interface RestLimits {
  /** Mean time between requests, and how many may go at once. */
  readonly spacingMs: number;
  readonly burst: number;
  /** Sum of the weights of requests in any minute. */
  readonly weightPerMinute: number;
}

export interface SocketLimits {
  /** Asks the server to compress its messages; only where that is known to be worth its memory. */
  readonly compress?: boolean;
  /** Control messages per second that are safe, and at once. */
  readonly sendsPerSecond: number;
  readonly sendBurst: number;
  /** The connection is replaced, with overlap, after this long; null where the venue sets no limit and none is needed. */
  readonly lifetimeMs: number | null;
  /** Without any frame, ping or pong for so long the connection is dead. */
  readonly silenceMs: number;
  readonly messageBytesMax: number;
  readonly connectTimeoutMs: number;
  /** What we send to prove that we are alive: a text, or a ping frame; null where the server's pings are enough. */
  readonly heartbeat: { readonly everyMs: number; readonly text: string | null } | null;
  /** Connection attempts per minute and host that the venue allows. */
  readonly connectsPerMinute: number;
}

/** How one kind of stream of each symbol behaves, so that quiet and dead can be told apart. */
export interface ChannelRule {
  readonly name: string;
  /** Data must have come this long after subscribing, whatever was acknowledged; null where quiet is normal. */
  readonly firstDataMs: number | null;
  /**
   * Without first data for so long it is subscribed again, quietly and as often as that fits into the first minute: for
   * channels that say something at once when all is well. Absent where subscribing again could spoil what flows already.
   */
  readonly againMs?: number;
  /**
   * Silent for so long, it is suspect: the session asks for a picture by REST (the reader compares) or subscribes anew;
   * null where quiet proves nothing.
   */
  readonly suspectMs: number | null;
}

/** A REST request whose answer the reader gets as a frame. */
export interface FrameRequest {
  readonly request: RestRequest;
  /** `rest:<endpoint>` or `rest:<endpoint>:<symbol>`. */
  readonly channel: string;
  readonly symbols: readonly string[];
  /** What it costs of the host's budget, in the host's own weight; 1 where requests are counted. */
  readonly weight: number;
}

export interface Discovery {
  /** Requests whose answers hold the rules of these symbols; the reader takes them as frames. */
  requests(symbols: readonly string[]): readonly FrameRequest[];
  /** The symbols of those asked for that an answer lists and that may be subscribed; an Error in words when it cannot be read. */
  listed(answer: RestAnswer, symbols: readonly string[]): ReadonlySet<string> | Error;
  /** All symbols that an answer names, so that whoever mistyped one is shown the nearest. */
  names?(answer: RestAnswer): Iterable<string>;
  /** Rules are asked for again this often: symbols are paused and delisted. */
  readonly everyMs: number;
}

export interface ExchangeStatus {
  readonly request: RestRequest;
  readonly everyMs: number;
  /** Null while it trades, else why not, in words; an Error when the answer cannot be read. */
  read(answer: RestAnswer): string | null | Error;
}

/** Something to send over the socket. */
export interface Outgoing {
  readonly text: string;
}

/** What a message that is not market data means for the session. */
export type Reaction =
  /** Symbols that the venue refused to carry, with its words; they are retried alone, after `retryMs` at the soonest and less and less often, or never when null. */
  | {
      readonly kind: 'refused';
      readonly symbols: readonly string[];
      readonly why: string;
      readonly retryMs: number | null;
    }
  /** Answer at once, e.g. a text ping. */
  | { readonly kind: 'send'; readonly outgoing: readonly Outgoing[] }
  /** The venue announced that it will cut the connection: open another one now. */
  | { readonly kind: 'rotate'; readonly why: string }
  /** The connection is useless; `isFinal` when trying again cannot help (bad keys): poll, and tell the user. */
  | { readonly kind: 'give_up'; readonly why: string; readonly isFinal: boolean };

/** One connection's side of the protocol: stateful, told everything in order. */
export interface ConnectionScript {
  readonly symbols: readonly string[];
  /** Where to connect; asked anew for each attempt, since signatures carry the time. */
  open(now: EpochMs): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** What to send after the socket opened, in order; sent within the limits. */
  subscribe(): readonly Outgoing[];
  /** Follows or leaves symbols on the open connection. */
  add(symbols: readonly string[]): readonly Outgoing[];
  remove(symbols: readonly string[]): readonly Outgoing[];
  /** Subscribes what did not speak yet once more. Where the venue takes no second subscribing they are left first: absent. */
  repeat?(symbols: readonly string[]): readonly Outgoing[];
  /** How to get fresh pictures of these symbols on this connection: messages, REST requests, or both. */
  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  };
  /**
   * Pictures by REST that a reader can compare with books that it does not doubt; asked for when a channel fell silent,
   * and in turn. Without it a silent channel is asked about by {@link ConnectionScript.snapshot}.
   */
  witness?(symbols: readonly string[]): readonly FrameRequest[];
  /**
   * Looks at each message before the reader does. `frame` is null for what carries nothing for it (a pong). Never throws.
   */
  take(raw: string, isBinary: boolean): TakenMessage;
}

/** What one message is to the session. Frequent messages should get a kept value back: it is read before the next call. */
export interface TakenMessage {
  /** The stream it came over, for the frame; e.g. `btcusdt@trade`, `l2_data`. */
  readonly channel: string;
  readonly reactions: readonly Reaction[];
  /** False for what only keeps the connection alive: it is not given to the reader and is not recorded as a frame. */
  readonly isForReader: boolean;
  /** Channels and symbols of which it proves that data flows; several for a message about several symbols. */
  readonly proves: readonly { readonly channel: string; readonly symbol: string }[];
}
