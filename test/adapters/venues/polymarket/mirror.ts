import { asPrice, ONE } from '../../../../core/amounts.ts';
import type { Level } from '../../../../core/market/window.ts';

/** Both sides of a book, best first. */
export interface BookSides {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/**
 * The book of a market's other token. Both tokens share one book: who bids p for one offers the other at 1 - p. Derived, both
 * are of one moment, which two pictures never are: what these seem to offer together for less than a dollar is no offer.
 */
export const mirrorOf = ({ bids, asks }: BookSides): BookSides => ({
  bids: asks.map(mirrored),
  asks: bids.map(mirrored),
});

const mirrored = ({ price, quantity }: Level): Level => ({ price: asPrice(ONE - price), quantity });
