import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { VenueKeys } from '../../adapters/venues/protocols.ts';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import { wsTransport } from '../../adapters/venues/session/ws-transport.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { FeedPlan } from '../../fargate/feeds-options.ts';
import { followedBy } from '../followed.ts';

/** The venues' own streams as the source of a feed. `note` is told what sessions have to say. */
export function livePlan(
  config: DeskConfig,
  keys: VenueKeys,
  note: (venue: string, detail: string) => void,
): FeedPlan {
  const followed = followedBy(config, config.instruments);
  return {
    key: JSON.stringify(['live', config.feed, followed.ids, config.access], amountsAsText),
    ...followed,
    keepsCandles: true,
    open: async () =>
      new LiveFeed({
        access: config.access,
        keys,
        ids: followed.ids,
        leagues: config.scores.leagues,
        venues: [],
        windowMs: config.feed.windowMs,
        transport: wsTransport,
        timers: systemTimers,
        random: Math.random,
        note,
      }),
  };
}

const amountsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
