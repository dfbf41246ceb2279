import type { EpochMs } from '../../../core/time.ts';
import { type ConnectionChange, POLL } from '../frame-source.ts';
import { Backoff, REFUSED } from './backoff.ts';
import type { FeedSink } from './feeder.ts';
import { type FrameAsker, failureOf } from './frame-asker.ts';
import type { FrameRequest, VenueProtocol } from './protocol.ts';
import { RestFailure } from './rest-lane.ts';
import type { Timers } from './timers.ts';

export interface PollPorts {
  readonly protocol: VenueProtocol;
  readonly timers: Timers;
  readonly asker: FrameAsker;
  readonly sink: FeedSink;
  /** In [0, 1). */
  readonly random: () => number;
  note(detail: string): void;
}

/** Asks for whole pictures in turn while there is no socket to bring them. */
export class RestPoller {
  private readonly ports: PollPorts;
  private polled: readonly string[] = [];
  private readonly cancels = new Set<() => void>();
  private wake: (() => void) | undefined;
  private isRefused = false;
  /** Who refuses us is asked less and less often. */
  private readonly backoff: Backoff;
  /** When an answer last came. */
  answeredAt: EpochMs | null = null;
  /** Since when something is polled. */
  since: EpochMs | null = null;
  /** Why none came, as far as it is known. */
  why = 'no poll was answered yet';
  rounds = 0;
  failed = 0;

  constructor(ports: PollPorts) {
    this.ports = ports;
    this.backoff = new Backoff(REFUSED, ports.random);
  }

  get symbols(): readonly string[] {
    return this.polled;
  }

  /** Polls these from now on; none ends it. */
  poll(symbols: readonly string[], why: string): void {
    const wasPolling = this.polled.length > 0;
    const known = new Set(this.polled);
    const isNew = symbols.some((symbol) => !known.has(symbol));
    this.polled = symbols;
    if (symbols.length === 0) {
      this.since = null;
      this.stop();
      if (wasPolling) this.tell('closed', why);
      return;
    }
    if (!wasPolling) {
      this.since = this.ports.timers.now();
      this.tell('opened', why);
    }
    if (isNew && this.cancels.size === 0) this.round();
  }

  stop(): void {
    this.wake?.();
    this.wake = undefined;
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
  }

  private round(): void {
    this.wake?.();
    const { protocol, timers } = this.ports;
    const begunAt = timers.now();
    this.rounds += 1;
    this.isRefused = false;
    for (const request of protocol.poll(this.polled, begunAt)) this.ask(request, begunAt);
    if (this.cancels.size === 0) this.next(begunAt);
  }

  private ask(request: FrameRequest, begunAt: EpochMs): void {
    const cancel = this.ports.asker.ask(request, 'poll', POLL, (result) => {
      this.cancels.delete(cancel);
      const failure = failureOf(result, request.request.url);
      if (failure === null) this.answeredAt = this.ports.timers.now();
      else this.fail(failure, result instanceof RestFailure && result.reason === 'refused');
      if (this.cancels.size === 0) this.next(begunAt);
    });
    this.cancels.add(cancel);
  }

  private fail(why: string, isRefused: boolean): void {
    this.failed += 1;
    this.why = why;
    this.isRefused ||= isRefused;
    this.ports.note(`poll failed: ${why}`);
  }

  /** Rounds do not overlap: one that takes long delays the next. */
  private next(begunAt: EpochMs): void {
    const { protocol, timers } = this.ports;
    if (!this.isRefused) this.backoff.reset();
    const everyMs = Math.max(protocol.pollEveryMs, this.isRefused ? this.backoff.nextMs() : 0);
    const spentMs = Math.max(0, timers.now() - begunAt);
    this.wake = timers.after(Math.max(0, everyMs - spentMs), () => this.round());
  }

  private tell(change: ConnectionChange['change'], detail: string): void {
    const { protocol, sink } = this.ports;
    sink.take({ wire: protocol.wire, receivedAt: sink.stamp(), connection: POLL, change, detail });
  }
}
