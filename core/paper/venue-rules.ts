import type { Price, Quantity } from '../amounts.ts';
import { formatUnits, notionalFloor } from '../amounts.ts';
import { type Instrument, isOnTick, tickAt } from '../market/instrument.ts';

/** The rule of the venue that an order breaks, in words; null when it breaks none. A market order is judged by its collar. */
export function venueRefusal(
  instrument: Instrument,
  order: { readonly limitPrice: Price; readonly quantity: Quantity },
): string | null {
  const { limitPrice, quantity } = order;
  const { lotSize, quantityMin, quantityMax, notionalMin, priceMin, priceMax } = instrument;
  if (!isOnTick(instrument, limitPrice))
    return `price ${formatUnits(limitPrice)} is not a multiple of the tick ${formatUnits(tickAt(instrument, limitPrice))}`;
  if (limitPrice < priceMin || limitPrice > priceMax)
    return `price ${formatUnits(limitPrice)} is outside ${formatUnits(priceMin)} to ${formatUnits(priceMax)}`;
  if (quantity <= 0n) return 'quantity is zero';
  if (quantity % lotSize !== 0n)
    return `quantity ${formatUnits(quantity)} is not a multiple of the lot ${formatUnits(lotSize)}`;
  if (quantity < quantityMin || quantity > quantityMax)
    return `quantity ${formatUnits(quantity)} is outside ${formatUnits(quantityMin)} to ${formatUnits(quantityMax)}`;
  const notional = notionalFloor(limitPrice, quantity);
  if (notional < notionalMin)
    return `notional ${formatUnits(notional)} is below the minimum ${formatUnits(notionalMin)} ${instrument.quoteAsset}`;
  return null;
}
