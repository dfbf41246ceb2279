import type { Listing } from '../../core/market/listing.ts';
import type { CatalogueFinding, CatalogueReading } from '../../core/ports.ts';
import { type EpochMs, HOUR_MS } from '../../core/time.ts';
import { type CatalogueQuery, catalogueQueries } from '../../core/universe/catalogue-queries.ts';
import type { UniverseServices } from './universe.ts';

/** What is known of the venues' lists at a look. */
export interface Gathered {
  /** Of all lists, each instrument once. */
  readonly listings: readonly Listing[];
  /** Names of rules that lack a list. */
  readonly unread: ReadonlySet<string>;
  readonly findings: readonly CatalogueFinding[];
  /** Since when the first of the missing lists cannot be read; null when none is missing. */
  readonly failingSince: EpochMs | null;
}

/** A list of some size (an exchange's is 250 KB) is stored once in so long: a venue that cannot be read is rare. */
const STORE_LARGE_MS = 4 * HOUR_MS;
/** Series that roll by the quarter of an hour are small; an old list of theirs would hold nothing that still trades. */
const SMALL = 100;

/** Reads what the rules need; a venue that cannot be read is known by its last list, as long as that is kept. */
export async function gatherCatalogues(
  now: EpochMs,
  before: readonly CatalogueFinding[],
  services: UniverseServices,
): Promise<Gathered> {
  const { rules, refreshMs } = services.config.universe;
  const queries = catalogueQueries(rules, refreshMs);
  const lists = await Promise.all(queries.map((query) => gather(query, now, before, services)));
  const missing = lists.filter(({ finding }) => finding.state === 'missing');
  const since = missing.flatMap(({ finding }) => finding.failingSince ?? []);
  return {
    listings: uniqueById(lists.flatMap(({ listings }) => listings)),
    unread: new Set(missing.flatMap(({ query }) => query.rules)),
    findings: lists.map(({ finding }) => finding),
    failingSince: since.toSorted((a, b) => a - b)[0] ?? null,
  };
}

interface GatheredList {
  readonly query: CatalogueQuery;
  readonly listings: readonly Listing[];
  readonly finding: CatalogueFinding;
}

async function gather(
  query: CatalogueQuery,
  now: EpochMs,
  all: readonly CatalogueFinding[],
  services: UniverseServices,
): Promise<GatheredList> {
  const { venue, name } = query;
  const before = all.find((one) => one.venue === venue && one.query === name);
  const reading = await services.reader.read(query, now);
  return reading.kind === 'read'
    ? taken(query, now, reading, before, services)
    : kept(query, now, reading.why, before, services);
}

async function taken(
  query: CatalogueQuery,
  now: EpochMs,
  { listings, problems }: Extract<CatalogueReading, { kind: 'read' }>,
  before: CatalogueFinding | undefined,
  { catalogues, reader, log }: UniverseServices,
): Promise<GatheredList> {
  const { venue, name } = query;
  const storedAt = before?.storedAt ?? null;
  const isStored =
    listings.length > SMALL && storedAt !== null && now >= storedAt && now - storedAt < STORE_LARGE_MS;
  if (!isStored) {
    const host = reader.host(venue);
    await catalogues.put({ venue, query: name, host, readAt: now, listings });
  }
  const trouble = problemWords(problems);
  if (trouble !== null) log.warn('catalogue read with problems', { venue, query: name, trouble });
  const finding: CatalogueFinding = {
    venue,
    query: name,
    state: 'read',
    listings: listings.length,
    readAt: now,
    storedAt: isStored ? storedAt : now,
    failingSince: null,
    trouble,
  };
  return { query, listings, finding };
}

async function kept(
  query: CatalogueQuery,
  now: EpochMs,
  why: string,
  before: CatalogueFinding | undefined,
  { catalogues, reader, log }: UniverseServices,
): Promise<GatheredList> {
  const { venue, name } = query;
  const newest = await catalogues.newest(venue, name, now);
  // What another host listed says nothing of this one.
  const stored = newest?.host === reader.host(venue) ? newest : undefined;
  const failingSince = before?.failingSince ?? now;
  const finding: CatalogueFinding = {
    venue,
    query: name,
    state: stored === undefined ? 'missing' : 'kept',
    listings: stored?.listings.length ?? 0,
    readAt: stored?.readAt ?? null,
    storedAt: stored?.readAt ?? null,
    failingSince,
    trouble: why,
  };
  log.warn('catalogue not read', { venue, query: name, why, state: finding.state, failingSince });
  const listings = (stored?.listings ?? []).map((one) => openedMeanwhile(one, stored?.readAt ?? now, now));
  return { query, listings, finding };
}

/** An old list says of what was to open after it that it does not trade; what has happened since is not known. */
function openedMeanwhile(listing: Listing, readAt: EpochMs, now: EpochMs): Listing {
  const opensAt = listing.instrument.contract?.opensAt ?? null;
  const isOpenNow = !listing.tradable && opensAt !== null && opensAt > readAt && opensAt <= now;
  return isOpenNow ? { ...listing, tradable: true } : listing;
}

const PROBLEMS_SHOWN = 3;

/** The first of them, and how many more there are; null when there is none. */
function problemWords(problems: readonly string[]): string | null {
  if (problems.length === 0) return null;
  const more = problems.length - PROBLEMS_SHOWN;
  return `${problems.slice(0, PROBLEMS_SHOWN).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Of an instrument that is in several lists the last one counts. */
const uniqueById = (listings: readonly Listing[]): readonly Listing[] => [
  ...new Map(listings.map((one) => [one.instrument.id, one])).values(),
];
