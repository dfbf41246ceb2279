import { formatUnits, ONE } from '../../core/amounts.ts';
import type { SimMarket } from './sim-market.ts';

/** Decimal text, without trailing zeros, of an amount in ticks x lots of a market; digits beyond the eighth are cut. */
export function amountText(turnover: bigint, { instrument }: SimMarket): string {
  return formatUnits((turnover * instrument.tickSize * instrument.lotSize) / ONE);
}
