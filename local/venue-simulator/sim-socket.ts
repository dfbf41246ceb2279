import { retryAfterMs } from '../../adapters/venues/session/http-words.ts';
import type { Timers } from '../../adapters/venues/session/timers.ts';
import {
  NOT_TEXT,
  type Socket,
  type SocketEnd,
  type SocketHandlers,
  type SocketRequest,
  TOO_LARGE,
} from '../../adapters/venues/session/transport.ts';
import { SimConnection } from './sim-connection.ts';
import type { SimAnswer, SimPeer } from './sim-dialect.ts';
import { Pipe } from './sim-pipe.ts';
import type { SimVenue } from './sim-venue.ts';

export interface SimSocketPorts {
  readonly timers: Timers;
  /** Undefined where no such host exists. */
  readonly venue: SimVenue | undefined;
  /** One way, drawn anew for each message. */
  readonly latencyMs: () => number;
}

/** What passes to the client beside whole messages. */
type Sign =
  | { readonly sign: 'opened' | 'ping' | 'pong' | 'no_text' }
  | { readonly sign: 'end'; readonly end: SocketEnd };
type ToVenue = string | { readonly sign: 'open' | 'ping' | 'pong' | 'gone' };

/** A peer that does not answer our farewell is left. */
const FAREWELL_MS = 1_000;
const NO_FAREWELL = 1006;
/** Of the answer that refuses an upgrade. */
const REFUSAL_BYTES = 512;

/** One socket between a client and a simulated venue: the client's end of it, with the venue's inside. */
export class SimSocket implements Socket {
  readonly buffered = 0;
  /** Messages and signs, for want of bytes. */
  received = 0;
  private readonly request: SocketRequest;
  private readonly handlers: SocketHandlers;
  private readonly ports: SimSocketPorts;
  private readonly toClient: Pipe<string | Uint8Array | Sign>;
  private readonly toVenue: Pipe<ToVenue>;
  private readonly alarm: () => void;
  private connection: SimConnection | undefined;
  private state: 'opening' | 'open' | 'leaving' | 'over' = 'opening';
  private isHeld = false;

  constructor(request: SocketRequest, handlers: SocketHandlers, ports: SimSocketPorts) {
    const { timers, latencyMs } = ports;
    this.request = request;
    this.handlers = handlers;
    this.ports = ports;
    this.toClient = new Pipe(timers, latencyMs, (item) => this.deliver(item));
    this.toVenue = new Pipe(timers, latencyMs, (item) => this.arrive(item));
    const { timeoutMs } = request;
    this.alarm = timers.after(timeoutMs, () =>
      this.over({ code: NO_FAREWELL, reason: `no answer within ${timeoutMs} ms` }),
    );
    if (ports.venue === undefined)
      this.toClient.push(ending(NO_FAREWELL, `getaddrinfo ENOTFOUND ${hostOf(request.url)}`));
    else this.toVenue.push({ sign: 'open' });
  }

  send(text: string): void {
    if (this.state === 'open') this.toVenue.push(text);
  }

  ping(): void {
    if (this.state === 'open') this.toVenue.push({ sign: 'ping' });
  }

  close(): void {
    if (this.state === 'leaving' || this.state === 'over') return;
    const wasOpen = this.state === 'open';
    this.state = 'leaving';
    this.toVenue.push({ sign: 'gone' });
    const farewell = { code: wasOpen ? 1000 : NO_FAREWELL, reason: '' };
    const waitMs = this.isHeld ? FAREWELL_MS : wasOpen ? 2 * this.ports.latencyMs() : 0;
    this.ports.timers.after(waitMs, () => this.over(farewell));
  }

  /** Something came to the client. */
  private deliver(item: string | Uint8Array | Sign): void {
    if (this.isHeld || this.state === 'over') return;
    this.received += 1;
    if (typeof item === 'string' || item instanceof Uint8Array) this.message(item);
    else if (item.sign === 'end') this.over(item.end);
    else if (this.state !== 'leaving') this.see(item.sign);
  }

  private message(data: string | Uint8Array): void {
    if (this.state !== 'open') return;
    const { messageBytesMax } = this.request;
    if (bytesOf(data, messageBytesMax) > messageBytesMax)
      this.over({ code: TOO_LARGE, reason: `a message of more than ${messageBytesMax} bytes` });
    else this.handlers.message(data);
  }

  private see(sign: 'opened' | 'ping' | 'pong' | 'no_text'): void {
    switch (sign) {
      case 'opened':
        this.alarm();
        this.state = 'open';
        this.handlers.opened();
        return;
      case 'ping':
        this.toVenue.push({ sign: 'pong' });
        this.handlers.pinged();
        return;
      case 'pong':
        this.handlers.ponged();
        return;
      case 'no_text':
        this.over({ code: NOT_TEXT, reason: 'a text that is not UTF-8' });
    }
  }

  private over(end: SocketEnd): void {
    if (this.state === 'over') return;
    if (this.state !== 'leaving') this.toVenue.push({ sign: 'gone' });
    this.state = 'over';
    this.alarm();
    this.handlers.closed(end);
  }

  /** Something came to the venue. That the client is gone, it learns in any case. */
  private arrive(item: ToVenue): void {
    const { venue } = this.ports;
    if (venue === undefined) return;
    if (typeof item !== 'string' && item.sign === 'open') this.knock(venue);
    const { connection } = this;
    if (connection === undefined) return;
    if (typeof item !== 'string' && item.sign === 'gone') venue.closed(connection);
    else if (this.isHeld) return;
    else if (typeof item === 'string') venue.message(connection, item);
    else if (item.sign === 'pong') venue.ponged(connection);
    else if (item.sign === 'ping') {
      venue.pinged(connection);
      this.toClient.push({ sign: 'pong' });
    }
  }

  private knock(venue: SimVenue): void {
    if (this.state !== 'opening') return;
    const { url, headers } = this.request;
    const answer = venue.accept(this.venueEnd(), { url: new URL(url), headers: lowerCase(headers) });
    if (answer instanceof SimConnection) {
      this.connection = answer;
      this.toClient.push({ sign: 'opened' });
      venue.opened(answer);
    } else if (answer !== 'hang') this.toClient.push({ sign: 'end', end: refusalOf(answer, venue) });
  }

  private venueEnd(): SimPeer {
    return {
      send: (data) => this.toClient.push(data),
      sendNoText: () => this.toClient.push({ sign: 'no_text' }),
      ping: () => this.toClient.push({ sign: 'ping' }),
      end: (code, reason) => this.toClient.push(ending(code, reason)),
      hold: (isHeld) => {
        this.isHeld = isHeld;
      },
    };
  }
}

const ending = (code: number, reason: string): Sign => ({ sign: 'end', end: { code, reason } });

function refusalOf({ status, headers, body }: SimAnswer, venue: SimVenue): SocketEnd {
  const end = { code: NO_FAREWELL, reason: body.slice(0, REFUSAL_BYTES), status };
  const waitMs = retryAfterMs(headers['retry-after'], venue.timers.now());
  return waitMs === null ? end : { ...end, retryAfterMs: waitMs };
}

/** Exactly only where it comes near the limit. */
const bytesOf = (data: string | Uint8Array, limit: number): number =>
  typeof data === 'string' && data.length > limit / 4 ? Buffer.byteLength(data) : data.length;

const hostOf = (url: string): string => URL.parse(url)?.hostname ?? url;

export const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
