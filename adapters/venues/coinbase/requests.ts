import type { RestLimits } from '../session/protocol.ts';
import type { RestRequest } from '../session/transport.ts';

/** Hosts without a path; others may stand in for them, e.g. a mirror or a local server. */
export const HOSTS = {
  advanced: { ws: 'wss://advanced-trade-ws.coinbase.com', rest: 'https://api.coinbase.com' },
  exchange: { ws: 'wss://ws-feed.exchange.coinbase.com', rest: 'https://api.exchange.coinbase.com' },
  exchangeSandbox: {
    ws: 'wss://ws-feed-public.sandbox.exchange.coinbase.com',
    rest: 'https://api-public.sandbox.exchange.coinbase.com',
  },
} as const;

/** Ten requests a second are allowed by address: in no second are there more, those at once included. */
export const REST_LIMITS: RestLimits = { spacingMs: 150, burst: 2, weightPerMinute: 400 };

const MARKET = '/api/v3/brokerage/market';
/** Lists are one to two megabytes; whole books of Exchange several. */
const BYTES_MAX = 32 << 20;

/** All spot products, or those named; `cursor` continues an answer that was not whole. */
export function advancedProductsRequest(
  products: readonly string[] = [],
  cursor: string | null = null,
  host: string = HOSTS.advanced.rest,
): RestRequest {
  const query = [
    'product_type=SPOT',
    ...products.map((product) => `product_ids=${encodeURIComponent(product)}`),
    ...(cursor === null ? [] : [`cursor=${encodeURIComponent(cursor)}`]),
  ];
  return get(`${host}${MARKET}/products?${query.join('&')}`);
}

/** The best `limit` levels per side. */
export const advancedBookRequest = (
  product: string,
  limit: number,
  host: string = HOSTS.advanced.rest,
): RestRequest =>
  get(`${host}${MARKET}/product_book?product_id=${encodeURIComponent(product)}&limit=${limit}`);

/** The newest trades. */
export const advancedTradesRequest = (
  product: string,
  limit: number,
  host: string = HOSTS.advanced.rest,
): RestRequest => get(`${host}${MARKET}/products/${encodeURIComponent(product)}/ticker?limit=${limit}`);

export const exchangeProductsRequest = (host: string = HOSTS.exchange.rest): RestRequest =>
  get(`${host}/products`);

/** The whole book, sizes summed up by price. */
export const exchangeBookRequest = (product: string, host: string = HOSTS.exchange.rest): RestRequest =>
  get(`${host}/products/${encodeURIComponent(product)}/book?level=2`);

export const exchangeTradesRequest = (
  product: string,
  limit: number,
  host: string = HOSTS.exchange.rest,
): RestRequest => get(`${host}/products/${encodeURIComponent(product)}/trades?limit=${limit}`);

/** Requests without a name of their own may be refused. */
export const get = (url: string): RestRequest => ({
  method: 'GET',
  url,
  headers: { accept: 'application/json', 'user-agent': 'deckle' },
  timeoutMs: 10_000,
  bytesMax: BYTES_MAX,
});
