import { SECOND_MS } from '../../../core/time.ts';
import type { Frame } from '../frame-source.ts';
import type { FeedSink } from './feeder.ts';
import { placeOf, short } from './http-words.ts';
import type { FrameRequest, VenueProtocol } from './protocol.ts';
import { type Priority, RestFailure, type RestResult } from './rest-lane.ts';
import type { RestPacer } from './rest-pacer.ts';
import type { RestRequest } from './transport.ts';

/** A book waits for a picture: one that takes longer is asked for anew. Listings are long, and nothing waits for them. */
const PICTURE_MS = 4 * SECOND_MS;

/** Asks by REST and gives the reader the answers as frames. */
export class FrameAsker {
  private readonly protocol: VenueProtocol;
  private readonly pacer: RestPacer;
  private readonly sink: FeedSink;

  constructor(protocol: VenueProtocol, pacer: RestPacer, sink: FeedSink) {
    this.protocol = protocol;
    this.pacer = pacer;
    this.sink = sink;
  }

  /**
   * Calls back once, after an answer of a good status was given to the reader; a status that says no is no picture, and
   * goes to the caller alone. The returned function takes the request back. `connection` is the one that asks, if any.
   */
  ask(
    one: FrameRequest,
    priority: Priority,
    connection: string | undefined,
    done: (result: RestResult) => void,
  ): () => void {
    const { weight } = one;
    const request = priority === 'discovery' ? one.request : hurried(one.request);
    const limits = this.protocol.restLimits;
    let isOver = false;
    const cancel = this.pacer.ask({ request, priority, weight, limits }, (result) => {
      const frame = this.frame(one, result, connection);
      // Whoever asked may have ended when the clock was looked at; a frame of a connection that ended opens it anew.
      if (isOver) return;
      if (frame !== undefined) this.sink.take(frame);
      done(result);
    });
    return () => {
      isOver = true;
      cancel();
    };
  }

  private frame(one: FrameRequest, result: RestResult, connection: string | undefined): Frame | undefined {
    const { request, channel } = one;
    if (result instanceof RestFailure || failureOf(result, request.url) !== null) return undefined;
    const { wire } = this.protocol;
    const frame = { wire, receivedAt: this.sink.stamp(), channel, raw: result.body, url: request.url };
    return connection === undefined ? frame : { ...frame, connection };
  }
}

const hurried = (request: RestRequest): RestRequest => ({
  ...request,
  timeoutMs: Math.min(request.timeoutMs, PICTURE_MS),
});

/** Why a result holds nothing to read, in words; null when it does. */
export function failureOf(result: RestResult, url: string): string | null {
  if (result instanceof RestFailure) return result.message;
  const { status, body } = result;
  return status >= 200 && status < 300 ? null : `${placeOf(url)}: HTTP ${status} ${short(body)}`.trimEnd();
}

/** What a client reads from an answer; an error also where it throws, since no answer of a venue may end a feed. */
export function readSafely<T>(read: () => T | Error): T | Error {
  try {
    return read();
  } catch (error) {
    return new Error(`it cannot be read: ${short(error instanceof Error ? error.message : String(error))}`);
  }
}
