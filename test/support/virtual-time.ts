import type { Clock } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { plusMs } from '../../core/time.ts';

interface Due {
  readonly at: EpochMs;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A clock that moves on only when everything that can run has run. What waits on it wakes in the order of its times,
 * so that a seeded schedule is the same on every machine. Whatever a task throws ends the run.
 */
export class VirtualTime implements Clock {
  #now: EpochMs;
  #count = 0;
  #failure: unknown;
  readonly #due: Due[] = [];

  constructor(start: EpochMs) {
    this.#now = start;
  }

  now(): EpochMs {
    return this.#now;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#push(plusMs(this.#now, ms), resolve));
  }

  /** Starts a task at a moment; a moment that is past is now. */
  start(at: EpochMs, task: () => Promise<void>): void {
    this.#push(at, () => {
      task().catch((error: unknown) => {
        this.#failure ??= error;
      });
    });
  }

  /** Runs until nothing is due. @throws what a task threw. */
  async run(): Promise<void> {
    for (let next = this.#due.shift(); next; next = this.#due.shift()) {
      if (next.at > this.#now) this.#now = next.at;
      next.run();
      await settled();
      if (this.#failure) throw this.#failure;
    }
  }

  #push(at: EpochMs, run: () => void): void {
    const entry: Due = { at, order: this.#count++, run };
    let place = this.#due.length;
    while (place > 0 && isLater(this.#due[place - 1], entry)) place -= 1;
    this.#due.splice(place, 0, entry);
  }
}

const isLater = (one: Due | undefined, other: Due): boolean =>
  one !== undefined && (one.at > other.at || (one.at === other.at && one.order > other.order));

/** All promises that can be settled without time passing are. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
