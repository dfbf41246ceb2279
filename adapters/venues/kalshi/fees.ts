import { formatUnits, ONE, parseUnits } from '../../../core/amounts.ts';
import type { PublishedFees } from '../../../core/market/listing.ts';
import { short } from '../json-fields.ts';

/** What is charged of contracts x p x (1 - p), in basis points before the multiplier; schedule in force since 2026-07-07. */
const RATES: Readonly<Record<string, { readonly takerBps: bigint; readonly makerBps: bigint }>> = {
  quadratic: { takerBps: 700n, makerBps: 0n },
  quadratic_with_maker_fees: { takerBps: 700n, makerBps: 175n },
  quadratic_with_combo_maker_fees: { takerBps: 700n, makerBps: 350n },
};

export interface FeeFacts {
  readonly feeType: string | undefined;
  /** Decimal text; 1 where nothing is said. */
  readonly feeMultiplier: string | undefined;
}

/**
 * Fees of a market: what its event overrides, else what its series says. A text when the type is not known: such a market
 * is not to be traded. Null when nothing is known yet.
 */
export function toFees(
  series: FeeFacts | undefined,
  event: FeeFacts | undefined,
): PublishedFees | string | null {
  const type = event?.feeType ?? series?.feeType;
  if (type === undefined) return null;
  const multiplier = event?.feeMultiplier ?? series?.feeMultiplier ?? '1';
  const rates = Object.hasOwn(RATES, type) ? RATES[type] : undefined;
  const times = parseUnits(multiplier);
  if (rates === undefined)
    return `fee_type: '${short(type)}' is not known, so that its fees cannot be counted`;
  if (times === undefined || times < 0n) return `fee_multiplier: no factor, '${short(multiplier)}'`;
  const origin = event?.feeType === undefined && event?.feeMultiplier === undefined ? 'series' : 'event';
  return {
    model: 'quadratic',
    takerBps: scaled(rates.takerBps, times),
    makerBps: scaled(rates.makerBps, times),
    detail: `${type} x ${multiplier}, by its ${origin}`,
  };
}

const scaled = (bps: bigint, times: bigint): string => formatUnits((bps * ONE * times) / ONE);
