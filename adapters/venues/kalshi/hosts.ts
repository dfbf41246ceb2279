import type { RestLimits } from '../session/protocol.ts';
import type { RestRequest } from '../session/transport.ts';

export type KalshiEnvironment = 'live' | 'demo';

/** Where the venue is: addresses without a slash at the end. */
export interface KalshiHosts {
  readonly ws: string;
  readonly rest: string;
}

export const HOSTS: Readonly<Record<KalshiEnvironment, KalshiHosts>> = {
  live: {
    ws: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
    rest: 'https://external-api.kalshi.com/trade-api/v2',
  },
  /** Its books are thin and made up: good for trying the protocol. */
  demo: {
    ws: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2',
    rest: 'https://external-api.demo.kalshi.co/trade-api/v2',
  },
};

/** Three a second; more are refused now and then where no key is sent. */
export const REST_LIMITS: RestLimits = { spacingMs: 334, burst: 2, weightPerMinute: 175 };

const TIMEOUT_MS = 10_000;
/** A page of a thousand markets is some three million bytes. */
const BYTES_MAX = 16 * 1_024 * 1_024;

/** A request for public data: it needs no key. */
export const get = (rest: string, path: string): RestRequest => ({
  method: 'GET',
  url: `${rest}${path}`,
  timeoutMs: TIMEOUT_MS,
  bytesMax: BYTES_MAX,
});

/** Lists of at most so many. */
export function chunked<T>(all: readonly T[], most: number): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < all.length; from += most) chunks.push(all.slice(from, from + most));
  return chunks;
}
