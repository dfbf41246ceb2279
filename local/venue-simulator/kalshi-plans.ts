import type { EpochMs } from '../../core/time.ts';
import type { ContractBook } from './contract-listing.ts';
import type { Recurring } from './window-clock.ts';

/** How fine prices may be, by the venue's own names. */
export type PriceStructure = 'linear_cent' | 'deci_cent' | 'tapered_deci_cent';

/** A market of the venue from its creation to its end, as it will be unless a script changes it. */
export interface KalshiPlan {
  readonly ticker: string;
  readonly event: string;
  readonly eventTitle: string;
  readonly series: string;
  readonly title: string;
  /** What it pays for, in words. */
  readonly outcome: string;
  readonly structure: PriceStructure;
  readonly isExclusive: boolean;
  readonly createdAt: EpochMs;
  readonly opensAt: EpochMs;
  readonly closesAt: EpochMs;
  /** When its outcome should be known; five minutes after the close unless told. */
  readonly expectedAt?: EpochMs;
  /** Known from the opening on. */
  readonly strike: { readonly kind: string; readonly floor: number | null } | null;
  readonly result: 'yes' | 'no' | 'scalar';
  /** What one contract for yes pays, in dollars. */
  readonly settlementValue: string;
  /** What the outcome was decided on; empty where there is no number. */
  readonly expirationValue: string;
  readonly book: ContractBook;
}

/** What belongs together: markets of a kind, which follow each other by the clock or are listed one by one. */
export interface KalshiSeries {
  readonly ticker: string;
  readonly title: string;
  readonly category: string;
  readonly frequency: string;
  readonly feeType: string;
  readonly feeMultiplier: number;
  readonly source: string;
  /** The windows of a series that rolls, and the markets of each. */
  readonly rolling: (Recurring & { plans(opensAt: EpochMs): readonly KalshiPlan[] }) | null;
}
