import { plusMs } from '../../../core/time.ts';
import { isObject, isText, parseJson, short } from '../json-fields.ts';
import { marketRequest, searchRequest, toListings } from '../polymarket/catalogue.ts';
import { get, HOSTS } from '../polymarket/hosts.ts';
import { marketRequests } from '../polymarket/requests.ts';
import { rollingMarkets } from '../polymarket/rolling.ts';
import type { RestRequest } from '../session/transport.ts';
import { type Asker, type ListReading, ListTrouble } from './asker.ts';
import { merge, readPages } from './pages.ts';

/** The open markets of a series: of one that rolls by the addresses of its markets, else by the list of its events. */
export async function readSeries(
  asker: Asker,
  gamma: string,
  series: string,
  aheadMs: number,
): Promise<ListReading> {
  const slugs = slugsWithin(series, asker, aheadMs);
  if (slugs === undefined) return readEvents(asker, gamma, series);
  const texts = await Promise.all(slugs.map((slug) => asker.bodyIfKnown(marketRequest(slug, gamma))));
  // A market that comes later may not be there yet.
  return merge(texts.flatMap((text) => (text === undefined ? [] : [toListings(text)])));
}

/** Some tokens: the two versions of them are asked for apart, and an answer holds open markets only. */
export async function readSymbols(
  asker: Asker,
  gamma: string,
  tokens: readonly string[],
): Promise<ListReading> {
  const hosts = { ...HOSTS, gamma };
  const requests = (['clob_token_ids', 'position_ids'] as const).flatMap((filter) =>
    marketRequests(hosts, tokens, filter, false),
  );
  const texts = await Promise.all(requests.map(({ request, weight }) => asker.body(request, weight)));
  return merge(texts.map(toListings));
}

/** What the venue's own search finds. */
export const search = async (asker: Asker, gamma: string, words: string): Promise<ListReading> =>
  toListings(await asker.body(searchRequest(words, gamma)));

/** Addresses of the markets of a series that run from now on; undefined for a series that does not roll by the clock. */
function slugsWithin(series: string, { now }: Asker, aheadMs: number): readonly string[] | undefined {
  const slugs: string[] = [];
  for (let at = now; ; ) {
    const [current] = rollingMarkets(series, at) ?? [];
    if (current === undefined) return undefined;
    slugs.push(current.slug);
    at = current.endsAt;
    if (at > plusMs(now, aheadMs)) return slugs;
  }
}

/** Lists are kept by the number of the series, which its name finds. */
async function readEvents(asker: Asker, gamma: string, series: string): Promise<ListReading> {
  const id = seriesIdOf(await asker.body(seriesRequest(series, gamma)), series);
  if (id === undefined)
    return { listings: [], problems: [`series '${series}': the venue knows none of this name`] };
  return readPages(asker, (cursor) => eventsRequest(id, cursor, gamma), toListings);
}

const seriesRequest = (slug: string, gamma: string): RestRequest =>
  get(`${gamma}/series?limit=1&slug=${encodeURIComponent(slug)}`);

const eventsRequest = (id: string, cursor: string | null, gamma: string): RestRequest =>
  get(
    `${gamma}/events/keyset?limit=100&closed=false&series_id=${encodeURIComponent(id)}${
      cursor === null ? '' : `&after_cursor=${encodeURIComponent(cursor)}`
    }`,
  );

/** The number of the series of that very name: a filter that the venue does not know would give it another one. */
function seriesIdOf(text: string, slug: string): string | undefined {
  const value = parseJson(text);
  if (!Array.isArray(value)) throw new ListTrouble(`series: the answer is no list, '${short(text)}'`);
  const found = value.find((one) => isObject(one) && one['slug'] === slug);
  const id: unknown = isObject(found) ? found['id'] : undefined;
  return isText(id) ? id : undefined;
}
