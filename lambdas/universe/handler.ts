import { openConfigDoor } from '../../adapters/lambda/config-door.ts';
import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { createGameStore } from '../../adapters/store/game-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import { networkCatalogueReader } from '../../adapters/venues/catalogues.ts';
import { universe } from './universe.ts';

/** Woken every five minutes; without rules there is nothing to look at. */
export const handler = openConfigDoor('universe', async ({ config, store, now, log }) => {
  await universe(now, {
    config,
    universes: createUniverseStore(store),
    catalogues: createCatalogueStore(store),
    games: createGameStore(store),
    reader: networkCatalogueReader(config.access),
    log,
  });
});
