import type { FrameRequest } from '../session/protocol.ts';
import type { RestRequest } from '../session/transport.ts';

/** The only REST host; MEXC has no sandbox and no host for market data alone. */
export const REST_HOST = 'https://api.mexc.com';
export const WS_HOST = 'wss://wbs-api.mexc.com';

/** The rules of all symbols come in one answer of some megabytes. */
const LIST_BYTES_MAX = 32 << 20;
const BYTES_MAX = 4 << 20;
const TIMEOUT_MS = 10_000;

/** Levels of a snapshot that diffs continue: as many as there are, since levels beyond never come. */
export const SNAPSHOT_LEVELS = 5_000;
/** Levels of a polled picture: ten times what a window shows. */
const POLLED_LEVELS = 100;
/** More trades than a busy symbol makes between two polls. */
const POLLED_TRADES = 500;

/** All symbols with their rules. One answer holds them all; asked by name, one unknown symbol may spoil the answer. */
export const exchangeInfoRequest = (host: string = REST_HOST): RestRequest =>
  get(`${host}/api/v3/exchangeInfo`, LIST_BYTES_MAX);

/** Best prices and turnover of all symbols. */
export const dayTickersRequest = (host: string = REST_HOST): RestRequest =>
  get(`${host}/api/v3/ticker/24hr`, LIST_BYTES_MAX);

/** A whole picture of the book. */
export const depthRequest = (symbol: string, limit: number = POLLED_LEVELS, host: string = REST_HOST) =>
  frameRequest('depth', symbol, get(`${host}/api/v3/depth?symbol=${encoded(symbol)}&limit=${limit}`), 1);

/** The last trades. */
export const tradesRequest = (symbol: string, limit: number = POLLED_TRADES, host: string = REST_HOST) =>
  frameRequest('trades', symbol, get(`${host}/api/v3/trades?symbol=${encoded(symbol)}&limit=${limit}`), 5);

export function get(url: string, bytesMax: number = BYTES_MAX): RestRequest {
  return { method: 'GET', url, timeoutMs: TIMEOUT_MS, bytesMax };
}

export const encoded = (symbol: string): string => encodeURIComponent(symbol);

const frameRequest = (
  endpoint: string,
  symbol: string,
  request: RestRequest,
  weight: number,
): FrameRequest => ({ request, channel: `rest:${endpoint}:${symbol}`, symbols: [symbol], weight });
