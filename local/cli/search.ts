import { systemClock } from '../../adapters/clock.ts';
import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { networkCatalogueReader } from '../../adapters/venues/catalogues.ts';
import { nearestTo } from '../../core/config/nearest.ts';
import type { RawVenues } from '../../core/config/venues-schema.ts';
import { VENUES, type VenueId } from '../../core/market/instrument.ts';
import type { Listing } from '../../core/market/listing.ts';
import type { CatalogueReader, CatalogueStore } from '../../core/ports.ts';
import { type EpochMs, HOUR_MS, isoTime } from '../../core/time.ts';
import { ageWords } from '../age-words.ts';
import { sessionNames } from '../session/session-file.ts';
import type { CommonOptions } from './cli.ts';
import { findListings } from './find-listings.ts';
import { listingJson, listingLines } from './listing-words.ts';
import { requireConfig } from './load.ts';
import { openView } from './session-view.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withDesk } from './with-desk.ts';

export interface SearchOptions extends CommonOptions {
  readonly venue?: string;
  readonly config?: string;
  readonly limit: number;
}

export const SEARCH_HELP = `
Looks through what venues list: at the list that the desk has stored, where that is whole, younger than four hours and of the
venue's own host, else at the venue itself, as with --config always. Each word must be in the symbol, the title, the assets or the event. Exits with 0 when every venue asked could be looked
through, also when nothing is found; with 1 when one could not be read.

  npx deckle search btc usdt --venue binance
  npx deckle search KXBTC15M --venue kalshi --json`;

/** What one venue's lists gave. */
interface Searched {
  readonly venue: VenueId;
  readonly source: 'venue' | 'stored';
  readonly readAt: EpochMs;
  /** All that were looked through; only the names of the others are of use. */
  readonly listings: readonly Listing[];
  readonly found: readonly Listing[];
  /** Why it could not be read, or what could not be of it. */
  readonly trouble: readonly string[];
  readonly failed: boolean;
}

/** `search`: instruments by words over the venues' lists; 1 when one of the venues cannot be read. */
export async function search(
  words: readonly string[],
  options: SearchOptions,
  terminal: Terminal,
): Promise<number> {
  const text = words.join(' ').trim();
  if (text === '') throw new CommandError('say what to look for, e.g. deckle search btc', 2);
  const access: RawVenues = options.config === undefined ? {} : requireConfig(options.config).access;
  const venues = venuesOf(options, access);
  const reader = networkCatalogueReader(access);
  const searched = await withStored(options, (stored) =>
    Promise.all(venues.map((venue) => searchVenue(venue, text, stored, reader))),
  );
  terminal.stdout(
    options.json
      ? `${JSON.stringify(toJson(text, searched, options.limit))}\n`
      : toText(text, searched, options.limit),
  );
  return searched.some(({ failed }) => failed) ? 1 : 0;
}

function venuesOf({ venue, config }: SearchOptions, access: RawVenues): readonly VenueId[] {
  if (venue === undefined)
    return config === undefined ? VENUES : VENUES.filter((one) => access[one] !== undefined);
  const known = VENUES.find((one) => one === venue);
  if (known === undefined)
    throw new CommandError(`--venue must be one of ${VENUES.join(', ')}, not '${venue}'`, 2);
  return [known];
}

/**
 * The lists that the stack has stored, or the newest session. A search needs no desk, nor one that can be opened. Whoever names
 * a configuration wants to know what is listed where that one asks, and now.
 */
async function withStored<T>(
  options: SearchOptions,
  use: (stored: CatalogueStore | undefined) => Promise<T>,
): Promise<T> {
  if (options.config !== undefined) return use(undefined);
  if (options.stack !== undefined) return withDesk(options, ({ store }) => use(createCatalogueStore(store)));
  if (sessionNames(options.dir).length === 0) return use(undefined);
  const view = await openView(options.dir, undefined).catch(() => undefined);
  try {
    return await use(view && createCatalogueStore(view.store));
  } finally {
    await view?.close();
  }
}

/** As often as a list of some size is stored; instruments and their rules seldom change within it. */
const FRESH_MS = 4 * HOUR_MS;

async function searchVenue(
  venue: VenueId,
  text: string,
  catalogues: CatalogueStore | undefined,
  reader: CatalogueReader,
): Promise<Searched> {
  const now = systemClock.now();
  const stored = await catalogues?.newest(venue, 'all', now);
  // A desk may ask a simulator or a testnet in the place of the venue.
  if (stored !== undefined && stored.host === reader.host(venue) && now - stored.readAt < FRESH_MS) {
    const { listings, readAt } = stored;
    const found = findListings(text, listings);
    return { venue, source: 'stored', readAt, listings, found, trouble: [], failed: false };
  }
  const reading = await reader.search(venue, text);
  const listings = reading.kind === 'read' ? reading.listings : [];
  return {
    venue,
    source: 'venue',
    readAt: now,
    listings,
    found: findListings(text, listings),
    trouble: reading.kind === 'read' ? reading.problems : [reading.why],
    failed: reading.kind === 'failed',
  };
}

const toJson = (text: string, searched: readonly Searched[], limit: number) => ({
  words: text,
  venues: searched.map(({ venue, source, readAt, listings, found, trouble, failed }) => ({
    venue,
    read: !failed,
    source,
    readAt: isoTime(readAt),
    listings: listings.length,
    found: found.length,
    trouble,
  })),
  found: searched.flatMap(({ found }) => found.slice(0, limit).map(listingJson)),
});

function toText(text: string, searched: readonly Searched[], limit: number): string {
  const lines = searched.flatMap((one) => {
    const { found } = one;
    const more = found.length - limit;
    return [
      `${one.venue}: ${summaryOf(text, one)}`,
      ...one.trouble.slice(0, 3).map((trouble) => `  note: ${trouble}`),
      ...found.slice(0, limit).flatMap(listingLines),
      ...(more > 0 ? [`and ${more} more: give more words, or --limit ${found.length}`] : []),
      '',
    ];
  });
  return `${lines.join('\n')}`;
}

const NEAREST = 3;

function summaryOf(text: string, { source, readAt, listings, found, failed }: Searched): string {
  if (failed) return 'could not be read';
  const from = source === 'stored' ? `, as stored ${ageWords(systemClock.now() - readAt)} ago` : '';
  const looked = `${found.length} of ${listings.length} instruments${from}`;
  if (found.length > 0 || listings.length === 0) return looked;
  const symbols = listings.filter((one) => one.instrument.contract === undefined);
  const nearest = nearestTo(
    text.toUpperCase(),
    symbols.map((one) => one.instrument.symbol),
    NEAREST,
  );
  return nearest.length === 0 ? looked : `${looked}; the nearest symbols are ${nearest.join(', ')}`;
}
