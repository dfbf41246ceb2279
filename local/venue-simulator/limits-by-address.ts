import { RateMeter } from './rate-meter.ts';

/** What a host does to an address that asks too much. */
export interface AddressLimits {
  /** Weight in any `spanMs`. */
  readonly limit: number;
  readonly spanMs: number;
  /** After so many refusals in a row the address is banned; null where the venue does not ban. */
  readonly refusalsMax: number | null;
  readonly banMs: number;
}

/** What a host says to a request before it reads it. */
export interface LimitVerdict {
  readonly status: 200 | 429 | 418;
  /** Weight used, this request included. */
  readonly used: number;
  readonly retryAfterS: number;
}

/** A host's limits for the one address that all simulated clients share. */
export class HostLimits {
  private readonly limits: AddressLimits;
  private readonly meter: RateMeter;
  private refusals = 0;
  private bannedUntil = 0;

  constructor(limits: AddressLimits) {
    this.limits = limits;
    this.meter = new RateMeter(limits.limit, limits.spanMs);
  }

  take(now: number, weight: number): LimitVerdict {
    const { limit, spanMs, refusalsMax, banMs } = this.limits;
    if (now < this.bannedUntil) return this.refusal(418, this.bannedUntil - now);
    const used = this.meter.used(now) + weight;
    if (used <= limit) {
      this.meter.take(now, weight);
      this.refusals = 0;
      return { status: 200, used, retryAfterS: 0 };
    }
    this.refusals += 1;
    if (refusalsMax === null || this.refusals <= refusalsMax) return this.refusal(429, spanMs);
    this.bannedUntil = now + banMs;
    return this.refusal(418, banMs);
  }

  private refusal(status: 429 | 418, waitMs: number): LimitVerdict {
    return { status, used: this.limits.limit, retryAfterS: Math.ceil(waitMs / 1_000) };
  }
}
