import { later, type SessionStatus } from '../adapters/venues/session/session-status.ts';
import { venueOfWire } from '../adapters/venues/wire.ts';
import { instrumentId, venueOf } from '../core/market/instrument.ts';
import { orderedFlags } from '../core/market/quality.ts';
import type { QualityFlag } from '../core/market/window.ts';
import type { EpochMs } from '../core/time.ts';
import type { InstrumentHealth } from './feed-health.ts';

/** The connections to a venue, and what has come of them. */
export interface VenueHealth extends SessionStatus {
  /** Receive time of the newest message about any of its books; null before the first. */
  readonly lastBookAt: EpochMs | null;
  /** Instruments of it that are followed, those of them whose book is live, those that are over for good, and not open yet. */
  readonly followed: number;
  readonly live: number;
  readonly over: number;
  readonly ahead: number;
  /** Flags of its instruments in the newest window. */
  readonly quality: readonly QualityFlag[];
}

/** The health of a venue's session with that of its instruments. What is over is not refused: there is nothing more to subscribe. */
export function venueHealth(session: SessionStatus, instruments: readonly InstrumentHealth[]): VenueHealth {
  const venue = venueOfWire(session.wire);
  const own = instruments.filter((one) => venueOf(one.instrumentId) === venue);
  const over = new Set(own.filter((one) => one.isOver).map((one) => one.instrumentId));
  return {
    ...session,
    refused: session.refused.filter(({ symbol }) => venue === null || !over.has(instrumentId(venue, symbol))),
    lastBookAt: own.reduce<EpochMs | null>((newest, one) => later(newest, one.lastBookAt), null),
    followed: own.length,
    live: own.filter((one) => one.status === 'live').length,
    over: over.size,
    ahead: own.filter((one) => one.isAhead).length,
    quality: orderedFlags(new Set(own.flatMap((one) => one.quality))),
  };
}
