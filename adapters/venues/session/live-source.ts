import { beatAt, type EpochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { Beat, BeatingSource, Need, SourceItem } from '../frame-source.ts';
import type { WireId } from '../wire.ts';
import type { Feeder, FeedSink, Following } from './feeder.ts';
import { ItemQueue, type QueuedItem, type QueueLimits } from './item-queue.ts';
import { ReceiveStamps } from './receive-stamps.ts';
import type { Timers } from './timers.ts';

export interface LiveOptions {
  /** For people. */
  readonly name: string;
  readonly feeders: readonly Feeder[];
  readonly timers: Timers;
  /** A beat at each of its multiples. */
  readonly windowMs: number;
  /** A beat comes so long after its moment, lest an alarm that goes off early finds the clock before it. */
  readonly graceMs?: number;
  readonly limits?: QueueLimits;
}

const GRACE_MS = 5;
/** Half a minute of the busiest recorded feed, and several whole books of the largest venue. */
const LIMITS: QueueLimits = { itemsMax: 100_000, bytesMax: 128 * 1024 * 1024 };
/** A clock that is set back by more is not waited for. */
const BACK_MS_MAX = MINUTE_MS;

/** The clock was set back so far that stamps would stand still for too long: the feed begins a new life. */
export class ClockStepError extends Error {
  override readonly name = 'ClockStepError';
}

/** Where the items of a running source go. */
interface Outlet {
  take(item: QueuedItem): void;
  fail(error: Error): void;
}

/** Several venues' sessions and pollers as one source, stamped by one clock, with a beat at the edge of each window. */
export class LiveSource implements BeatingSource {
  readonly name: string;
  private readonly options: LiveOptions;
  private outlet: Outlet | undefined;
  private stamps: ReceiveStamps | undefined;
  private cancelBeat: (() => void) | undefined;

  constructor(options: LiveOptions) {
    this.options = options;
    this.name = options.name;
  }

  /** @throws ClockStepError when the clock was set back by more than a minute. */
  async *frames(signal: AbortSignal): AsyncGenerator<SourceItem | Beat, void, undefined> {
    const queue = new ItemQueue(this.options.limits ?? LIMITS, () => this.beginAnew(queue));
    const end = (): void => queue.close();
    signal.addEventListener('abort', end);
    // Sockets and alarms keep no process alive; whoever takes the frames of a quiet market wants to live on.
    const life = setInterval(() => undefined, MINUTE_MS);
    this.start({ take: (item) => queue.push(item), fail: (error) => queue.close(error) });
    try {
      while (!signal.aborted) {
        const item = queue.shift();
        if (item !== undefined) yield item;
        else if (queue.isClosed) return;
        else await queue.any();
      }
    } finally {
      clearInterval(life);
      signal.removeEventListener('abort', end);
      this.stop();
    }
  }

  /** Runs without a queue: each item is taken before anything else happens, as a simulation wants it. */
  start(outlet: Outlet): void {
    const stamps = new ReceiveStamps(this.options.timers, {
      setBack: (byMs) => this.setBack(byMs),
      jumped: (byMs) =>
        this.interrupt(
          `nothing was seen for ${Math.round(byMs / SECOND_MS)} s: the machine slept, or stood still`,
        ),
    });
    this.outlet = outlet;
    this.stamps = stamps;
    const sink: FeedSink = { take: (item) => outlet.take(item), stamp: () => stamps.now() };
    this.beatAfter(beatAt(stamps.now(), this.options.windowMs));
    for (const feeder of this.options.feeders) feeder.start(sink);
  }

  stop(): void {
    this.outlet = undefined;
    this.cancelBeat?.();
    for (const feeder of this.options.feeders) feeder.stop();
  }

  /** Puts something into the stream that no feeder says, stamped as what comes now. */
  tell(item: (receivedAt: EpochMs) => SourceItem): void {
    if (this.stamps !== undefined) this.outlet?.take(item(this.stamps.now()));
  }

  need(need: Need): boolean {
    return this.options.feeders.some((feeder) => feeder.need(need));
  }

  /** Follows other symbols of a wire from now on; false when nobody feeds it. */
  change(wire: WireId, change: Following): boolean {
    const feeder = this.options.feeders.find((one) => one.wire === wire);
    feeder?.follow(change);
    return feeder !== undefined;
  }

  private interrupt(why: string): void {
    for (const feeder of this.options.feeders) feeder.interrupt(why);
  }

  /** Not at once: whoever gave the item that was too much is still at work. */
  private beginAnew(queue: ItemQueue): void {
    this.options.timers.after(0, () => {
      if (this.outlet === undefined) return;
      this.interrupt('its frames had to be dropped');
      queue.listen();
    });
  }

  private setBack(byMs: number): void {
    const detail = `the clock was set back by ${byMs} ms`;
    if (byMs <= BACK_MS_MAX) this.outlet?.take({ reason: 'clock_back', detail });
    else this.outlet?.fail(new ClockStepError(`${detail}; the feed begins anew`));
  }

  /** No item stamped before a beat can come after it: its own stamp is as late. */
  private beatAfter(last: EpochMs): void {
    const { timers, windowMs, graceMs = GRACE_MS } = this.options;
    const edge = plusMs(last, windowMs);
    this.cancelBeat = timers.after(Math.max(1, edge + graceMs - timers.now()), () => {
      const newest = beatAt(this.stamps?.now() ?? last, windowMs);
      if (newest > last) this.outlet?.take({ beat: newest });
      this.beatAfter(newest > last ? newest : last);
    });
  }
}
