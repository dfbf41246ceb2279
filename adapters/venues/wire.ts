import type { VenueId } from '../../core/market/instrument.ts';

/**
 * The protocols that venues speak: recordings name them, each has a reader. A venue may have several; Coinbase's two show
 * the same book. `espn` is no venue: it carries scores.
 */
export const WIRES = [
  'binance-spot',
  'coinbase-advanced',
  'coinbase-exchange',
  'mexc-spot',
  'polymarket',
  'kalshi',
  'espn',
] as const;
export type WireId = (typeof WIRES)[number];

const VENUE_OF: Readonly<Record<WireId, VenueId | null>> = {
  'binance-spot': 'binance',
  'coinbase-advanced': 'coinbase',
  'coinbase-exchange': 'coinbase',
  'mexc-spot': 'mexc',
  polymarket: 'polymarket',
  kalshi: 'kalshi',
  espn: null,
};

/** The venue whose market a wire shows; null for scores. */
export const venueOfWire = (wire: WireId): VenueId | null => VENUE_OF[wire];

export const isWire = (text: string): text is WireId => WIRES.some((wire) => wire === text);
