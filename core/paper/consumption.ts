import type { Price, Quantity } from '../amounts.ts';
import { asQuantity, max, min, ZERO_QUANTITY } from '../amounts.ts';
import type { InstrumentWindow, Side } from '../market/window.ts';
import type { EpochMs } from '../time.ts';
import { shownAt } from './queue.ts';

/** What we took from one displayed level and the venue still shows. */
export interface TakenLevel {
  readonly side: 'bid' | 'ask';
  readonly price: Price;
  readonly taken: Quantity;
}

/** Printed quantity that our own resting orders were already filled from in one window, at a price or THROUGH it (queue.ts). */
export interface UsedPrint {
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
}

/**
 * What one account and lane has used up of one instrument's displayed liquidity, so that two of its orders never eat the
 * same quantity. Kept with the position and written in the transaction of the fill.
 */
export interface Consumption {
  readonly levels: readonly TakenLevel[];
  readonly printsAt: EpochMs | null;
  readonly prints: readonly UsedPrint[];
}

export const NO_CONSUMPTION: Consumption = { levels: [], printsAt: null, prints: [] };

/**
 * What is still taken once the venue shows a new picture: never more than the level shows now, nothing where the level
 * is gone or has left the shown depth. A level that grew offers the growth.
 */
export function reviseConsumption(consumption: Consumption, market: InstrumentWindow): Consumption {
  const levels = consumption.levels.flatMap((level) => {
    const shown = shownAt(market, level.side, level.price);
    const taken = shown === null ? ZERO_QUANTITY : min(level.taken, shown);
    if (taken === 0n) return [];
    return taken === level.taken ? [level] : [{ ...level, taken }];
  });
  const same =
    levels.length === consumption.levels.length && levels.every((one, i) => one === consumption.levels[i]);
  return same ? consumption : { ...consumption, levels };
}

export const takenAt = (consumption: Consumption, side: 'bid' | 'ask', price: Price): Quantity =>
  consumption.levels.find((one) => one.side === side && one.price === price)?.taken ?? ZERO_QUANTITY;

/** Adds what a walk took; the result is sorted so that equal consumption is equal data. */
export function takeLevels(
  consumption: Consumption,
  side: 'bid' | 'ask',
  lines: readonly { readonly price: Price; readonly quantity: Quantity }[],
): Consumption {
  const levels = consumption.levels.filter(
    (one) => !lines.some((line) => one.side === side && line.price === one.price),
  );
  for (const line of lines)
    levels.push({
      side,
      price: line.price,
      taken: asQuantity(takenAt(consumption, side, line.price) + line.quantity),
    });
  levels.sort((a, b) => (a.side < b.side ? -1 : a.side > b.side ? 1 : a.price < b.price ? -1 : 1));
  return { ...consumption, levels };
}

/** Printed quantity at `price` that other orders of ours on this side were filled from in this window. */
export function usedPrints(consumption: Consumption, closedAt: EpochMs, side: Side, price: Price): Quantity {
  if (consumption.printsAt !== closedAt) return ZERO_QUANTITY;
  return (
    consumption.prints.find((one) => one.side === side && one.price === price)?.quantity ?? ZERO_QUANTITY
  );
}

export function usePrints(
  consumption: Consumption,
  closedAt: EpochMs,
  side: Side,
  price: Price,
  quantity: Quantity,
): Consumption {
  if (quantity === 0n) return consumption;
  const before = consumption.printsAt === closedAt ? consumption.prints : [];
  const prints = before.filter((one) => !(one.side === side && one.price === price));
  const used = asQuantity(max(usedPrints(consumption, closedAt, side, price), ZERO_QUANTITY) + quantity);
  prints.push({ side, price, quantity: used });
  prints.sort((a, b) => (a.side < b.side ? -1 : a.side > b.side ? 1 : a.price < b.price ? -1 : 1));
  return { ...consumption, printsAt: closedAt, prints };
}
