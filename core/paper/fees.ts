import type { Money, Price, Quantity, Rate } from '../amounts.ts';
import {
  asMoney,
  asPrice,
  asQuantity,
  divCeil,
  formatUnits,
  max,
  min,
  notionalCeil,
  notionalFloor,
  ONE,
  shareCeil,
  ZERO_MONEY,
  ZERO_QUANTITY,
} from '../amounts.ts';
import { invariant } from '../invariant.ts';
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
  /**
   * There for venues of contracts, which charge rate x quantity x p x (1 - p); the fee of a fill is rounded up to a multiple of
   * it. `charge` is `quote` then.
   */
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

/** The fee of a fill: a share of its value is rounded up on each execution, a quadratic fee once over all of them. */
export function feeFor(
  side: Side,
  lines: readonly FillLine[],
  liquidity: LiquiditySide,
  schedule: FeeSchedule,
): Fee {
  const rate = feeRate(liquidity, schedule);
  const { quadraticStep } = schedule;
  if (quadraticStep !== undefined) {
    const fee = quadraticFee(lines, rate, quadraticStep);
    return { asset: 'quote', amount: fee, inQuote: fee };
  }
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

/**
 * Cash that must be set aside so that a buy of `quantity` at no worse than `limitPrice` can be paid when it fills at once. Of
 * an order that fills in parts, each further part may round its quadratic fee up by a step more, which free cash pays.
 */
export function reservationFor(
  side: Side,
  limitPrice: Price,
  quantity: Quantity,
  schedule: FeeSchedule,
): Money {
  if (side === 'sell' || quantity === 0n) return ZERO_MONEY;
  const { makerRate, takerRate, charge, quadraticStep } = schedule;
  const notional = notionalCeil(limitPrice, quantity);
  const rate = max(makerRate, takerRate);
  if (quadraticStep !== undefined) {
    // p x (1 - p) is largest in the middle, so that a fill far better than the limit may cost more in fees.
    const dearest = { price: min(limitPrice, HALF), quantity };
    return asMoney(notional + quadraticFee([dearest], rate, quadraticStep));
  }
  return charge === 'received' ? notional : asMoney(notional + shareCeil(notional, rate));
}

const HALF = asPrice(ONE / 2n);

/**
 * rate x quantity x p x (1 - p) of all lines together, exactly, then up to the next multiple of `step`: costs round against us.
 * A venue that rounds down instead (Polymarket, as far as its fills show) charges up to a step less.
 */
function quadraticFee(lines: readonly FillLine[], rate: Rate, step: Money): Money {
  let exact = 0n;
  for (const { price, quantity } of lines) {
    invariant(price >= 0n && price <= ONE, `a contract trades between 0 and 1, not at ${formatUnits(price)}`);
    exact += rate * quantity * price * (ONE - price);
  }
  // Of four factors in units of 10^-8 each, three are taken out again.
  return asMoney(divCeil(exact, ONE ** 3n * step) * step);
}
