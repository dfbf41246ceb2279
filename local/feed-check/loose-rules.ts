import type { WireId } from '../../adapters/venues/wire.ts';
import { venueOfWire } from '../../adapters/venues/wire.ts';
import { asMoney, asPrice, asQuantity, ONE, price, quantity } from '../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../core/market/instrument.ts';

const UNBOUNDED = 10n ** 15n * ONE;

/** Steps fine enough for whatever a wire writes, where a recording does not hold its instrument's rules. */
const STEPS: Readonly<Partial<Record<WireId, { readonly tick: string; readonly lot: string }>>> = {
  kalshi: { tick: '0.0001', lot: '0.01' },
  polymarket: { tick: '0.0001', lot: '0.000001' },
};
const FINEST = { tick: '0.00000001', lot: '0.00000001' };

/** Rules under which everything can be read: no bound, the finest steps. Never for trading. */
export function looseRules(wire: WireId, symbol: string): Instrument {
  const venue = venueOfWire(wire) ?? 'binance';
  const { tick, lot } = STEPS[wire] ?? FINEST;
  return {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    baseAsset: symbol,
    quoteAsset: '',
    tickSize: price(tick),
    lotSize: quantity(lot),
    quantityMin: asQuantity(1n),
    quantityMax: asQuantity(UNBOUNDED),
    notionalMin: asMoney(0n),
    priceMin: asPrice(1n),
    priceMax: asPrice(UNBOUNDED),
  };
}
