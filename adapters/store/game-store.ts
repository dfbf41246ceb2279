import * as z from 'zod/mini';
import type { GameState } from '../../core/market/game.ts';
import { gameSchema } from '../../core/market/game-schema.ts';
import type { GameStore, SeenGame } from '../../core/ports.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import { DAY_MS, type EpochMs } from '../../core/time.ts';
import type { ItemStore } from './item-store.ts';
import { queryAll, StoreError } from './item-store.ts';
import { fromItem, gamesPk, keys, prefixes, replace, versionOf } from './table.ts';

const KEPT_MS = 3 * DAY_MS;
/** Others who write the same game have each committed once by then. */
const ATTEMPTS_MAX = 5;

const storedSchema: z.ZodMiniType<SeenGame, unknown> = z.object({ game: gameSchema, seenAt: epochMsSchema });

/** The {@link GameStore} over the item store: an item for each game. */
export function createGameStore(store: ItemStore): GameStore {
  return {
    async put(games, seenAt) {
      for (const game of games) await putGame(store, game, seenAt);
    },
    async games(league, easternDate) {
      const games: SeenGame[] = [];
      const range = { pk: gamesPk(league, easternDate), prefix: prefixes.game };
      for await (const item of queryAll(store, range)) games.push(fromItem(storedSchema, item));
      return games;
    },
  };
}

/** A game that was moved to another day is stored anew; what was known of it on the day before expires. */
async function putGame(store: ItemStore, game: GameState, seenAt: EpochMs): Promise<void> {
  const key = keys.game(game.league, game.easternDate, game.gameId);
  // In whole seconds, as DynamoDB reads its expiry attribute.
  const expiresAt = Math.ceil((seenAt + KEPT_MS) / 1_000);
  let found = await store.get(key);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    if (found !== undefined && fromItem(storedSchema, found).seenAt >= seenAt) return;
    const write = replace(key, 'game', { game, seenAt, expiresAt }, versionOf(found));
    const result = await store.transact([write]);
    if (result.kind === 'committed') return;
    ({ found } = result);
  }
  throw new StoreError('busy', `${key.pk} / ${key.sk} was written by others ${ATTEMPTS_MAX} times in a row`);
}
