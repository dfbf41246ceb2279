import type { RawVenues } from '../../../core/config/venues-schema.ts';
import { advancedListingsRequest, exchangeListingsRequest, toListings } from '../coinbase/catalogue.ts';
import { advancedProductsRequest, HOSTS } from '../coinbase/requests.ts';
import type { Asker, ListReading } from './asker.ts';
import { readPages } from './pages.ts';

type Access = NonNullable<RawVenues['coinbase']> | undefined;

/** All products: of Advanced Trade with turnover, of Exchange by their rules alone. */
export async function readAll(asker: Asker, access: Access): Promise<ListReading> {
  const host = access?.hosts.rest ?? undefined;
  if (access?.interface !== 'exchange')
    return readPages(asker, (cursor) => advancedListingsRequest(cursor, host), toListings);
  const sandbox = access.environment === 'sandbox' ? HOSTS.exchangeSandbox.rest : undefined;
  return toListings(await asker.body(exchangeListingsRequest(host ?? sandbox)));
}

/** Some products; those that are not listed are not in the answer. Exchange has no list of some. */
export const readSymbols = (
  asker: Asker,
  access: Access,
  symbols: readonly string[],
): Promise<ListReading> =>
  access?.interface === 'exchange'
    ? readAll(asker, access)
    : readPages(
        asker,
        (cursor) => advancedProductsRequest(symbols, cursor, access?.hosts.rest ?? undefined),
        toListings,
      );
