import type { RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import { HOSTS as BINANCE } from './binance/requests.ts';
import { HOSTS as COINBASE } from './coinbase/requests.ts';
import { HOSTS as KALSHI } from './kalshi/hosts.ts';
import { REST_HOST as MEXC } from './mexc/requests.ts';
import { HOSTS as POLYMARKET } from './polymarket/hosts.ts';

/**
 * Where a venue is asked for its lists and its bars, as the configuration reaches it or by its own host: what a simulator,
 * a testnet or another interface lists is not what the venue lists.
 */
export function restHost(venue: VenueId, access: RawVenues): string {
  return access[venue]?.hosts.rest ?? ownHost(venue, access);
}

function ownHost(venue: VenueId, { binance, coinbase, kalshi }: RawVenues): string {
  switch (venue) {
    case 'binance':
      return BINANCE[binance?.environment ?? 'market-data'].rest;
    case 'coinbase':
      if (coinbase?.interface !== 'exchange') return COINBASE.advanced.rest;
      return (coinbase.environment === 'sandbox' ? COINBASE.exchangeSandbox : COINBASE.exchange).rest;
    case 'mexc':
      return MEXC;
    case 'polymarket':
      return POLYMARKET.gamma;
    case 'kalshi':
      return KALSHI[kalshi?.environment ?? 'live'].rest;
  }
}
