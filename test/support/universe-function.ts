import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { createGameStore } from '../../adapters/store/game-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import { createCatalogueReader } from '../../adapters/venues/catalogues.ts';
import { RestPacer } from '../../adapters/venues/session/rest-pacer.ts';
import type { Transport } from '../../adapters/venues/session/transport.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { DeckleEvent, EventOf } from '../../core/events.ts';
import type { UniverseFindings } from '../../core/ports.ts';
import { newsOf } from '../../lambdas/relay/relay.ts';
import { universe } from '../../lambdas/universe/universe.ts';
import type { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { runTimers } from './run-timers.ts';

/** The function that looks at the venues' lists, on a store in memory and in virtual time. */
export interface UniverseFunction {
  readonly store: ItemStore;
  readonly games: ReturnType<typeof createGameStore>;
  /** Lines of the log, by their names. */
  readonly logged: string[];
  /** Is woken now. */
  look(config?: DeskConfig): Promise<UniverseFindings | undefined>;
  /** Symbols in the universe. */
  members(): Promise<readonly string[]>;
  /** News since they were last asked for. */
  news(): Promise<readonly EventOf<'universe.changed'>[]>;
}

export function universeFunction(
  usual: DeskConfig,
  timers: VirtualTimers,
  transport: Pick<Transport, 'fetch'>,
): UniverseFunction {
  const store = openSqliteStore({ path: ':memory:' });
  const universes = createUniverseStore(store);
  const games = createGameStore(store);
  const logged: string[] = [];
  const say = (event: string): void => void logged.push(event);
  const log = { info: say, warn: say, error: say };
  const reader = createCatalogueReader({
    access: usual.access,
    pacer: new RestPacer({ transport, timers, random: () => 0 }),
    timers,
  });
  const services = { universes, games, catalogues: createCatalogueStore(store), reader, log };
  let told: string | undefined;
  return {
    store,
    games,
    logged,
    look: (config = usual) => runTimers(timers, universe(timers.now(), { ...services, config })),
    members: async () =>
      (await universes.universe(usual.feed.id))?.value.members.map(({ instrument }) => instrument.symbol) ??
      [],
    async news() {
      const { changes, position } = await store.changes(told, 10_000);
      told = position;
      return changes.flatMap(newsOf).filter(isUniverseNews);
    },
  };
}

const isUniverseNews = (event: DeckleEvent): event is EventOf<'universe.changed'> =>
  event.type === 'universe.changed';
