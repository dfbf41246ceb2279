import { isObject, NOT_JSON, parseJson, short, Unreadable } from '../json-fields.ts';
import type { Discovery } from '../session/protocol.ts';
import type { RestAnswer } from '../session/transport.ts';
import { toProductList as toAdvancedList } from './advanced-schema.ts';
import { toProductList as toExchangeList } from './exchange-schema.ts';
import type { SharedBooks } from './shared-books.ts';

/** How a product list is read before anything is subscribed; it also says which products share a book. */
export const listing = (
  shared: SharedBooks,
  everyMs: number,
): Pick<Discovery, 'listed' | 'names' | 'everyMs'> => ({
  everyMs,
  listed: (answer, symbols) => {
    const products = listedIn(answer);
    if (products instanceof Error) return products;
    for (const symbol of symbols) {
      const alias = products.get(symbol)?.alias;
      if (alias !== undefined) shared.learn(symbol, alias);
    }
    return new Set(symbols.filter((symbol) => products.get(symbol)?.canBeSubscribed));
  },
  names: (answer) => {
    const products = listedIn(answer);
    return products instanceof Error ? [] : products.keys();
  },
});

/** What a product list says of a product before its rules are read. */
interface ListedProduct {
  readonly canBeSubscribed: boolean;
  /** The product whose book it shows; undefined where the list does not say. */
  readonly alias: string | undefined;
}

/** Products by symbol in a product list of either interface; an Error in words when it cannot be read. */
function listedIn({ status, body }: RestAnswer): ReadonlyMap<string, ListedProduct> | Error {
  const value = parseJson(body);
  if (status !== 200) return new Error(`products: HTTP ${status} ${short(wordsIn(value, body))}`);
  if (value === undefined) return new Error(`products: ${NOT_JSON.detail}`);
  const list = Array.isArray(value) ? toExchangeList(value) : toAdvancedList(value);
  if (list instanceof Unreadable) return new Error(`products: ${list.detail}`);
  const rows = Array.isArray(list) ? list.map((one) => [one.id, one] as const) : list.products.map(named);
  return new Map(rows.map(([symbol, one]) => [symbol, toListed(one)]));
}

const named = (one: { readonly product_id: string; readonly [field: string]: unknown }) =>
  [one.product_id, one] as const;

/** Futures have contract sizes and expiries and are not followed; a delisted product has no stream. */
function toListed(wire: Readonly<Record<string, unknown>>): ListedProduct {
  const { product_type: type = 'SPOT', status, alias } = wire;
  return {
    canBeSubscribed: type === 'SPOT' && status !== 'delisted',
    alias: typeof alias === 'string' ? alias : undefined,
  };
}

const wordsIn = (value: unknown, body: string): string =>
  isObject(value) && typeof value['message'] === 'string' ? value['message'] : body;
