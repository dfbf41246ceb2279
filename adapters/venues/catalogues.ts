import type { RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import type { CatalogueReader, CatalogueReading } from '../../core/ports.ts';
import { type EpochMs, SECOND_MS } from '../../core/time.ts';
import type { CatalogueQuery } from '../../core/universe/catalogue-queries.ts';
import { type Asker, createAsker, type ListReading, ListTrouble } from './lists/asker.ts';
import * as binance from './lists/binance.ts';
import * as coinbase from './lists/coinbase.ts';
import * as kalshi from './lists/kalshi.ts';
import * as mexc from './lists/mexc.ts';
import * as polymarket from './lists/polymarket.ts';
import { restHost } from './rest-host.ts';
import { restPace } from './rest-pace.ts';
import { fetchAnswer } from './session/rest-fetch.ts';
import { RestPacer } from './session/rest-pacer.ts';
import { systemTimers, type Timers } from './session/timers.ts';

export interface CatalogueReaderOptions {
  /** How venues are reached; one that is not in it by its own hosts. */
  readonly access: RawVenues;
  /** One for all of the process that ask the same hosts. */
  readonly pacer: RestPacer;
  readonly timers: Timers;
  /** Time for one question with all its pages and tries. */
  readonly budgetMs?: number;
  /** Aborted when nobody waits for an answer any more: then every question fails at once. */
  readonly signal?: AbortSignal;
}

/** What fails for now is tried five times in about this time. */
const BUDGET_MS = 90 * SECOND_MS;

/** The reader of venues' lists. All its questions share each host's limits. */
export function createCatalogueReader(options: CatalogueReaderOptions): CatalogueReader {
  const { access, pacer, timers, budgetMs = BUDGET_MS, signal } = options;
  const within = async (
    venue: VenueId,
    now: EpochMs,
    read: (asker: Asker) => Promise<ListReading>,
  ): Promise<CatalogueReading> => {
    const abort = new AbortController();
    const disarm = timers.after(budgetMs, () => abort.abort('no answer in the time there was'));
    const stop = (): void => abort.abort('whoever asked for it stopped');
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    try {
      const asker = createAsker({ pacer, limits: restPace(venue, access), now, signal: abort.signal });
      return { kind: 'read', ...(await read(asker)) };
    } catch (error) {
      if (!(error instanceof ListTrouble)) throw error;
      return { kind: 'failed', why: error.message };
    } finally {
      disarm();
      signal?.removeEventListener('abort', stop);
      // Of several questions at once the others are of no use any more when one has failed.
      abort.abort('another answer failed');
    }
  };
  return {
    read: (query, now) => within(query.venue, now, (asker) => readQuery(asker, access, query)),
    search: (venue, words) => within(venue, timers.now(), (asker) => searchIn(asker, access, venue, words)),
    host: (venue) => restHost(venue, access),
  };
}

/** The reader of a process of its own: over the network, and the process stays until its questions are answered. */
export function networkCatalogueReader(access: RawVenues): CatalogueReader {
  const timers: Timers = { now: systemTimers.now, after: heldAfter };
  const pacer = new RestPacer({ transport: { fetch: fetchAnswer }, timers, random: Math.random });
  return createCatalogueReader({ access, pacer, timers });
}

function heldAfter(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

async function readQuery(asker: Asker, access: RawVenues, query: CatalogueQuery): Promise<ListReading> {
  const { venue, wanted } = query;
  const reading = await readWanted(asker, access, venue, wanted);
  // A series may have nothing open for now; an exchange without any instrument has answered something else.
  if (wanted.kind === 'all' && reading.listings.length === 0)
    throw new ListTrouble(
      `${venue}: its list holds no instrument that can be read${reading.problems.length === 0 ? '' : `: ${reading.problems[0]}`}`,
    );
  return reading;
}

function readWanted(
  asker: Asker,
  access: RawVenues,
  venue: VenueId,
  wanted: CatalogueQuery['wanted'],
): Promise<ListReading> {
  const host = restHost(venue, access);
  const symbols = wanted.kind === 'symbols' ? wanted.symbols : undefined;
  switch (venue) {
    case 'binance':
      return symbols ? binance.readSymbols(asker, host, symbols) : binance.readAll(asker, host);
    case 'coinbase':
      if (access.coinbase?.interface === 'exchange') return coinbase.readExchange(asker, host);
      return symbols ? coinbase.readSomeAdvanced(asker, host, symbols) : coinbase.readAdvanced(asker, host);
    case 'mexc':
      return mexc.readAll(asker, host);
    case 'kalshi':
      if (wanted.kind === 'series') return kalshi.readSeries(asker, host, wanted.series, wanted.aheadMs > 0);
      return kalshi.readSymbols(asker, host, symbols ?? []);
    case 'polymarket':
      if (wanted.kind === 'series') return polymarket.readSeries(asker, host, wanted.series, wanted.aheadMs);
      return polymarket.readSymbols(asker, host, symbols ?? []);
  }
}

function searchIn(asker: Asker, access: RawVenues, venue: VenueId, words: string): Promise<ListReading> {
  const host = restHost(venue, access);
  switch (venue) {
    case 'kalshi':
      return kalshi.search(asker, host, words);
    case 'polymarket':
      return polymarket.search(asker, host, words);
    case 'binance':
    case 'coinbase':
    case 'mexc':
      return readWanted(asker, access, venue, { kind: 'all' });
  }
}
