import type { Frame } from '../frame-source.ts';
import { checked, isObject, isText, NOT_JSON, parseJson, short, type Unreadable } from '../json-fields.ts';
import { type ListedMarket, marketPageOf } from './gamma.ts';
import { isBook } from './quick.ts';
import { type WireBook, wireBook } from './schema.ts';

/** An answer by REST; `name` is its endpoint as its channel has it. */
export type RestMessage =
  | { readonly kind: 'books'; readonly name: string; readonly books: readonly (WireBook | Unreadable)[] }
  | { readonly kind: 'markets'; readonly name: string; readonly markets: readonly ListedMarket[] }
  /** Rows of the data service. */
  | {
      readonly kind: 'resolutions' | 'tokens' | 'trades';
      readonly name: string;
      readonly rows: readonly unknown[];
    }
  | { readonly kind: 'venue_error'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly detail: string }
  | { readonly kind: 'malformed'; readonly detail: string };

/** Reads an answer by its form, since recorders name their channels as they like. Never throws. */
export function parseRest({ raw, channel }: Frame): RestMessage {
  const name = nameOf(channel);
  const value = parseJson(raw);
  if (value === undefined) return { kind: 'malformed', detail: `${name} ${NOT_JSON.detail}` };
  const books = booksOf(value, name);
  if (books !== undefined) return { kind: 'books', name, books };
  const rows = isObject(value) ? value['data'] : undefined;
  if (rows === null) return { kind: kindOfRows(name, undefined), name, rows: [] };
  if (Array.isArray(rows)) return { kind: kindOfRows(name, rows[0]), name, rows };
  const words = isObject(value) ? value['error'] : undefined;
  if (isText(words)) return { kind: 'venue_error', detail: `${name}: ${short(words)}` };
  const page = marketPageOf(value);
  return page === undefined
    ? { kind: 'unknown', name, detail: `${name} ${short(raw)}` }
    : { kind: 'markets', name, markets: page.markets };
}

/** The endpoint of `rest:book:<token>`. */
const nameOf = (channel: string): string => channel.split(':', 2).join(':').slice(0, 40);

/** One book, or a list of them. */
function booksOf(value: unknown, name: string): readonly (WireBook | Unreadable)[] | undefined {
  if (Array.isArray(value)) {
    const isOfBooks = value.length === 0 ? name.includes('book') : value.some(looksLikeBook);
    return isOfBooks ? value.map((one, n) => toBook(one, String(n))) : undefined;
  }
  return looksLikeBook(value) ? [toBook(value, '')] : undefined;
}

const looksLikeBook = (value: unknown): boolean =>
  isObject(value) && value['asset_id'] !== undefined && value['bids'] !== undefined;

const toBook = (value: unknown, path: string): WireBook | Unreadable =>
  isBook(value) ? value : checked(wireBook, value, path);

/** By what the first row has; an empty list by its channel. */
function kindOfRows(name: string, row: unknown): 'resolutions' | 'tokens' | 'trades' {
  const { final_price, transaction_hash, price }: Row = isObject(row) ? row : {};
  if (final_price !== undefined || (row === undefined && name.includes('tokens'))) return 'tokens';
  const isTrade = transaction_hash !== undefined && price !== undefined;
  return (isTrade && isObject(row) && row['size'] !== undefined) ||
    (row === undefined && name.includes('trades'))
    ? 'trades'
    : 'resolutions';
}

interface Row {
  readonly final_price?: unknown;
  readonly transaction_hash?: unknown;
  readonly price?: unknown;
}
