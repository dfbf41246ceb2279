import type { Price, Quantity } from '../amounts.ts';
import { asQuantity, min, ZERO_QUANTITY } from '../amounts.ts';
import type { Side } from '../market/window.ts';
import type { FillLine } from './fees.ts';

/** One displayed level as a taker meets it: what the venue shows, and what we took of it before. */
export interface OfferedLevel {
  readonly price: Price;
  readonly shown: Quantity;
  readonly taken: Quantity;
}

/** Everything a walk depends on; stored as the fill's evidence and enough to compute it again. */
export interface TakerEvidence {
  readonly kind: 'taker';
  readonly side: Side;
  readonly limitPrice: Price;
  /** What the order still wanted. */
  readonly wanted: Quantity;
  /** What the wider lane leaves to this one; null in the widest. */
  readonly cap: Quantity | null;
  /** The opposite side at the close, best first. */
  readonly levels: readonly OfferedLevel[];
}

/** Executions of a marketable order against the displayed book, best price first. */
export function walkBook(evidence: TakerEvidence): readonly FillLine[] {
  const lines: FillLine[] = [];
  let left = evidence.cap === null ? evidence.wanted : min(evidence.wanted, evidence.cap);
  for (const level of evidence.levels) {
    // Levels come best first, so the first one past the limit ends the walk.
    if (left === 0n || !isMarketable(evidence.side, evidence.limitPrice, level.price)) break;
    const available = level.shown > level.taken ? asQuantity(level.shown - level.taken) : ZERO_QUANTITY;
    const quantity = min(left, available);
    if (quantity === 0n) continue;
    lines.push({ price: level.price, quantity });
    left = asQuantity(left - quantity);
  }
  return lines;
}

/** True when an order limited to `limitPrice` would trade with a level at `price`. */
export const isMarketable = (side: Side, limitPrice: Price, price: Price): boolean =>
  side === 'buy' ? price <= limitPrice : price >= limitPrice;
