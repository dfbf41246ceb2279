import { advancedListingsRequest, exchangeListingsRequest, toListings } from '../coinbase/catalogue.ts';
import { advancedProductsRequest } from '../coinbase/requests.ts';
import type { Asker, ListReading } from './asker.ts';
import { readPages } from './pages.ts';

/** All products of Advanced Trade, with turnover. */
export const readAdvanced = (asker: Asker, host: string): Promise<ListReading> =>
  readPages(asker, (cursor) => advancedListingsRequest(cursor, host), toListings);

/** Some of them; those that are not listed are not in the answer. */
export const readSomeAdvanced = (
  asker: Asker,
  host: string,
  symbols: readonly string[],
): Promise<ListReading> =>
  readPages(asker, (cursor) => advancedProductsRequest(symbols, cursor, host), toListings);

/** All products of Exchange, by their rules alone: it has no list of some. */
export const readExchange = async (asker: Asker, host: string): Promise<ListReading> =>
  toListings(await asker.body(exchangeListingsRequest(host)));
