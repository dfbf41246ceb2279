import { type EpochMs, SECOND_MS } from '../../../core/time.ts';

/** What REST or a best price shows has reached the stream by then, unless the stream is dead. */
const PATIENCE_MS = 5 * SECOND_MS;

/** Something else than the stream showed another book: if the stream stays silent after that, it is not quiet but dead. */
export class Suspicion {
  private since: EpochMs | undefined;
  private why = '';
  private times = 0;

  raise(why: string, now: EpochMs): void {
    this.since ??= now;
    this.why = why;
  }

  dismiss(): void {
    this.since = undefined;
  }

  /** The stream has spoken. */
  refute(): void {
    this.since = undefined;
    this.times = 0;
  }

  /** Why the stream is taken for dead, once; `isAgain` when it was before and has not spoken since. */
  verdict(now: EpochMs): { readonly why: string; readonly isAgain: boolean } | undefined {
    if (this.since === undefined || now - this.since < PATIENCE_MS) return undefined;
    this.since = undefined;
    this.times += 1;
    return { why: this.why, isAgain: this.times > 1 };
  }
}
