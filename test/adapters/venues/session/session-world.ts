import {
  type ConnectionChange,
  type Frame,
  isFrame,
  type SourceItem,
} from '../../../../adapters/venues/frame-source.ts';
import type { Patience } from '../../../../adapters/venues/session/backoff.ts';
import { ConnectGate } from '../../../../adapters/venues/session/connect-gate.ts';
import type { VenueProtocol } from '../../../../adapters/venues/session/protocol.ts';
import { RestPacer } from '../../../../adapters/venues/session/rest-pacer.ts';
import type { Outage } from '../../../../adapters/venues/session/session-status.ts';
import { VenueSession } from '../../../../adapters/venues/session/venue-session.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../../support/random.ts';
import { ScriptedVenue, toyProtocol, type VenueHabits } from '../../../support/scripted-venue.ts';

export const START = epochMs(1_760_000_000_000);

/** Draws the longest of each wait, so that moments can be told in advance. */
export const longest = (): number => 0.999_999_9;

export interface World {
  readonly timers: VirtualTimers;
  readonly venue: ScriptedVenue;
  readonly session: VenueSession;
  readonly pacer: RestPacer;
  readonly items: SourceItem[];
  readonly outages: {
    readonly kind: 'disconnected' | 'reconnected';
    readonly at: number;
    readonly outage: Outage;
    /** Why nothing needs a connection any more, where that is how it ended. */
    readonly idleBecause?: string;
  }[];
  readonly notes: string[];
  /** Lets so many milliseconds pass. */
  pass(ms: number): void;
  frames(): readonly Frame[];
  changes(): readonly ConnectionChange[];
  /** Milliseconds since the beginning. */
  now(): number;
}

export interface WorldOptions {
  readonly protocol?: Partial<VenueProtocol>;
  readonly limits?: Partial<VenueProtocol['limits']>;
  readonly habits?: Partial<VenueHabits>;
  readonly symbols?: readonly string[];
  readonly seed?: number;
  /** Instead of one that is seeded. */
  readonly random?: () => number;
  readonly reconnect?: Patience;
}

/** A session with a toy venue in virtual time, running. */
export function openWorld({
  protocol,
  limits,
  habits,
  symbols = ['A', 'B'],
  seed = 1,
  random = seeded(seed),
  reconnect,
}: WorldOptions = {}): World {
  const timers = new VirtualTimers(START);
  const venue = new ScriptedVenue(timers, habits);
  const pacer = new RestPacer({ transport: venue, timers, random });
  const items: SourceItem[] = [];
  const outages: World['outages'] = [];
  const notes: string[] = [];
  const toy = toyProtocol(protocol);
  const session = new VenueSession({
    protocol: { ...toy, limits: { ...toy.limits, ...limits } },
    symbols,
    transport: venue,
    timers,
    pacer,
    gate: new ConnectGate(timers),
    random,
    ...(reconnect && { reconnect }),
    events: {
      disconnected: (outage) => outages.push({ kind: 'disconnected', at: timers.now() - START, outage }),
      reconnected: (outage, idleBecause) =>
        outages.push({
          kind: 'reconnected',
          at: timers.now() - START,
          outage,
          ...(idleBecause !== null && { idleBecause }),
        }),
      note: (detail) => notes.push(detail),
    },
  });
  session.start({ take: (item) => items.push(item), stamp: () => timers.now() });
  return {
    timers,
    venue,
    session,
    pacer,
    items,
    outages,
    notes,
    pass: (ms) => timers.runUntil(epochMs(timers.now() + ms)),
    frames: () => items.filter(isFrame),
    changes: () => items.filter((item) => 'change' in item),
    now: () => timers.now() - START,
  };
}
