import type { RuntimeStore } from '../adapters/store/runtime-store.ts';
import type { Clock } from '../core/ports.ts';
import type { DeskPhase } from '../core/risk/liveness.ts';
import type { EpochMs } from '../core/time.ts';

const BEAT_MS = 1_000;

/** The desk's sign of life: written each second of wall time while it runs, and at each change of its phase. */
export class Heart {
  readonly #runtime: RuntimeStore;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  #phase: DeskPhase = 'starting';
  #eventTime: EpochMs | null = null;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(runtime: RuntimeStore, clock: Clock, onFault: (error: unknown) => void) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => void this.#beat().catch(this.#onFault), BEAT_MS);
  }

  settled(through: EpochMs): void {
    this.#eventTime = through;
  }

  async enter(phase: DeskPhase): Promise<void> {
    this.#phase = phase;
    await this.#beat();
  }

  /** The last beat; after `stopped` nobody expects another. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.enter('stopped');
  }

  // One after the other: two beats at once would conflict with each other.
  #beat(): Promise<void> {
    const write = (): Promise<void> =>
      this.#runtime.beat({
        pid: process.pid,
        phase: this.#phase,
        at: this.#clock.now(),
        eventTime: this.#eventTime,
      });
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}
