import type { RawVenue, RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import type { CatalogueReader, CatalogueReading } from '../../core/ports.ts';
import { type EpochMs, SECOND_MS } from '../../core/time.ts';
import type { CatalogueQuery } from '../../core/universe/catalogue-queries.ts';
import { type Asker, createAsker, type ListReading, ListTrouble } from './lists/asker.ts';
import * as binance from './lists/binance.ts';
import * as coinbase from './lists/coinbase.ts';
import * as kalshi from './lists/kalshi.ts';
import { listHost } from './lists/list-host.ts';
import * as mexc from './lists/mexc.ts';
import * as polymarket from './lists/polymarket.ts';
import type { RestLimits } from './session/protocol.ts';
import { fetchAnswer } from './session/rest-fetch.ts';
import { CAUTIOUS, RestPacer } from './session/rest-pacer.ts';
import { systemTimers, type Timers } from './session/timers.ts';
import type { Transport } from './session/transport.ts';

export interface CatalogueReaderOptions {
  /** How venues are reached; one that is not in it by its own hosts. */
  readonly access: RawVenues;
  readonly transport: Pick<Transport, 'fetch'>;
  readonly timers: Timers;
  /** In [0, 1): spreads waits. */
  readonly random: () => number;
  /** Time for one question with all its pages and tries. */
  readonly budgetMs?: number;
  /** Aborted when nobody waits for an answer any more: then every question fails at once. */
  readonly signal?: AbortSignal;
}

/** What fails for now is tried five times in about this time. */
const BUDGET_MS = 90 * SECOND_MS;

/** The reader of venues' lists. All its questions share each host's limits. */
export function createCatalogueReader(options: CatalogueReaderOptions): CatalogueReader {
  const { access, timers, random, budgetMs = BUDGET_MS, signal } = options;
  const pacer = new RestPacer({ transport: withoutSockets(options.transport), timers, random });
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
      const asker = createAsker({ pacer, limits: limitsOf(access[venue]), now, signal: abort.signal });
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
    host: (venue) => listHost(venue, access),
  };
}

/** The reader of a process of its own: over the network, and the process stays until its questions are answered. */
export const networkCatalogueReader = (access: RawVenues, signal?: AbortSignal): CatalogueReader =>
  createCatalogueReader({
    access,
    ...(signal && { signal }),
    transport: { fetch: fetchAnswer },
    timers: { now: systemTimers.now, after: heldAfter },
    random: Math.random,
  });

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

async function readWanted(
  asker: Asker,
  access: RawVenues,
  venue: VenueId,
  wanted: CatalogueQuery['wanted'],
): Promise<ListReading> {
  switch (venue) {
    case 'binance':
      if (wanted.kind === 'symbols') return binance.readSymbols(asker, access.binance, wanted.symbols);
      return binance.readAll(asker, access.binance);
    case 'coinbase':
      if (wanted.kind === 'symbols') return coinbase.readSymbols(asker, access.coinbase, wanted.symbols);
      return coinbase.readAll(asker, access.coinbase);
    case 'mexc':
      return mexc.readAll(asker, access.mexc);
    case 'kalshi':
      if (wanted.kind === 'series')
        return kalshi.readSeries(asker, access.kalshi, wanted.series, wanted.aheadMs > 0);
      return kalshi.readSymbols(asker, access.kalshi, wanted.kind === 'symbols' ? wanted.symbols : []);
    case 'polymarket':
      if (wanted.kind === 'series')
        return polymarket.readSeries(asker, access.polymarket, wanted.series, wanted.aheadMs);
      return polymarket.readSymbols(
        asker,
        access.polymarket,
        wanted.kind === 'symbols' ? wanted.symbols : [],
      );
  }
}

async function searchIn(
  asker: Asker,
  access: RawVenues,
  venue: VenueId,
  words: string,
): Promise<ListReading> {
  switch (venue) {
    case 'binance':
      return binance.readAll(asker, access.binance);
    case 'coinbase':
      return coinbase.readAll(asker, access.coinbase);
    case 'mexc':
      return mexc.readAll(asker, access.mexc);
    case 'kalshi':
      return kalshi.search(asker, access.kalshi, words);
    case 'polymarket':
      return polymarket.search(asker, access.polymarket, words);
  }
}

/** Lists are never urgent: the cautious pace is below every venue's limits, unless the configuration knows better. */
const limitsOf = (venue: RawVenue | undefined): RestLimits => ({
  ...CAUTIOUS,
  ...(venue?.rest.spacingMs != null && { spacingMs: venue.rest.spacingMs }),
  ...(venue?.rest.burst != null && { burst: venue.rest.burst }),
});

const withoutSockets = (transport: Pick<Transport, 'fetch'>): Transport => ({
  fetch: (request, done) => transport.fetch(request, done),
  connect: () => {
    throw new Error('lists are asked for by REST');
  },
});
