import type { Money, Price, Quantity } from '../amounts.ts';
import { asMoney, asQuantity, min, ONE, ZERO_QUANTITY } from '../amounts.ts';
import type { Instrument } from '../market/instrument.ts';
import { floorTo } from '../market/instrument.ts';
import type { Sizing } from './limits.ts';

/**
 * Quantity of an entry: a fixed fraction of equity, times confidence where configured, capped, at `price`, rounded down
 * to the lot and at most the venue's largest order. Zero when the equity is not positive.
 */
export function entryQuantity(
  sizing: Sizing,
  equity: Money,
  confidence: number,
  price: Price,
  instrument: Instrument,
): Quantity {
  if (equity <= 0n || price <= 0n) return ZERO_QUANTITY;
  // Confidence is a ratio; a millionth is fine enough for a size and keeps the money exact.
  const millionths = sizing.byConfidence ? BigInt(Math.floor(confidence * 1_000_000)) : 1_000_000n;
  const share = asMoney((equity * BigInt(sizing.fractionBps) * millionths) / (10_000n * 1_000_000n));
  const notional = min(share, sizing.notionalMax);
  return floorTo(min(asQuantity((notional * ONE) / price), instrument.quantityMax), instrument.lotSize);
}
