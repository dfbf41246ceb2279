import type { Money, Price, Quantity } from '../amounts.ts';
import { asMoney, divCeil, divFloor, ONE, ZERO_MONEY } from '../amounts.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { Side } from '../market/window.ts';

/**
 * A holding at average cost. `quantity` is signed: only shadow lanes may be short, since they follow the base lane's
 * orders. `cost` has the sign of the quantity.
 */
export interface Position {
  readonly instrumentId: InstrumentId;
  readonly quantity: Quantity;
  readonly cost: Money;
  readonly realized: Money;
}

export const flat = (instrumentId: InstrumentId): Position => ({
  instrumentId,
  quantity: 0n as Quantity,
  cost: ZERO_MONEY,
  realized: ZERO_MONEY,
});

/** What an execution does to a position and to cash: cashDelta = costDelta's opposite plus the realized gain. */
export interface Booking {
  readonly position: Position;
  /** Signed change of cash, before fees. */
  readonly cashDelta: Money;
  readonly costDelta: Money;
  readonly realized: Money;
}

/**
 * Books `quantity` for `notional` (both unsigned). The part that reduces the holding realizes against average cost; a
 * part beyond zero opens the other direction. Rounding stays inside cost, so that the three amounts always balance.
 */
export function bookExecution(before: Position, side: Side, quantity: Quantity, notional: Money): Booking {
  const sign = side === 'buy' ? 1n : -1n;
  const reduces = before.quantity !== 0n && before.quantity > 0n !== sign > 0n;
  const held = before.quantity < 0n ? -before.quantity : BigInt(before.quantity);
  const closing = reduces ? (quantity < held ? BigInt(quantity) : held) : 0n;
  // Rounded against us: proceeds of the reducing part down, its cost up.
  const closingNotional = closing === 0n ? 0n : divFloor(notional * closing, quantity);
  const closingCost =
    closing === 0n ? 0n : closing === held ? BigInt(before.cost) : divCeil(before.cost * closing, held);
  const openingNotional = notional - closingNotional;
  const costDelta = sign * openingNotional - closingCost;
  const realized = -sign * closingNotional - closingCost;
  return {
    position: {
      instrumentId: before.instrumentId,
      quantity: (before.quantity + sign * quantity) as Quantity,
      cost: asMoney(before.cost + costDelta),
      realized: asMoney(before.realized + realized),
    },
    cashDelta: asMoney(-sign * notional),
    costDelta: asMoney(costDelta),
    realized: asMoney(realized),
  };
}

/** A fee taken in the base asset: the holding shrinks by it and its value moves from cost to fees. */
export const bookBaseFee = (before: Position, fee: Money, inQuote: Money): Position => ({
  ...before,
  quantity: (before.quantity - fee) as Quantity,
  cost: asMoney(before.cost - inQuote),
});

/** Average entry price, for people; null when flat. */
export const averagePrice = (position: Position): Price | null =>
  position.quantity === 0n ? null : (divFloor(position.cost * ONE, position.quantity) as Price);
