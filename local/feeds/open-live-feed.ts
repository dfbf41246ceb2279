import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { VenueKeys } from '../../adapters/venues/protocols.ts';
import { QUICK } from '../../adapters/venues/session/backoff.ts';
import { RestPacer } from '../../adapters/venues/session/rest-pacer.ts';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import { wsTransport } from '../../adapters/venues/session/ws-transport.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { type InstrumentId, type VenueId, venueOf } from '../../core/market/instrument.ts';
import { followedBy } from '../followed.ts';

/** What sessions have to say, for people. */
export type TellNote = (venue: string, detail: string) => void;

/** The way to the venues' REST hosts for all of a process that ask them while a feed runs. */
export const networkPacer = (): RestPacer =>
  new RestPacer({ transport: wsTransport, timers: systemTimers, random: Math.random });

/** The venues' own streams over the network, as a configuration reaches them; ready for the venues of its universe, too. */
export const openLiveFeed = (
  config: DeskConfig,
  ids: readonly InstrumentId[],
  keys: VenueKeys,
  note: TellNote,
  pacer: RestPacer = networkPacer(),
): LiveFeed =>
  new LiveFeed({
    access: config.access,
    keys,
    ids,
    leagues: config.scores.leagues,
    ...(config.scores.host !== null && { scoresHost: config.scores.host }),
    venues: venuesOfUniverse(config),
    windowMs: config.feed.windowMs,
    reconnect: { ...QUICK, ...config.feed.reconnect },
    transport: wsTransport,
    timers: systemTimers,
    pacer,
    random: Math.random,
    note,
  });

/** Those that a feed of live venues is connected to: of the instruments of strategies, and of the universe. */
export const liveVenues = (config: DeskConfig): readonly VenueId[] => {
  const traded = followedBy(config, []).ids.flatMap((id) => venueOf(id) ?? []);
  return [...new Set([...traded, ...venuesOfUniverse(config)])];
};

/** Those whose instruments may join. */
export const venuesOfUniverse = ({ universe }: DeskConfig): readonly VenueId[] => [
  ...new Set(universe.rules.map(({ venue }) => venue)),
];
