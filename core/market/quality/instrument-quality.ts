import type { Price } from '../../amounts.ts';
import { type EpochMs, SECOND_MS } from '../../time.ts';
import type { Instrument } from '../instrument.ts';
import type { QualityReason } from '../window.ts';
import { BoundsCheck } from './bounds-check.ts';
import { type BreakerStep, CircuitBreaker } from './breaker.ts';
import { PriceCheck, type PriceKind } from './price-check.ts';
import { priceScaleOf } from './price-scale.ts';

/** What became of an instrument's breaker, with the reason in words for people. */
export interface BreakerChange {
  readonly kind: BreakerStep;
  readonly at: EpochMs;
  readonly detail: string;
}

/** Nothing was found or changed: the same list each time, since that is nearly always the case. */
const NOTHING: readonly never[] = [];

/** Judges what is said of one instrument: counts its failures by reason and keeps its circuit breaker. */
export class InstrumentQuality {
  private readonly failures = new Map<QualityReason, number>();
  private breaker = new CircuitBreaker();
  private changes: BreakerChange[] = [];
  private lateSecond = Number.NEGATIVE_INFINITY;
  private bounds: BoundsCheck | undefined;
  private prices: PriceCheck | undefined;

  /** Failures by reason since the feed began; what never failed is absent. */
  get counts(): ReadonlyMap<QualityReason, number> {
    return this.failures;
  }

  /** True while the breaker blocks the instrument. */
  get isOpen(): boolean {
    return this.breaker.isOpen;
  }

  /** The breaker's state in words. */
  describe(): string {
    return this.breaker.describe();
  }

  /** The venue's rules, at the start and whenever they change; no price is judged before they are known. */
  follow(instrument: Instrument): void {
    this.bounds = new BoundsCheck(instrument);
    const scale = priceScaleOf(instrument);
    if (this.prices === undefined) this.prices = new PriceCheck(scale);
    else this.prices.useScale(scale);
  }

  /** Counts a failure; the caller flags the picture with it. */
  sawFailure(reason: QualityReason, at: EpochMs): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
    if (reason === 'late' && !this.isFirstLateOfSecond(at)) return;
    this.keep(this.breaker.failed(reason, at), at);
  }

  /**
   * Judges a trade's price, or a best price of a live book when it changed; returns the flags that it earns, which are
   * counted already.
   */
  sawPrice(price: Price, at: EpochMs, kind: PriceKind = 'trade'): readonly QualityReason[] {
    const { bounds, prices } = this;
    if (bounds === undefined || prices === undefined) return NOTHING;
    const fault = bounds.faultOf(price);
    // What cannot be a price says nothing about where the price is.
    const isOutlier = fault !== 'out_of_bounds' && prices.isOutlier(Number(price), kind, at);
    if (fault === null && !isOutlier) return NOTHING;
    const found: QualityReason[] = fault === null ? [] : [fault];
    if (isOutlier) found.push('outlier');
    for (const reason of found) this.sawFailure(reason, at);
    return found;
  }

  /** A snapshot proved the book: the first one, one after a doubt, or one that was asked for. */
  sawBookProven(at: EpochMs): void {
    if (this.breaker.isOpen) this.keep(this.breaker.proven(at), at);
  }

  /** It is followed again: a breaker that was open when it was left goes on where it was. */
  resume(breaker: CircuitBreaker, at: EpochMs): void {
    this.breaker = breaker;
    this.keep('opened', at);
  }

  /** It is no longer followed: an open breaker blocks nothing more, and is handed over in case it soon is again. */
  leave(at: EpochMs): CircuitBreaker | null {
    if (!this.breaker.isOpen) return null;
    this.changes.push({ kind: 'closed', at, detail: 'no longer followed, its breaker was open' });
    return this.breaker;
  }

  /** Lets time pass; to be called at each window's close. */
  tick(at: EpochMs): void {
    if (this.breaker.isOpen) this.keep(this.breaker.tick(at), at);
  }

  /** What became of the breaker since this was asked last, oldest first. */
  takeTransitions(): readonly BreakerChange[] {
    if (this.changes.length === 0) return NOTHING;
    const taken = this.changes;
    this.changes = [];
    return taken;
  }

  /**
   * A connection that stood still for six seconds delivers hundreds of late messages at once: all are counted, but the
   * breaker hears of lateness once per second, as it does of outliers, so that it opens on a feed that stays late.
   */
  private isFirstLateOfSecond(at: EpochMs): boolean {
    const second = Math.floor(at / SECOND_MS);
    if (second <= this.lateSecond) return false;
    this.lateSecond = second;
    return true;
  }

  private keep(step: BreakerStep | null, at: EpochMs): void {
    if (step !== null) this.changes.push({ kind: step, at, detail: this.breaker.describe() });
  }
}
