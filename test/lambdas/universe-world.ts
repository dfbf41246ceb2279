import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { createGameStore } from '../../adapters/store/game-store.ts';
import type { Item } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import { createCatalogueReader } from '../../adapters/venues/catalogues.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { DeckleEvent, EventOf } from '../../core/events.ts';
import type { UniverseFindings } from '../../core/ports.ts';
import { type EpochMs, MINUTE_MS, plusMs } from '../../core/time.ts';
import { newsOf } from '../../lambdas/relay/relay.ts';
import { universe } from '../../lambdas/universe/universe.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { NOON } from '../core/universe/listings.ts';
import { configOf, rawConfig } from '../support/desk.ts';
import { ListingPeer } from '../support/listing-peer.ts';
import { runTimers } from '../support/run-timers.ts';

const fees = { version: 'test', makerRate: 0, takerRate: 0.07, roundTo: 0.01 };
const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };

/** A desk with these rules, and all venues. */
export const configWith = (
  rules: readonly object[],
  more: Readonly<Record<string, unknown>> = {},
): DeskConfig => {
  const raw = rawConfig();
  const { binance } = raw['venues'] as { readonly binance: object };
  const venues = { binance, coinbase: binance, mexc: binance };
  return configOf({
    ...raw,
    venues: { ...venues, kalshi: { fees, latency }, polymarket: { fees, latency } },
    universe: { rules },
    ...more,
  });
};

export interface UniverseWorld {
  readonly timers: VirtualTimers;
  readonly peer: ListingPeer;
  readonly games: ReturnType<typeof createGameStore>;
  /** Lines of the log, by their names. */
  readonly logged: string[];
  /** Looks at the lists so many minutes after noon; the function is woken then. */
  look(minute: number, config?: DeskConfig): Promise<UniverseFindings | undefined>;
  /** Symbols in the universe. */
  members(): Promise<readonly string[]>;
  /** News since they were last asked for. */
  news(): Promise<readonly EventOf<'universe.changed'>[]>;
  /** Stored items of a partition. */
  items(pk: string): Promise<readonly Item[]>;
}

/** The function on an in-memory store, with made-up venues, in virtual time. */
export function openUniverse(usual: DeskConfig): UniverseWorld {
  const timers = new VirtualTimers(NOON);
  const peer = new ListingPeer(timers);
  const store = openSqliteStore({ path: ':memory:' });
  const universes = createUniverseStore(store);
  const games = createGameStore(store);
  const logged: string[] = [];
  const say = (event: string): void => void logged.push(event);
  const log = { info: say, warn: say, error: say };
  const reader = createCatalogueReader({ access: usual.access, transport: peer, timers, random: () => 0 });
  const services = { universes, games, catalogues: createCatalogueStore(store), reader, log };
  let told: string | undefined;
  return {
    timers,
    peer,
    games,
    logged,
    async look(minute, config = usual) {
      const now: EpochMs = plusMs(NOON, minute * MINUTE_MS);
      timers.runUntil(now);
      return runTimers(timers, universe(now, { ...services, config }));
    },
    members: async () =>
      (await universes.universe(usual.feed.id))?.value.members.map(({ instrument }) => instrument.symbol) ??
      [],
    async news() {
      const { changes, position } = await store.changes(told, 10_000);
      told = position;
      return changes.flatMap(newsOf).filter(isUniverseNews);
    },
    items: async (pk) => (await store.query({ pk })).items,
  };
}

const isUniverseNews = (event: DeckleEvent): event is EventOf<'universe.changed'> =>
  event.type === 'universe.changed';
