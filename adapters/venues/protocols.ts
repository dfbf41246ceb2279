import type { RawVenue, RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import { SECOND_MS } from '../../core/time.ts';
import { binanceProtocol } from './binance/client.ts';
import { coinbaseAdvancedProtocol, coinbaseExchangeProtocol } from './coinbase/client.ts';
import { kalshiProtocol } from './kalshi/client.ts';
import type { KalshiKeys } from './kalshi/signing.ts';
import { klinesRequest } from './klines.ts';
import { mexcProtocol } from './mexc/client.ts';
import { polymarketProtocol } from './polymarket/client.ts';
import { restHost } from './rest-host.ts';
import { restPace } from './rest-pace.ts';
import type { VenueProtocol } from './session/protocol.ts';

/** Keys of venues that want them for public data; from the environment or a secret, never from a configuration. */
export interface VenueKeys {
  readonly kalshi?: KalshiKeys;
}

/** The protocol of a venue as the configuration reaches it; undefined for a venue that it does not name. */
export function protocolOf(venue: VenueId, access: RawVenues, keys: VenueKeys): VenueProtocol | undefined {
  const known = access[venue];
  const protocol = build(venue, access, keys);
  if (known === undefined || protocol === undefined) return undefined;
  const paced = { ...protocol, restLimits: restPace(venue, access) };
  return withKlines(withRefresh(paced, known.rest), restHost(venue, access));
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
          ...batch(one),
          ...(keys.kalshi && { keys: keys.kalshi }),
        })
      );
    }
    case 'polymarket': {
      const { polymarket: one } = access;
      return one && polymarketProtocol({ ...at(one), ...batch(one) });
    }
  }
}

/** Hosts that are not the venue's own. */
function at({ hosts: { ws, rest } }: RawVenue): { readonly hosts: { ws?: string; rest?: string } } {
  return { hosts: { ...(ws !== null && { ws }), ...(rest !== null && { rest }) } };
}

const batch = ({
  rest: { batch: size },
}: {
  readonly rest: { readonly batch: number | null };
}): { readonly rest?: { batch: number } } => (size === null ? {} : { rest: { batch: size } });

/** Bars are asked for where everything else is. */
const withKlines = (protocol: VenueProtocol, host: string): VenueProtocol => ({
  ...protocol,
  klines: (symbol, interval, from, through) =>
    klinesRequest(protocol.wire, { symbol, interval, from, through }, host),
});

/** Rules are looked at as often as the configuration says. */
const withRefresh = (protocol: VenueProtocol, { refreshSeconds }: RawVenue['rest']): VenueProtocol =>
  refreshSeconds === null
    ? protocol
    : { ...protocol, discovery: { ...protocol.discovery, everyMs: refreshSeconds * SECOND_MS } };
