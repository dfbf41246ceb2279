import { isObject, isText } from '../json-fields.ts';
import type { WireBook, WireChange, WireChanges, WireLevel } from './schema.ts';

/** What the checks look at: each field may be anything. */
type Unchecked<T> = { readonly [key in keyof T]?: unknown };

/** The frequent messages, checked by hand: a schema costs more than the rest of the message. */
export function isChanges(value: unknown): value is WireChanges {
  if (!isObject(value)) return false;
  const { market, timestamp, price_changes: changes }: Unchecked<WireChanges> = value;
  return isText(market) && isTextOrNothing(timestamp) && Array.isArray(changes) && changes.every(isChange);
}

/** As {@link isChanges} for whole books, which have hundreds of levels. */
export function isBook(value: unknown): value is WireBook {
  if (!isObject(value)) return false;
  const book: Unchecked<WireBook> = value;
  const { market, asset_id: asset, bids, asks, neg_risk: negRisk } = book;
  if (!isText(market) || !isText(asset) || !Array.isArray(bids) || !Array.isArray(asks)) return false;
  if (!isTextOrNothing(book.timestamp) || !isTextOrNothing(book.hash)) return false;
  if (!isTextOrNothing(book.min_order_size) || !isTextOrNothing(book.tick_size)) return false;
  if (!isTextOrNothing(book.last_trade_price)) return false;
  if (negRisk !== undefined && negRisk !== null && typeof negRisk !== 'boolean') return false;
  return bids.every(isLevel) && asks.every(isLevel);
}

function isChange(value: unknown): value is WireChange {
  if (!isObject(value)) return false;
  const { asset_id: asset, price, size, side, hash, best_bid, best_ask }: Unchecked<WireChange> = value;
  return (
    isText(asset) &&
    isText(price) &&
    isText(size) &&
    isText(side) &&
    isTextOrNothing(hash) &&
    isTextOrNothing(best_bid) &&
    isTextOrNothing(best_ask)
  );
}

function isLevel(value: unknown): value is WireLevel {
  if (!isObject(value)) return false;
  const { price, size }: Unchecked<WireLevel> = value;
  return isText(price) && isText(size);
}

/** An optional text, as the venue leaves fields out, sends null, or sends nothing between the quotes. */
const isTextOrNothing = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || typeof value === 'string';
