import { polymarketProtocol } from '../../../adapters/venues/polymarket/client.ts';
import { polymarketReader } from '../../../adapters/venues/polymarket/reader.ts';
import { beatAt, DAY_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import type { BookPace } from '../../../local/venue-simulator/contract-listing.ts';
import {
  exclusivePlans,
  type PolymarketPlan,
  upDownSeries,
} from '../../../local/venue-simulator/polymarket-plans.ts';
import {
  type PolymarketVenueOptions,
  polymarketVenue,
} from '../../../local/venue-simulator/polymarket-venue.ts';
import type { ContractTrial } from './contract-world.ts';
import { START } from './sim-world.ts';

export const PACE: BookPace = { stepMs: 400, levels: 10 };
export const UP_DOWN = upDownSeries('btc', '15m', PACE);
/** One event of three markets; the last one is near the price from which its steps get finer. */
export const FED = exclusivePlans('fed-decision', 'Fed decision?', plusMs(START, 7 * DAY_MS), PACE);

/** The market of the n-th window from the one that runs at the start. */
export function upDownPlan(n = 0): PolymarketPlan {
  const { lengthMs, plans } = UP_DOWN.rolling;
  const [plan] = plans(plusMs(beatAt(START, lengthMs), n * lengthMs));
  if (plan === undefined) throw new Error('no market');
  return plan;
}

/** How long after the start the running window is over. */
export const WINDOW_CLOSE = 15 * MINUTE_MS - (START % (15 * MINUTE_MS));

export function polymarketTrial(
  symbols: readonly string[],
  options: Partial<PolymarketVenueOptions> = {},
  hosts?: { readonly ws: string; readonly rest: string },
): ContractTrial {
  return {
    symbols,
    protocol: polymarketProtocol(hosts && { hosts: { ws: `${hosts.ws}/ws/market`, rest: hosts.rest } }),
    reader: (followed, ports) => polymarketReader({ instruments: [], symbols: followed }, ports),
    venue: (timers) => polymarketVenue({ seed: 7, timers, series: [UP_DOWN], plans: FED, ...options }),
  };
}
