import { BookSide } from '../../core/market/book-side.ts';
import type { OrderBook, SideName } from '../../core/market/order-book.ts';
import type { LevelList } from './levels.ts';

/** Levels of a side that are compared: those that orders meet. Deeper ones may be older than the book's own snapshot. */
const COMPARED = 20;

/** Whether a picture of the moment that a book shows has the same best levels, in whatever order it lists them. */
export const showsSameBook = (book: OrderBook, bids: LevelList, asks: LevelList): boolean =>
  showsSameSide(book, 'bids', bids) && showsSameSide(book, 'asks', asks);

function showsSameSide(book: OrderBook, name: SideName, levels: LevelList): boolean {
  const ours = book[name];
  const shown = new BookSide(name);
  for (let n = 0; n < levels.length; n += 1) shown.set(levels.ticks[n] ?? 0, levels.lots[n] ?? 0);
  for (let rank = 0; rank < Math.min(COMPARED, shown.size); rank += 1)
    if (ours.ticksAt(rank) !== shown.ticksAt(rank) || ours.lotsAt(rank) !== shown.lotsAt(rank)) return false;
  return ours.size >= Math.min(COMPARED, shown.size) && (shown.size > 0 || ours.size === 0);
}
