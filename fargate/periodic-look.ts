import type { Clock } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';

export interface LookOptions {
  readonly everyMs: number;
  readonly clock: Clock;
  /** Looks at a store. */
  look(): Promise<unknown>;
  /** It did not answer; it is asked again next time. */
  failed(why: string): void;
}

/** Looks at something now and then, beside the work and never twice at once. */
export class PeriodicLook {
  readonly #options: LookOptions;
  #lookedAt: EpochMs | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: LookOptions) {
    this.#options = options;
  }

  /** Starts a look when it is time to. */
  whenDue(): void {
    const { clock, everyMs, look, failed } = this.#options;
    const now = clock.now();
    if (this.#looking || (this.#lookedAt !== undefined && now - this.#lookedAt < everyMs)) return;
    this.looked();
    this.#looking = look()
      .then(
        () => undefined,
        (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
      )
      .then(() => {
        this.#looking = undefined;
      });
  }

  /** Somebody looked now: the next look is not due sooner for it. */
  looked(): void {
    this.#lookedAt = this.#options.clock.now();
  }

  /** There is something to see: the next look is due now. */
  soon(): void {
    this.#lookedAt = undefined;
  }

  /** Resolves when no look is under way. */
  async settled(): Promise<void> {
    await this.#looking;
  }
}
