import { microTime } from './coinbase-text.ts';
import type { SimMarket } from './sim-market.ts';

/** The event of the status channel about one product. */
export function advancedStatus(type: 'snapshot' | 'update', market: SimMarket): string {
  const { symbol, instrument, isOpen, prices, sizes } = market;
  const product = {
    product_type: 'SPOT',
    id: symbol,
    base_currency: instrument.baseAsset,
    quote_currency: instrument.quoteAsset,
    base_increment: sizes.of(1),
    quote_increment: prices.of(1),
    display_name: `${instrument.baseAsset}/${instrument.quoteAsset}`,
    status: isOpen ? 'online' : 'offline',
    status_message: '',
    min_market_funds: '1',
  };
  return JSON.stringify([{ type, products: [product] }]);
}

/** The heartbeats' time is a text of the server's own language, which nobody should read. */
export const advancedTime = (now: number, seconds: number): string =>
  `${microTime(now).slice(0, -1).replace('T', ' ')} +0000 UTC m=+${seconds}.5`;
