/** Where to open a socket. */
export interface SocketRequest {
  readonly url: string;
  /** Sent with the upgrade, e.g. a signature; never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** A message larger than this closes the socket. */
  readonly messageBytesMax: number;
  /** An upgrade that takes longer has failed. */
  readonly timeoutMs: number;
  /** Asks for compressed messages; the limit then holds for what they unfold to. */
  readonly compress?: boolean;
}

/** What a socket tells. `closed` comes exactly once, last, also for one that never opened. */
export interface SocketHandlers {
  opened(): void;
  /** A whole message; a text, or the bytes of a binary one. */
  message(data: string | Uint8Array): void;
  /** The other side sent a ping frame, which is answered already. */
  pinged(): void;
  /** The other side answered a ping. */
  ponged(): void;
  closed(end: SocketEnd): void;
}

export interface SocketEnd {
  /** The closing code (RFC 6455, 7.4.1): 1006 without a farewell, {@link TOO_LARGE} and {@link NOT_TEXT} also when found by us. */
  readonly code: number;
  readonly reason: string;
  /** The HTTP status when the upgrade was refused; `reason` is then the beginning of its answer. */
  readonly status?: number;
  /** How long a refused upgrade asks to wait. */
  readonly retryAfterMs?: number;
}

/** Closing codes: a message larger than allowed, a text that is not UTF-8. */
export const TOO_LARGE = 1009;
export const NOT_TEXT = 1007;

export interface Socket {
  /** Bytes that were sent and not yet taken by the network. */
  readonly buffered: number;
  /** Bytes that came so far, of messages and of their beginnings. */
  readonly received: number;
  send(text: string): void;
  /** Sends a ping frame. */
  ping(): void;
  /** Ends it; `closed` follows at once or, from a peer that does not answer, after a second. */
  close(): void;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  readonly timeoutMs: number;
  /** An answer that is larger is refused. */
  readonly bytesMax: number;
}

export interface RestAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why there is no answer where the same request will not get one later: what came is larger than allowed. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/**
 * The way to a venue: the network, or a simulated venue in this process. Nothing above it can tell them apart. It never
 * calls back before the call that asked for it has returned.
 */
export interface Transport {
  connect(request: SocketRequest, handlers: SocketHandlers): Socket;
  /** Calls back exactly once, unless the returned function ended it before: an answer of any status, or why there is none. */
  fetch(request: RestRequest, done: (answer: RestAnswer | Error) => void): () => void;
}
