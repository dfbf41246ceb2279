import type { Log, Metrics } from '../core/metrics.ts';
import type { Clock, Publisher } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';
import type { FeedEvent } from './feed-news.ts';
import type { WindowNews } from './run-feed.ts';
import { windowEvent } from './window-event.ts';

export interface SenderOptions {
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** A publication that takes longer is given up for this window, though it may still arrive. */
  readonly takeMsMax: number;
}

/** Publications that may be under way at once; a bus that answers none of them gets no more. */
const UNDER_WAY_MAX = 3;
/** Feed news kept for the next window while the bus takes nothing. */
const UNTOLD_MAX = 1_000;

/**
 * Sends windows to the bus without ever holding up the beat for longer than a window. What the bus does not take is
 * counted, and repeated by the next event; what even that cannot repeat is a hole, which consumers record.
 */
export class WindowSender {
  readonly #options: SenderOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #untold: readonly FeedEvent[] = [];
  #failed = 0;
  #failedInRow = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Windows that the bus did not take in time, since the process began. */
  get failed(): number {
    return this.#failed;
  }

  /** Resolves when the bus has the window, or it is given up. */
  async send({ newest, windows, events }: WindowNews): Promise<void> {
    const untold = [...this.#untold, ...events].slice(-UNTOLD_MAX);
    this.#untold = untold;
    if (this.#underWay.size >= UNDER_WAY_MAX) {
      this.#missed(newest.closedAt, `the bus has not answered the last ${UNDER_WAY_MAX} publications`);
      return;
    }
    const { publisher, clock, takeMsMax } = this.#options;
    const sending = publisher.publish([windowEvent(newest, windows), ...untold]).then(
      () => {
        this.#untold = this.#untold.filter((one) => !untold.includes(one));
        return null;
      },
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    this.#underWay.add(sending);
    void sending.then(() => this.#underWay.delete(sending));
    const late = clock.wait(takeMsMax).then(() => `the bus did not answer within ${takeMsMax} ms`);
    const why = await Promise.race([sending, late]);
    if (why !== null) this.#missed(newest.closedAt, why);
    else if (this.#failedInRow > 0) {
      this.#options.log.info('bus takes windows again', {
        window: newest.closedAt,
        missed: this.#failedInRow,
      });
      this.#failedInRow = 0;
    }
  }

  /** Resolves when nothing is under way any more, at the latest after as long as one publication may take. */
  async drain(): Promise<void> {
    if (this.#underWay.size === 0) return;
    await Promise.race([Promise.all(this.#underWay), this.#options.clock.wait(this.#options.takeMsMax)]);
  }

  #missed(closedAt: EpochMs, why: string): void {
    const { metrics, log } = this.#options;
    this.#failed += 1;
    this.#failedInRow += 1;
    metrics.add('feed_publish_failed_total', 1);
    // Said once per episode, since it would be said with every window; the count goes on.
    if (this.#failedInRow === 1) log.warn('window not published', { window: closedAt, why });
  }
}
