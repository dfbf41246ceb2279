import { noSessionCounts } from '../../adapters/venues/session/session-status.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import { noQualityCounts } from '../../core/market/quality.ts';
import type { InstrumentHealth } from '../../fargate/feed-health.ts';
import type { VenueHealth } from '../../fargate/venue-health.ts';
import { T0 } from './values.ts';

/** Binance with its one book live and nothing wrong, but for what is told. */
export const venueOk = (change: Partial<VenueHealth> = {}): VenueHealth => ({
  wire: 'binance-spot',
  name: 'Binance Spot, live',
  connected: true,
  since: T0,
  lastMessageAt: T0,
  reconnects: 0,
  polling: [],
  closedBecause: null,
  idleBecause: null,
  trouble: null,
  gaveUp: false,
  refused: [],
  channels: [],
  connections: [],
  counts: noSessionCounts(),
  lastBookAt: T0,
  followed: 1,
  live: 1,
  over: 0,
  ahead: 0,
  quality: [],
  ...change,
});

/** An instrument that is live with nothing wrong, but for what is told. */
export const instrumentOk = (
  instrumentId: InstrumentId,
  change: Partial<InstrumentHealth> = {},
): InstrumentHealth => ({
  instrumentId,
  status: 'live',
  quality: [],
  verdict: 'clean',
  counts: noQualityCounts(),
  lastMessageAt: T0,
  lastBookAt: T0,
  isOver: false,
  isAhead: false,
  trouble: null,
  ...change,
});
