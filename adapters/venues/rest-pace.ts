import type { RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import { REST_LIMITS as BINANCE } from './binance/limits.ts';
import { REST_LIMITS as COINBASE } from './coinbase/requests.ts';
import { REST_LIMITS as KALSHI } from './kalshi/hosts.ts';
import { REST_LIMITS as MEXC } from './mexc/limits.ts';
import { REST_LIMITS as POLYMARKET } from './polymarket/hosts.ts';
import type { RestLimits } from './session/protocol.ts';

const SAFE: Readonly<Record<VenueId, RestLimits>> = {
  binance: BINANCE,
  coinbase: COINBASE,
  mexc: MEXC,
  polymarket: POLYMARKET,
  kalshi: KALSHI,
};

/**
 * How fast a venue's REST hosts are asked: as the configuration says, else what is safe there. Whoever asks takes it from
 * here, since the limits of the first request to a host hold for all that follow.
 */
export function restPace(venue: VenueId, access: RawVenues): RestLimits {
  const { spacingMs = null, burst = null } = access[venue]?.rest ?? {};
  return {
    ...SAFE[venue],
    ...(spacingMs !== null && { spacingMs }),
    ...(burst !== null && { burst }),
  };
}
