import { createHash } from 'node:crypto';
import type { FollowedInstrument } from '../../adapters/venues/followed-instrument.ts';
import { formatUnits } from '../../core/amounts.ts';
import type { BookView } from '../../core/market/order-book.ts';

export type Pair = readonly [price: string, size: string];

/** A book at one moment, as plain decimal texts. */
export interface BookPicture {
  /** The stamp of the newest line, as it stands in the recording; null where the recorder kept none. */
  readonly receivedAt: string | null;
  readonly status: 'live' | 'stale' | 'closed';
  readonly bids: readonly Pair[];
  readonly asks: readonly Pair[];
  readonly levels: { readonly bids: number; readonly asks: number };
  /** Over a line `<bid|ask> <price> <size>` for each level, bids before asks, best first. */
  readonly sha256: string;
}

const SHOWN = 10;

export function bookPicture(
  followed: FollowedInstrument,
  book: BookView | undefined,
  receivedAt: string | null,
): BookPicture {
  const bids = sideOf(book, 'bids');
  const asks = sideOf(book, 'asks');
  const lines = [...bids.map((level) => line('bid', level)), ...asks.map((level) => line('ask', level))];
  return {
    receivedAt,
    status: followed.isTradable ? (book?.status === 'live' ? 'live' : 'stale') : 'closed',
    bids: bids.slice(0, SHOWN),
    asks: asks.slice(0, SHOWN),
    levels: { bids: bids.length, asks: asks.length },
    sha256: createHash('sha256').update(lines.join('')).digest('hex'),
  };
}

const sideOf = (book: BookView | undefined, side: 'bids' | 'asks'): Pair[] =>
  (book?.levels(side, Number.MAX_SAFE_INTEGER) ?? []).map(({ price, quantity }) => [
    formatUnits(price),
    formatUnits(quantity),
  ]);

const line = (word: 'bid' | 'ask', [price, size]: Pair): string => `${word} ${price} ${size}\n`;
