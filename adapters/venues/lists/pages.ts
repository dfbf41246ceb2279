import type { Listing } from '../../../core/market/listing.ts';
import type { RestRequest } from '../session/transport.ts';
import type { Asker, ListReading } from './asker.ts';

/** What one answer holds, in whichever venue's words it came. */
export interface Page {
  readonly listings: readonly Listing[];
  /** Asks for the rest; null on the last page. */
  readonly next: string | null;
  readonly problems: readonly string[];
}

/** Pages of one list: a list that is longer is too long to choose from. */
export const PAGES_MAX = 20;

/** Reads a list page by page. Lists change while they are read, so that an entry may come twice: the newer one counts. */
export async function readPages(
  asker: Asker,
  request: (cursor: string | null) => RestRequest,
  toPage: (text: string) => Page,
  pagesMax: number = PAGES_MAX,
): Promise<ListReading> {
  const listings = new Map<string, Listing>();
  const problems: string[] = [];
  let cursor: string | null = null;
  for (let n = 1; n <= pagesMax; n += 1) {
    const page: Page = toPage(await asker.body(request(cursor)));
    for (const one of page.listings) listings.set(one.instrument.id, one);
    problems.push(...page.problems);
    if (page.next === null || page.next === cursor) break;
    cursor = page.next;
    if (n === pagesMax) problems.push(`the list goes on: its first ${pagesMax} pages were read`);
  }
  return { listings: [...listings.values()], problems };
}

/** Several readings as one; of an instrument that is in several of them the last one counts. */
export const merge = (readings: readonly ListReading[]): ListReading => ({
  listings: [
    ...new Map(readings.flatMap(({ listings }) => listings.map((one) => [one.instrument.id, one]))).values(),
  ],
  problems: readings.flatMap(({ problems }) => problems),
});
