/**
 * Waits that double from `firstMs` to `msMax`, each drawn between half of it and all of it, so that many who lost their
 * connection at one moment do not come back at one moment.
 */
export class Backoff {
  private readonly firstMs: number;
  private readonly msMax: number;
  private readonly random: () => number;
  private failures = 0;

  constructor(firstMs: number, msMax: number, random: () => number) {
    this.firstMs = firstMs;
    this.msMax = msMax;
    this.random = random;
  }

  /** The wait after one more failure, in whole milliseconds. */
  nextMs(): number {
    const whole = Math.min(this.msMax, this.firstMs * 2 ** this.failures);
    if (whole < this.msMax) this.failures += 1;
    return Math.ceil((whole * (1 + this.random())) / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}
