import type { RawVenue, RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import { SECOND_MS } from '../../core/time.ts';
import { binanceProtocol } from './binance/client.ts';
import { coinbaseAdvancedProtocol, coinbaseExchangeProtocol } from './coinbase/client.ts';
import { kalshiProtocol } from './kalshi/client.ts';
import type { KalshiKeys } from './kalshi/signing.ts';
import { mexcProtocol } from './mexc/client.ts';
import { polymarketProtocol } from './polymarket/client.ts';
import type { VenueProtocol } from './session/protocol.ts';
import { CAUTIOUS } from './session/rest-pacer.ts';

/** Keys of venues that want them for public data; from the environment or a secret, never from a configuration. */
export interface VenueKeys {
  readonly kalshi?: KalshiKeys;
}

/** The protocol of a venue as the configuration reaches it; undefined for a venue that it does not name. */
export function protocolOf(venue: VenueId, access: RawVenues, keys: VenueKeys): VenueProtocol | undefined {
  const known = access[venue];
  const protocol = build(venue, access, keys);
  return known && protocol && withPace(protocol, known.rest);
}

function build(venue: VenueId, access: RawVenues, keys: VenueKeys): VenueProtocol | undefined {
  switch (venue) {
    case 'binance': {
      const { binance: one } = access;
      return one && binanceProtocol({ environment: one.environment, ...at(one), ...batch(one) });
    }
    case 'coinbase': {
      const { coinbase: one } = access;
      if (one === undefined) return undefined;
      const options = { environment: one.environment, ...at(one), ...batch(one) };
      return one.interface === 'advanced'
        ? coinbaseAdvancedProtocol(options)
        : coinbaseExchangeProtocol(options);
    }
    case 'mexc': {
      const { mexc: one } = access;
      return one && mexcProtocol({ book: one.book, ...at(one) });
    }
    case 'kalshi': {
      const { kalshi: one } = access;
      return (
        one &&
        kalshiProtocol({
          environment: one.environment,
          ...at(one),
          ...(keys.kalshi && { keys: keys.kalshi }),
        })
      );
    }
    case 'polymarket': {
      const { polymarket: one } = access;
      return one && polymarketProtocol(at(one));
    }
  }
}

/** Hosts that are not the venue's own. */
function at({ hosts: { ws, rest } }: RawVenue): { readonly hosts: { ws?: string; rest?: string } } {
  return { hosts: { ...(ws !== null && { ws }), ...(rest !== null && { rest }) } };
}

const batch = ({ rest: { batch: size } }: RawVenue): { readonly rest?: { batch: number } } =>
  size === null ? {} : { rest: { batch: size } };

/** The pace that the configuration asks for in the place of the venue's safe one. */
function withPace(
  protocol: VenueProtocol,
  { spacingMs, burst, refreshSeconds }: RawVenue['rest'],
): VenueProtocol {
  const { restLimits = CAUTIOUS, discovery } = protocol;
  return {
    ...protocol,
    restLimits: {
      ...restLimits,
      ...(spacingMs !== null && { spacingMs }),
      ...(burst !== null && { burst }),
    },
    discovery: refreshSeconds === null ? discovery : { ...discovery, everyMs: refreshSeconds * SECOND_MS },
  };
}
