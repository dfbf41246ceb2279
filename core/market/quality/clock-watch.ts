import { DAY_MS, type EpochMs } from '../../time.ts';
import { ClockOffset } from './clock-offset.ts';

/** A message that took this much longer than the quickest of the last minute is late. */
export const LATE_MS = 5_000;

/** Venues write 1970 or the year 1 for "no time"; nothing that happened a year away from now is told as news. */
const STAMP_AWAY_MS_MAX = 366 * DAY_MS;

/** Whether a stamp can be meant as the time of what came at `receivedAt`. Written so that no number at all fails it, too. */
export const canBeMeant = (occurredAt: EpochMs, receivedAt: EpochMs): boolean =>
  Math.abs(occurredAt - receivedAt) <= STAMP_AWAY_MS_MAX;

/** What one message's stamp says. */
export interface ClockReading {
  /** Milliseconds behind the quickest message of the last minute, at least 0; null when it carries no usable stamp. */
  readonly delayMs: number | null;
  /** Its venue time is more than {@link LATE_MS} older than the offset explains. */
  readonly isLate: boolean;
  /** The clock offset was found to have jumped by so much, told once per jump; the venue's clock leads more when positive. */
  readonly jumpMs: number | null;
}

const NO_STAMP: ClockReading = { delayMs: null, isLate: false, jumpMs: null };

/** Judges one venue's stamps against the offset of its clock to ours, which it estimates from the same stamps. */
export class ClockWatch {
  private readonly offset = new ClockOffset();
  /** Messages whose stamp is absent or none that can be meant. */
  unstamped = 0;

  /** Milliseconds by which the venue's clock leads ours; null until something was measured. */
  get estimateMs(): number | null {
    return this.offset.estimateMs;
  }

  /** `occurredAt` may be whatever the venue wrote; receive stamps must not descend. */
  observe(occurredAt: EpochMs | null, receivedAt: EpochMs): ClockReading {
    if (occurredAt === null || !canBeMeant(occurredAt, receivedAt)) {
      this.unstamped += 1;
      return NO_STAMP;
    }
    const differenceMs = occurredAt - receivedAt;
    const jumpMs = this.offset.observe(differenceMs, receivedAt);
    const delayMs = Math.max(0, (this.offset.estimateMs ?? differenceMs) - differenceMs);
    return { delayMs, isLate: delayMs > LATE_MS, jumpMs };
  }
}
