import type { Timers } from '../../adapters/venues/session/timers.ts';
import { CONTRACT_VENUES, type StartedVenue } from './contract-venues.ts';
import type { Fault } from './faults.ts';
import { seededFaults } from './seeded-faults.ts';
import { SimVenue } from './sim-venue.ts';
import { SIM_VENUES, type SimVenueKind } from './sim-venues.ts';
import { faultKindsAt } from './venue-faults.ts';

/** What a simulated venue is started with. */
export interface VenueStart {
  readonly seed: number;
  readonly timers: Timers;
  /** How many pairs, at a venue that trades assets. */
  readonly count: number;
  /** Mean time between two things that happen in one market. */
  readonly stepMs: number;
  /** For so many hours things go wrong, about every five minutes; 0 for never. */
  readonly faultHours: number;
  /** What goes wrong besides. */
  readonly faults?: readonly Fault[];
}

type Starter = (start: VenueStart) => StartedVenue;

/** All venues that can be simulated, and the source of scores, by the names under which people start them. */
export const SERVED_VENUES: ReadonlyMap<string, Starter> = new Map<string, Starter>([
  ...Object.entries(SIM_VENUES).map(([name, kind]) => [name, spotStarter(name, kind)] as const),
  ...Object.entries(CONTRACT_VENUES).map(([name, begin]) => [name, contractStarter(name, begin)] as const),
]);

function spotStarter(name: string, kind: SimVenueKind): Starter {
  const { dialect, listings: listingsOf, block, settings } = kind;
  return ({ seed, timers, count, stepMs, faultHours: hours, faults: named = [] }) => {
    const listings = listingsOf({ count, stepMs });
    const symbols = listings.map(({ instrument }) => instrument.symbol);
    const seeded = hours > 0 ? seededFaults({ seed, hours, symbols, kinds: faultKindsAt(name) }) : [];
    return {
      venue: new SimVenue({ seed, timers, dialect, listings, faults: [...seeded, ...named] }),
      lists: symbols,
      hasStream: true,
      settings: ({ ws, rest }) => `In the configuration:

venues:
  ${block}:
${settings.map((line) => `    ${line}\n`).join('')}    hosts:
      ws: ${ws}
      rest: ${rest}
`,
    };
  };
}

/** Markets there come and go, so that each fault is about all of them. */
function contractStarter(name: string, begin: (typeof CONTRACT_VENUES)[string]): Starter {
  return ({ seed, timers, stepMs, faultHours: hours, faults: named = [] }) => {
    const seeded = hours > 0 ? seededFaults({ seed, hours, symbols: [], kinds: faultKindsAt(name) }) : [];
    return begin({ seed, timers, stepMs, faults: [...seeded, ...named] });
  };
}
