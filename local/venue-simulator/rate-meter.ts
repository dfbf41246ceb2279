/** What was done in the last `spanMs`, against a limit. */
export class RateMeter {
  private readonly limit: number;
  private readonly spanMs: number;
  private done: { readonly at: number; readonly weight: number }[] = [];
  private sum = 0;

  constructor(limit: number, spanMs: number) {
    this.limit = limit;
    this.spanMs = spanMs;
  }

  /** Counts one more; false when it is too much. What was too much counts as well. */
  take(now: number, weight = 1): boolean {
    const used = this.used(now);
    this.done.push({ at: now, weight });
    this.sum += weight;
    return used + weight <= this.limit;
  }

  /** The weight of what was done in the span that ends now. */
  used(now: number): number {
    const gone = this.done.findIndex(({ at }) => at > now - this.spanMs);
    const old = gone < 0 ? this.done.splice(0) : this.done.splice(0, gone);
    for (const { weight } of old) this.sum -= weight;
    return this.sum;
  }
}
