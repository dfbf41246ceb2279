import type { Timers } from '../../adapters/venues/session/timers.ts';
import { DAY_MS, plusMs } from '../../core/time.ts';
import { ContractFloor } from './contract-floor.ts';
import type { Fault } from './faults.ts';
import { type PolymarketOptions, polymarketDialect } from './polymarket-dialect.ts';
import { exclusivePlans, upDownSeries } from './polymarket-plans.ts';
import { SimVenue } from './sim-venue.ts';

export interface PolymarketVenueOptions extends Partial<PolymarketOptions> {
  readonly seed: number;
  readonly timers: Timers;
  readonly faults?: readonly Fault[];
}

/** A simulated Polymarket; of quarters of an hour of Bitcoin and a decision of three outcomes, unless told. */
export function polymarketVenue({ seed, timers, faults = [], ...options }: PolymarketVenueOptions): SimVenue {
  const {
    series = [upDownSeries('btc', '15m')],
    plans = exclusivePlans('fed-decision', 'Fed decision?', plusMs(timers.now(), 7 * DAY_MS)),
  } = options;
  return new SimVenue({
    seed,
    timers,
    floor: new ContractFloor({ seed, timers }),
    dialect: polymarketDialect({ ...options, series, plans }),
    faults,
  });
}
