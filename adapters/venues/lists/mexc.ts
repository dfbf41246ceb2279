import { addTickers, listingsRequest, tickersRequest, toListings } from '../mexc/catalogue.ts';
import type { Asker, ListReading } from './asker.ts';

/** What the venue's documentation says these two cost of 500 in ten seconds. */
const WEIGHTS = { list: 10, tickers: 40 } as const;

/** All symbols, with best prices and turnover. The venue's list of some fails as a whole for one that is not listed. */
export async function readAll(asker: Asker, host: string): Promise<ListReading> {
  const [list, tickers] = await Promise.all([
    asker.body(listingsRequest(host), WEIGHTS.list),
    asker.body(tickersRequest(host), WEIGHTS.tickers),
  ]);
  const plain = toListings(list);
  const { listings, problems } = addTickers(plain.listings, tickers);
  return { listings, problems: [...plain.problems, ...problems] };
}
