import { addTickers, toListings } from '../binance/catalogue.ts';
import { encoded, get, listingsRequest, rulesRequests, tickersRequest } from '../binance/requests.ts';
import type { Asker, ListReading } from './asker.ts';
import { merge } from './pages.ts';

/** What the venue's documentation says these two cost of 6000 a minute. */
const WEIGHTS = { list: 20, tickers: 80 } as const;

/** All symbols, with best prices and turnover. */
export async function readAll(asker: Asker, host: string): Promise<ListReading> {
  const [list, tickers] = await Promise.all([
    asker.body(listingsRequest(host), WEIGHTS.list),
    asker.body(tickersRequest(host), WEIGHTS.tickers),
  ]);
  return withTickers(toListings(list), tickers);
}

/** Some symbols. One that is not listed spoils an answer about several: then each is asked for alone. */
export async function readSymbols(
  asker: Asker,
  host: string,
  symbols: readonly string[],
): Promise<ListReading> {
  const readings = await Promise.all(
    rulesRequests(symbols, host).map(async (one) => {
      const list = await asker.bodyIfKnown(one.request, one.weight);
      if (list === undefined) return one.symbols.length === 1 ? NOTHING : readEach(asker, host, one.symbols);
      const tickers = await asker.body(tickersOf(one.symbols, host), one.symbols.length <= 20 ? 2 : 40);
      return withTickers(toListings(list), tickers);
    }),
  );
  return merge(readings);
}

const NOTHING: ListReading = { listings: [], problems: [] };

const readEach = async (asker: Asker, host: string, symbols: readonly string[]): Promise<ListReading> =>
  merge(await Promise.all(symbols.map((symbol) => readSymbols(asker, host, [symbol]))));

const tickersOf = (symbols: readonly string[], host: string) =>
  get(`${host}/api/v3/ticker/24hr?symbols=${encoded(JSON.stringify(symbols))}`);

function withTickers(list: ListReading, tickers: string): ListReading {
  const priced = addTickers(list.listings, tickers);
  return { listings: priced.listings, problems: [...list.problems, ...priced.problems] };
}
