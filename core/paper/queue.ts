import type { Price, Quantity } from '../amounts.ts';
import { asPrice, asQuantity, min, ZERO_QUANTITY } from '../amounts.ts';
import type { InstrumentWindow, Print, Side } from '../market/window.ts';
import type { Lane } from './order.ts';

/** Stands for every price through an order's own: the pessimistic lane fills from quantity printed there. */
export const THROUGH = asPrice(0n);

/** What a resting order's window depends on; stored as the fill's evidence and enough to compute it again. */
export interface MakerEvidence {
  readonly kind: 'maker';
  readonly lane: Lane;
  readonly side: Side;
  readonly price: Price;
  readonly wanted: Quantity;
  /** What the wider lane leaves to this one; null in the widest. */
  readonly cap: Quantity | null;
  /** Displayed quantity ahead when it joined and before this window; null when the depth shown never reached our price. */
  readonly queueAtJoin: Quantity | null;
  readonly queueBefore: Quantity | null;
  /** Prints of the window at our price or through it. */
  readonly prints: readonly Print[];
  /** What our other orders were filled from them: at this price, or in the pessimistic lane through it. */
  readonly usedByOthers: Quantity;
  /** The opposite side's best price seen inside the window. */
  readonly touch: Price | null;
}

export interface QueueStep {
  readonly filled: Quantity;
  /** Of `filled`, what no other order of ours may be filled from again, and where it was printed. */
  readonly used: { readonly price: Price; readonly quantity: Quantity } | null;
  readonly queueAhead: Quantity | null;
}

/**
 * One window of a resting order, by the lane's fill rule (docs/fills.md):
 * optimistic fills when the price is touched; base when prints have used up the queue ahead, and entirely when a print
 * goes through its price; pessimistic only from quantity printed through its price.
 */
export function drainQueue(evidence: MakerEvidence): QueueStep {
  const { lane, side, price, wanted, cap, queueBefore } = evidence;
  const allowed = cap === null ? wanted : min(wanted, cap);
  const through = sum(evidence.prints.filter((print) => isThrough(side, price, print.price)));
  const atPrice = sum(evidence.prints.filter((print) => print.price === price && print.aggressor !== side));
  // Prints meet the queue first; what is left over reaches us, less what our other orders at this price got of it.
  const queueAhead = queueBefore === null ? null : asQuantity(queueBefore - min(queueBefore, atPrice));
  const overflow = queueBefore === null ? 0n : atPrice - min(queueBefore, atPrice) - evidence.usedByOthers;
  const reached = asQuantity(overflow > 0n ? overflow : 0n);
  switch (lane) {
    case 'optimistic': {
      const touched =
        evidence.prints.length > 0 || (evidence.touch !== null && !isBehind(side, price, evidence.touch));
      return { filled: touched ? allowed : ZERO_QUANTITY, used: null, queueAhead };
    }
    case 'base': {
      if (through > 0n) return { filled: allowed, used: null, queueAhead: ZERO_QUANTITY };
      const filled = min(allowed, reached);
      return { filled, used: { price, quantity: filled }, queueAhead };
    }
    case 'pessimistic': {
      const left =
        through > evidence.usedByOthers ? asQuantity(through - evidence.usedByOthers) : ZERO_QUANTITY;
      const filled = min(allowed, left);
      return { filled, used: { price: THROUGH, quantity: filled }, queueAhead };
    }
  }
}

/** Prints that concern an order resting on `side` at `price`: at its price or through it. */
export const printsFor = (prints: readonly Print[], side: Side, price: Price): readonly Print[] =>
  prints.filter((print) => print.price === price || isThrough(side, price, print.price));

/** A trade at a price that an order resting at `price` would have had first. */
const isThrough = (side: Side, price: Price, traded: Price): boolean =>
  side === 'buy' ? traded < price : traded > price;
/** The opposite touch stayed short of our price. */
const isBehind = (side: Side, price: Price, touch: Price): boolean =>
  side === 'buy' ? touch > price : touch < price;
const sum = (prints: readonly Print[]): Quantity =>
  prints.reduce((total, print) => asQuantity(total + print.quantity), ZERO_QUANTITY);

/** Displayed quantity at a price: zero where the book shows that nothing is there, null where it does not reach. */
export function shownAt(market: InstrumentWindow, side: 'bid' | 'ask', price: Price): Quantity | null {
  const levels = side === 'bid' ? market.bids : market.asks;
  const complete = side === 'bid' ? market.bidsComplete : market.asksComplete;
  const level = levels.find((one) => one.price === price);
  if (level) return level.quantity;
  const worst = levels.at(-1);
  if (complete || (worst && (side === 'bid' ? price > worst.price : price < worst.price)))
    return ZERO_QUANTITY;
  return null;
}
