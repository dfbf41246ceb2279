import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';

/** How soon something that failed is tried again: waits double from the first to the longest. */
export interface Patience {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Nobody knocks every few seconds for a whole day: after so long in vain waits double again, up to `tiredMs`. */
  readonly tiresAfterMs: number;
  readonly tiredMs: number;
}

/**
 * Of connections, and of what a book waits for. The longest is short, so that a venue that comes back is found at once: one
 * attempt in some seconds costs nobody anything.
 */
export const QUICK: Patience = {
  firstMs: SECOND_MS,
  maxMs: 4 * SECOND_MS,
  tiresAfterMs: 5 * MINUTE_MS,
  tiredMs: MINUTE_MS,
};
/** Where a location is refused: the refusals of some minutes may be the mood of a firewall, those of more are a decision. */
export const REFUSED: Patience = { ...QUICK, tiresAfterMs: 3 * MINUTE_MS, tiredMs: 5 * MINUTE_MS };

/**
 * Waits that double, each drawn between half of it and all of it, so that many who lost their connection at one moment do
 * not come back at one moment.
 */
export class Backoff {
  private readonly patience: Patience;
  private readonly random: () => number;
  private nextWholeMs: number;
  private waitedMs = 0;

  constructor(patience: Patience, random: () => number) {
    this.patience = patience;
    this.random = random;
    this.nextWholeMs = patience.firstMs;
  }

  /** The wait after one more failure, in whole milliseconds; `spentMs` is how long the attempt took. */
  nextMs(spentMs = 0): number {
    const whole = Math.min(this.nextWholeMs, this.maxMs);
    this.nextWholeMs = 2 * whole;
    const waitMs = Math.ceil((whole * (1 + this.random())) / 2);
    this.waitedMs += Math.max(waitMs, spentMs);
    return waitMs;
  }

  reset(): void {
    this.nextWholeMs = this.patience.firstMs;
    this.waitedMs = 0;
  }

  private get maxMs(): number {
    const { maxMs, tiresAfterMs, tiredMs } = this.patience;
    return this.waitedMs < tiresAfterMs ? maxMs : Math.max(maxMs, tiredMs);
  }
}
