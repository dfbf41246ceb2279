import { createGameStore } from '../adapters/store/game-store.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import { createUniverseStore } from '../adapters/store/universe-store.ts';
import type { BeatingSource } from '../adapters/venues/frame-source.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { Log } from '../core/metrics.ts';
import type { Clock } from '../core/ports.ts';
import { GameKeeper } from './game-keeper.ts';
import type { FeedCompanion } from './run-feed.ts';
import { UniverseFollower } from './universe-follower.ts';

export interface LiveCompanionsOptions {
  readonly source: BeatingSource;
  readonly config: DeskConfig;
  /** What strategies trade. */
  readonly ids: readonly InstrumentId[];
  readonly store: ItemStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** What goes along with a feed of live venues: it follows the universe, and games are kept. None where nothing can be followed. */
export function liveCompanions(options: LiveCompanionsOptions): readonly FeedCompanion[] {
  const { source, config, ids, store, clock, log } = options;
  if (source.follow === undefined) return [];
  return [
    new UniverseFollower({
      feedId: config.feed.id,
      universes: createUniverseStore(store),
      always: ids,
      follow: (followings) => source.follow?.(followings) ?? [],
      clock,
      log,
    }),
    new GameKeeper({ games: createGameStore(store), log }),
  ];
}
