import type { Timers } from '../../adapters/venues/session/timers.ts';
import {
  AnswerTooLarge,
  type RestAnswer,
  type RestRequest,
  type Socket,
  type SocketHandlers,
  type SocketRequest,
  type Transport,
} from '../../adapters/venues/session/transport.ts';
import { SeededRandom } from '../demo-market/random.ts';
import type { SimAnswer } from './sim-dialect.ts';
import { lowerCase, SimSocket } from './sim-socket.ts';
import type { SimVenue } from './sim-venue.ts';

export interface SimTransportOptions {
  readonly seed: number;
  readonly timers: Timers;
  readonly venues: readonly SimVenue[];
  /** Other hosts than those of the venues' dialects. */
  readonly hosts?: ReadonlyMap<string, SimVenue>;
  /** One way, at least and at most; 5 to 40 ms unless told. */
  readonly latencyMs?: readonly [number, number];
}

const LATENCY_MS: readonly [number, number] = [5, 40];

/**
 * The way to simulated venues in this process, found by the hosts of the addresses that their own clients use. All that
 * happens, happens on the timers: with virtual ones a day of frames passes as fast as they can be read.
 */
export class SimTransport implements Transport {
  /** What was asked for and found no host. */
  readonly unknownHosts = new Set<string>();
  private readonly timers: Timers;
  private readonly random: SeededRandom;
  private readonly hosts: ReadonlyMap<string, SimVenue>;
  private readonly latency: readonly [number, number];

  constructor({ seed, timers, venues, hosts = new Map(), latencyMs = LATENCY_MS }: SimTransportOptions) {
    this.timers = timers;
    this.random = new SeededRandom(seed, 'network');
    this.latency = latencyMs;
    this.hosts = new Map([
      ...venues.flatMap((venue) => venue.dialect.hosts.map((host) => [host, venue] as const)),
      ...hosts,
    ]);
  }

  connect(request: SocketRequest, handlers: SocketHandlers): Socket {
    const { timers } = this;
    return new SimSocket(request, handlers, {
      timers,
      venue: this.venueAt(request.url),
      latencyMs: () => this.latencyMs(),
    });
  }

  fetch(request: RestRequest, done: (answer: RestAnswer | Error) => void): () => void {
    const { timers } = this;
    const { method, url, headers = {}, body = '', timeoutMs } = request;
    const alarms: (() => void)[] = [];
    let isOver = false;
    const finish = (answer: RestAnswer | Error): void => {
      if (isOver) return;
      isOver = true;
      for (const cancel of alarms) cancel();
      done(answer);
    };
    const venue = this.venueAt(url);
    alarms.push(timers.after(timeoutMs, () => finish(new Error(`no answer within ${timeoutMs} ms`))));
    const arrive = (): void => {
      if (venue === undefined) {
        finish(notFound(url));
        return;
      }
      const answer = venue.http({ method, url: new URL(url), headers: lowerCase(headers), body });
      if (Number.isFinite(answer.afterMs))
        alarms.push(timers.after(answer.afterMs + this.latencyMs(), () => finish(read(answer, request))));
    };
    alarms.push(timers.after(this.latencyMs(), arrive));
    return () => {
      isOver = true;
      for (const cancel of alarms) cancel();
    };
  }

  private venueAt(url: string): SimVenue | undefined {
    const host = URL.parse(url)?.host ?? url;
    const venue = this.hosts.get(host);
    if (venue === undefined) this.unknownHosts.add(host);
    return venue;
  }

  private latencyMs(): number {
    const [least, most] = this.latency;
    return this.random.integer(least, most);
  }
}

/** As a network says it where no such name exists. */
const notFound = (url: string): Error =>
  new Error(`getaddrinfo ENOTFOUND ${URL.parse(url)?.hostname ?? url}`);

function read({ status, headers, body }: SimAnswer, { bytesMax }: RestRequest): RestAnswer | Error {
  if (body.length > bytesMax / 4 && Buffer.byteLength(body) > bytesMax)
    return new AnswerTooLarge(`its answer has more than ${bytesMax} bytes`);
  return { status, headers, body };
}
