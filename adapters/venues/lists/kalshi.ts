import {
  eventsPage,
  type ListingQuery,
  marketsPage,
  type SeriesFacts,
  seriesRequest,
  toListings,
  toSeries,
} from '../kalshi/catalogue.ts';
import { marketRequests } from '../kalshi/requests.ts';
import { type Asker, type ListReading, ListTrouble } from './asker.ts';
import { merge, readPages } from './pages.ts';

/**
 * The open markets of a series with their events, and those that open later where they are wanted. Empty between two
 * markets, and for a series that the venue does not know; the second is said.
 */
export async function readSeries(
  asker: Asker,
  rest: string,
  series: string,
  isAhead: boolean,
): Promise<ListReading> {
  const facts = await factsOf(asker, rest, series);
  if (facts === undefined)
    return { listings: [], problems: [`series '${series}': the venue knows none of this name`] };
  const known = new Map([[series, facts]]);
  const page = (make: (query: ListingQuery) => ReturnType<typeof eventsPage>, query: ListingQuery) =>
    readPages(
      asker,
      (cursor) => make({ rest, series, ...query, ...(cursor !== null && { cursor }) }),
      (text) => toListings(text, known),
    );
  const later = isAhead ? await page(marketsPage, { status: 'unopened' }) : undefined;
  // What has opened meanwhile is in the second answer with its events.
  return merge([...(later ? [later] : []), await page(eventsPage, { status: 'open' })]);
}

/** Some markets by their tickers; those that the venue does not know are not in the answer. */
export async function readSymbols(
  asker: Asker,
  rest: string,
  symbols: readonly string[],
): Promise<ListReading> {
  const texts = await Promise.all(
    marketRequests(rest, symbols).map(({ request, weight }) => asker.body(request, weight)),
  );
  const bare = merge(texts.map((text) => toListings(text)));
  const series = bare.listings.flatMap(({ instrument }) => instrument.contract?.series ?? []);
  const known = new Map<string, SeriesFacts>();
  for (const one of new Set(series)) {
    const facts = await factsOf(asker, rest, one);
    if (facts !== undefined) known.set(one, facts);
  }
  return merge(texts.map((text) => toListings(text, known)));
}

/** Pages of open events that a search looks through: the venue finds nothing by words itself. */
const SEARCHED_PAGES = 5;

/**
 * What some words may find: a series or a market of that name, and otherwise the first pages of all that is open.
 */
export async function search(asker: Asker, rest: string, words: string): Promise<ListReading> {
  const name = words.trim().toUpperCase();
  if (/^KX[A-Z0-9.-]*$/.test(name)) {
    const [series = name] = name.split('-', 1);
    const reading = await readSeries(asker, rest, series, true);
    if (reading.listings.length > 0) return reading;
  }
  const open = await readPages(
    asker,
    (cursor) => eventsPage({ rest, ...(cursor !== null && { cursor }) }),
    toListings,
    SEARCHED_PAGES,
  );
  const advice = 'the venue cannot be searched by words: name a series (KXBTC15M) to see all of it';
  return { listings: open.listings, problems: [...open.problems, advice] };
}

async function factsOf(asker: Asker, rest: string, series: string): Promise<SeriesFacts | undefined> {
  const text = await asker.bodyIfKnown(seriesRequest(series, rest));
  if (text === undefined) return undefined;
  const facts = toSeries(text);
  if (typeof facts === 'string') throw new ListTrouble(`series ${series}: ${facts}`);
  return facts;
}
