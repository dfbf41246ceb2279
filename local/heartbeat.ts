import type { RuntimeStore } from '../adapters/store/runtime-store.ts';
import type { Clock } from '../core/ports.ts';
import type { DeskPhase } from '../core/risk/liveness.ts';
import type { EpochMs } from '../core/time.ts';

const BEAT_MS = 1_000;

export interface HeartOptions {
  readonly runtime: RuntimeStore;
  readonly clock: Clock;
  /** Grows as the feed gets on; a timer alone beats on in a desk that waits forever. */
  readonly progress: () => number;
  readonly onFault: (error: unknown) => void;
}

/** The desk's sign of life: written each second of wall time while it runs, and at each change of its phase. */
export class Heart {
  readonly #options: HeartOptions;
  #phase: DeskPhase = 'starting';
  #eventTime: EpochMs | null = null;
  #progress = 0;
  #progressAt: EpochMs;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: HeartOptions) {
    this.#options = options;
    this.#progressAt = options.clock.now();
  }

  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => void this.#beat().catch(this.#options.onFault), BEAT_MS);
  }

  settled(through: EpochMs): void {
    this.#eventTime = through;
  }

  async enter(phase: DeskPhase): Promise<void> {
    this.#phase = phase;
    this.#progressAt = this.#options.clock.now();
    await this.#beat();
  }

  /** The last beat; after `stopped` nobody expects another. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.enter('stopped');
  }

  // One after the other: two beats at once would conflict with each other.
  #beat(): Promise<void> {
    const write = (): Promise<void> => {
      const { runtime, clock } = this.#options;
      const at = clock.now();
      const progress = this.#options.progress();
      if (progress > this.#progress) this.#progressAt = at;
      this.#progress = progress;
      return runtime.beat({
        pid: process.pid,
        phase: this.#phase,
        at,
        eventTime: this.#eventTime,
        progressAt: this.#progressAt,
      });
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}
