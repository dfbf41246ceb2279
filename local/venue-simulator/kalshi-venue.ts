import type { Timers } from '../../adapters/venues/session/timers.ts';
import { ContractFloor } from './contract-floor.ts';
import type { Fault } from './faults.ts';
import { type KalshiOptions, kalshiDialect } from './kalshi-dialect.ts';
import { hourlyThresholds, quarterHours } from './kalshi-series.ts';
import { SimVenue } from './sim-venue.ts';

export interface KalshiVenueOptions extends Partial<KalshiOptions> {
  readonly seed: number;
  readonly timers: Timers;
  readonly faults?: readonly Fault[];
}

/** A simulated Kalshi; of the quarters of an hour of Bitcoin and Ether and the hours of Bitcoin, unless told. */
export function kalshiVenue({ seed, timers, faults = [], ...options }: KalshiVenueOptions): SimVenue {
  const { series = [quarterHours('BTC'), quarterHours('ETH'), hourlyThresholds('BTC')] } = options;
  return new SimVenue({
    seed,
    timers,
    floor: new ContractFloor({ seed, timers }),
    dialect: kalshiDialect({ ...options, series }),
    faults,
  });
}
