import type { VenueKeys } from '../../adapters/venues/protocols.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { FeedPlan } from '../../fargate/feeds-options.ts';
import { followedBy } from '../followed.ts';
import { openLiveFeed, type TellNote, venuesOfUniverse } from './open-live-feed.ts';

/** The venues' own streams as the source of a feed. `note` is told what sessions have to say. */
export function livePlan(config: DeskConfig, keys: VenueKeys, note: TellNote): FeedPlan {
  const followed = followedBy(config, config.instruments);
  const { feed, access, scores } = config;
  const key = ['live', feed, followed.ids, access, venuesOfUniverse(config), scores];
  return {
    key: JSON.stringify(key, amountsAsText),
    ...followed,
    keepsCandles: true,
    open: async () => openLiveFeed(config, followed.ids, keys, note),
  };
}

const amountsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
