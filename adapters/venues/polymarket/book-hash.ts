import { hash } from 'node:crypto';

/** All that a book's hash is made of, as the venue writes it. */
export interface HashedBook {
  readonly market: string;
  readonly asset: string;
  readonly stamp: string;
  /** JSON arrays of levels, worst first. */
  readonly bids: string;
  readonly asks: string;
  readonly minOrderSize: string;
  readonly tickSize: string;
  readonly negRisk: boolean;
  /** The market's newest print on either token. */
  readonly lastPrice: string;
}

/** The venue's hash of a whole book: SHA-1 of compact JSON with exactly these fields in this order. */
export function bookHash(book: HashedBook): string {
  const { market, asset, stamp, bids, asks, minOrderSize, tickSize, negRisk, lastPrice } = book;
  const head = JSON.stringify({ market, asset_id: asset, timestamp: stamp, hash: '' }).slice(0, -1);
  const tail = JSON.stringify({
    min_order_size: minOrderSize,
    tick_size: tickSize,
    neg_risk: negRisk,
    last_trade_price: lastPrice,
  }).slice(1);
  return hash('sha1', `${head},"bids":${bids},"asks":${asks},${tail}`);
}
