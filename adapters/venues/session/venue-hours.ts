import type { EpochMs } from '../../../core/time.ts';
import type { FeedSink } from './feeder.ts';
import { failureOf, readSafely } from './frame-asker.ts';
import type { VenueProtocol } from './protocol.ts';
import { RestFailure } from './rest-lane.ts';
import type { RestPacer } from './rest-pacer.ts';
import type { Timers } from './timers.ts';

/** Whoever waits for a venue to trade again wants to know at once. */
const CLOSED_EVERY_MS = 3_000;

export interface HoursPorts {
  readonly protocol: VenueProtocol;
  readonly timers: Timers;
  readonly pacer: RestPacer;
  readonly sink: FeedSink;
  note(detail: string): void;
  /** The venue closed, or trades again. */
  changed(): void;
}

/** Whether the venue trades, by its calendar and by its own word. */
export class VenueHours {
  private readonly ports: HoursPorts;
  /** Why the venue says that it does not trade; null while it does, or says nothing that can be read. */
  private saidBecause: string | null = null;
  private cancel: (() => void) | undefined;
  closedBecause: string | null = null;

  constructor(ports: HoursPorts) {
    this.ports = ports;
  }

  start(): void {
    this.look(this.ports.timers.now());
    this.ask();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Compares with the calendar; called each second. */
  look(now: EpochMs): void {
    const { protocol, sink, changed } = this.ports;
    const because = protocol.closedBecause(now) ?? this.saidBecause;
    const wasOpen = this.closedBecause === null;
    this.closedBecause = because;
    if (wasOpen === (because === null)) return;
    const detail = because ?? 'the venue trades again';
    sink.take({ wire: protocol.wire, receivedAt: sink.stamp(), venueOpen: because === null, detail });
    changed();
  }

  private ask(): void {
    const { protocol, pacer, timers } = this.ports;
    const status = protocol.exchangeStatus;
    if (status === null) return;
    const limits = protocol.restLimits;
    this.cancel = pacer.ask({ request: status.request, priority: 'poll', weight: 1, limits }, (result) => {
      const failure = failureOf(result, status.request.url);
      const said =
        result instanceof RestFailure || failure !== null
          ? new Error(failure ?? '')
          : readSafely(() => status.read(result));
      // What is not known does not close a venue, nor open it.
      if (said instanceof Error) this.ports.note(`exchange status unknown: ${said.message}`);
      else this.saidBecause = said;
      this.look(timers.now());
      const waitMs = this.saidBecause === null ? status.everyMs : Math.min(status.everyMs, CLOSED_EVERY_MS);
      this.cancel = timers.after(waitMs, () => this.ask());
    });
  }
}
