import type { Money, Price, Quantity, Rate } from '../amounts.ts';
import {
  asMoney,
  asQuantity,
  notionalCeil,
  notionalFloor,
  shareCeil,
  ZERO_MONEY,
  ZERO_QUANTITY,
} from '../amounts.ts';
import type { Side } from '../market/window.ts';

export type LiquiditySide = 'maker' | 'taker';

/**
 * What a venue charges, as of a version. `received`: the fee comes out of the asset received (Binance's default: base
 * asset on a buy, quote asset on a sell). `quote`: always in the quote asset.
 */
export interface FeeSchedule {
  readonly version: string;
  readonly makerRate: Rate;
  readonly takerRate: Rate;
  readonly charge: 'received' | 'quote';
  /** There for venues that charge rate x quantity x p x (1 - p), rounded up to this step; `charge` is `quote` then. */
  readonly quadraticStep?: Money | undefined;
}

/** One execution: quantity at one price. */
export interface FillLine {
  readonly price: Price;
  readonly quantity: Quantity;
}

export interface Fee {
  readonly asset: 'base' | 'quote';
  /** In the asset charged; positive when paid. */
  readonly amount: Money;
  /** The same in the quote asset, converted at each execution's price. */
  readonly inQuote: Money;
}

export function feeRate(liquidity: LiquiditySide, schedule: FeeSchedule): Rate {
  switch (liquidity) {
    case 'maker':
      return schedule.makerRate;
    case 'taker':
      return schedule.takerRate;
  }
}

/** What an execution exchanges in the quote asset, rounded against the account: up when it pays, down when it is paid. */
export const lineNotional = (side: Side, { price, quantity }: FillLine): Money =>
  side === 'buy' ? notionalCeil(price, quantity) : notionalFloor(price, quantity);

/** What several executions exchange together. */
export function lineTotals(
  side: Side,
  lines: readonly FillLine[],
): { readonly quantity: Quantity; readonly notional: Money } {
  let quantity = ZERO_QUANTITY;
  let notional = ZERO_MONEY;
  for (const line of lines) {
    quantity = asQuantity(quantity + line.quantity);
    notional = asMoney(notional + lineNotional(side, line));
  }
  return { quantity, notional };
}

/** The fee of a fill, rounded up on each execution. */
export function feeFor(
  side: Side,
  lines: readonly FillLine[],
  liquidity: LiquiditySide,
  schedule: FeeSchedule,
): Fee {
  const rate = feeRate(liquidity, schedule);
  const inBase = schedule.charge === 'received' && side === 'buy';
  let amount: Money = ZERO_MONEY;
  let inQuote: Money = ZERO_MONEY;
  for (const line of lines) {
    if (inBase) {
      const base = shareCeil(line.quantity, rate);
      amount = asMoney(amount + base);
      inQuote = asMoney(inQuote + notionalCeil(line.price, base));
    } else {
      amount = asMoney(amount + shareCeil(lineNotional(side, line), rate));
      inQuote = amount;
    }
  }
  return { asset: inBase ? 'base' : 'quote', amount, inQuote };
}

/** Cash that must be set aside so that a buy of `quantity` at no worse than `limitPrice` can always be paid. */
export function reservationFor(
  side: Side,
  limitPrice: Price,
  quantity: Quantity,
  schedule: FeeSchedule,
): Money {
  if (side === 'sell' || quantity === 0n) return ZERO_MONEY;
  const notional = notionalCeil(limitPrice, quantity);
  if (schedule.charge === 'received') return notional;
  const rate = schedule.makerRate > schedule.takerRate ? schedule.makerRate : schedule.takerRate;
  return asMoney(notional + shareCeil(notional, rate));
}
