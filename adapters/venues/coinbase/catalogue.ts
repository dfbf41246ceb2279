import { formatUnits, parseUnits } from '../../../core/amounts.ts';
import type { Listing } from '../../../core/market/listing.ts';
import { isObject, type JsonObject, NOT_JSON, parseJson, short, Unreadable, wordOf } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { toProductList as toAdvancedList } from './advanced-schema.ts';
import { toProductList as toExchangeList } from './exchange-schema.ts';
import { type ProductRules, toAdvancedProduct, toExchangeProduct } from './products.ts';
import { advancedProductsRequest, exchangeProductsRequest } from './requests.ts';

/** What an answer of the venue's list holds. */
export interface ListingsPage {
  readonly listings: readonly Listing[];
  /** Asks for the rest of the list; null when this was all. */
  readonly next: string | null;
  /** Entries that could not be read, and why. */
  readonly problems: readonly string[];
}

/** Asks for the next part of Advanced Trade's list: with turnover, without best prices, which need a key. */
export const advancedListingsRequest = (cursor: string | null, host?: string): RestRequest =>
  advancedProductsRequest([], cursor, host);

/** Asks for Exchange's list: rules only. */
export const exchangeListingsRequest = (host?: string): RestRequest => exchangeProductsRequest(host);

/** The products in an answer of either list. Never throws. */
export function toListings(text: string): ListingsPage {
  const value = parseJson(text);
  const list = Array.isArray(value) ? toExchangeList(value) : toAdvancedList(value);
  const fault = value === undefined ? NOT_JSON : list;
  if (fault instanceof Unreadable)
    return { listings: [], next: null, problems: [`products: ${fault.detail}`] };
  const rows: readonly JsonObject[] = Array.isArray(list) ? list : 'products' in list ? list.products : [];
  const toRules = Array.isArray(value) ? toExchangeProduct : toAdvancedProduct;
  const listings: Listing[] = [];
  const problems: string[] = [];
  for (const row of rows) {
    const rules = toRules(row);
    if (typeof rules === 'string') problems.push(`${short(wordOf(row['product_id'] ?? row['id']))} ${rules}`);
    else listings.push(toListing(rules, row));
  }
  return { listings, next: nextOf(value), problems };
}

/** Fees depend on the account's turnover and are told to its owner only. */
function toListing({ instrument, closed }: ProductRules, row: JsonObject): Listing {
  return {
    instrument,
    tradable: closed === null,
    status: closed ?? 'online',
    title: titleOf(row, instrument.symbol),
    volume24h: amountOf(row['approximate_quote_24h_volume']),
    bestBid: amountOf(row['best_bid_price']),
    bestAsk: amountOf(row['best_ask_price']),
    depth: null,
    fees: null,
    game: null,
  };
}

function titleOf(row: JsonObject, symbol: string): string {
  const { base_name: base, quote_name: quote, display_name: display } = row;
  if (typeof base === 'string' && typeof quote === 'string') return short(`${base} / ${quote}`);
  return typeof display === 'string' ? short(display) : symbol;
}

/** Digits beyond 10^-8 are of no interest in a list; an empty text is a number the venue does not tell. */
function amountOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const units = parseUnits(value.replace(/(\.\d{8})\d+$/, '$1'));
  return units === undefined ? null : formatUnits(units);
}

function nextOf(value: unknown): string | null {
  const pagination = isObject(value) ? value['pagination'] : undefined;
  if (!isObject(pagination) || pagination['has_next'] !== true) return null;
  const { next_cursor: cursor } = pagination;
  return typeof cursor === 'string' && cursor !== '' ? cursor : null;
}
