import { money, price, quantity } from '../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../core/market/instrument.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SimListing } from './sim-market.ts';

/** How fine prices may be, by the venue's own names. */
export type PriceStructure = 'linear_cent' | 'deci_cent' | 'tapered_deci_cent';

/** What a simulated market's book is like; its prices are such that the structure allows them all. */
export interface ContractBook {
  readonly tick: '0.01' | '0.001';
  readonly openingTicks: number;
  readonly ticksMin: number;
  readonly ticksMax: number;
  /** In hundredths of a contract. */
  readonly usualLots: number;
  readonly levels: number;
  readonly stepMs: number;
}

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
  /** How long each window is, how long before it its markets are created, and which these are. */
  readonly rolling: {
    readonly lengthMs: number;
    readonly aheadMs: number;
    plans(opensAt: EpochMs): readonly KalshiPlan[];
  } | null;
}

/** The market as the floor has it. */
export function listingOf({ ticker, book }: KalshiPlan): SimListing {
  const { tick, usualLots, levels, stepMs, openingTicks, ticksMin, ticksMax } = book;
  const tickSize = price(tick);
  const lotSize = quantity('0.01');
  const instrument: Instrument = {
    id: instrumentId('kalshi', ticker),
    venue: 'kalshi',
    symbol: ticker,
    baseAsset: ticker,
    quoteAsset: 'USD',
    tickSize,
    lotSize,
    quantityMin: lotSize,
    quantityMax: quantity('1000000000'),
    notionalMin: money('0'),
    priceMin: tickSize,
    priceMax: price(tick === '0.01' ? '0.99' : '0.999'),
  };
  return { instrument, openingTicks, ticksMin, ticksMax, usualLots, levels, stepMs };
}
