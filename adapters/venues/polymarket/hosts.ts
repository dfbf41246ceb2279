import type { RestLimits } from '../session/protocol.ts';
import type { RestRequest } from '../session/transport.ts';

/** Where the venue's services are: addresses with their paths, without a slash at the end. */
export interface PolymarketHosts {
  readonly ws: string;
  /** The matching engine: books. */
  readonly clob: string;
  /** The catalogue. */
  readonly gamma: string;
  /** Outcomes and trades. */
  readonly data: string;
}

/** None of them needs a key; the venue has no sandbox. */
export const HOSTS: PolymarketHosts = {
  ws: 'wss://ws-subscriptions-clob.polymarket.com/ws/market',
  clob: 'https://clob.polymarket.com',
  gamma: 'https://gamma-api.polymarket.com',
  data: 'https://data-api.polymarket.com/v2',
};

/** A fifth of what the narrowest of its services allows in ten seconds; over that, answers are held back before they fail. */
export const REST_LIMITS: RestLimits = { spacingMs: 250, burst: 20, weightPerMinute: 600 };

const TIMEOUT_MS = 10_000;
/** A hundred markets, each with its event and series, are up to two million bytes. */
const BYTES_MAX = 16 * 1_024 * 1_024;

export const get = (url: string): RestRequest => ({
  method: 'GET',
  url,
  timeoutMs: TIMEOUT_MS,
  bytesMax: BYTES_MAX,
});

export const post = (url: string, body: string): RestRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body,
  timeoutMs: TIMEOUT_MS,
  bytesMax: BYTES_MAX,
});

/** Lists of at most so many. */
export function chunked<T>(all: readonly T[], most: number): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < all.length; from += most) chunks.push(all.slice(from, from + most));
  return chunks;
}
