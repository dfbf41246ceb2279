import type { FrameRequest } from '../session/protocol.ts';
import type { RestRequest } from '../session/transport.ts';
import { POLLED_LEVELS, POLLED_TRADES, RULES_BATCH, SNAPSHOT_LEVELS, URL_LENGTH_MAX } from './limits.ts';

/** `market-data`: the live market without an account. `testnet` has prices of its own, `demo` those near the live ones. */
export type BinanceEnvironment = 'market-data' | 'live' | 'testnet' | 'demo';

/** Hosts with their scheme and without a path; others may stand in for them, e.g. a local server. */
export interface Hosts {
  readonly ws: string;
  readonly rest: string;
}

/** Of the two ports that serve streams the usual one for TLS, which firewalls let through. */
export const HOSTS: Readonly<Record<BinanceEnvironment, Hosts>> = {
  'market-data': { ws: 'wss://data-stream.binance.vision', rest: 'https://data-api.binance.vision' },
  live: { ws: 'wss://stream.binance.com', rest: 'https://api.binance.com' },
  testnet: { ws: 'wss://stream.testnet.binance.vision', rest: 'https://testnet.binance.vision' },
  demo: { ws: 'wss://demo-stream.binance.com', rest: 'https://demo-api.binance.com' },
};

/** The host that serves lists and history of the live market everywhere. */
export const LISTS_HOST = HOSTS['market-data'].rest;

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 8 << 20;
/** The rules of all symbols are some ten megabytes. */
const LIST_BYTES_MAX = 64 << 20;

/** A whole picture of the best levels. */
export const snapshotRequest = (symbol: string, host: string): FrameRequest =>
  depthRequest(symbol, SNAPSHOT_LEVELS, 50, host);
export const polledDepthRequest = (symbol: string, host: string): FrameRequest =>
  depthRequest(symbol, POLLED_LEVELS, 5, host);

/** Of an answer about trades, however few. */
export const TRADES_WEIGHT = 25;

/** The newest trades. */
export const tradesRequest = (symbol: string, host: string): FrameRequest => ({
  request: get(`${host}/api/v3/trades?symbol=${encoded(symbol)}&limit=${POLLED_TRADES}`),
  channel: `rest:trades:${symbol}`,
  symbols: [symbol],
  weight: TRADES_WEIGHT,
});

/** The rules of these symbols, in as few questions as addresses are long. */
export function rulesRequests(
  symbols: readonly string[],
  host: string,
  batch: number = RULES_BATCH,
): readonly FrameRequest[] {
  const head = `${host}/api/v3/exchangeInfo?showPermissionSets=false&symbols=`;
  return batches(symbols, batch, URL_LENGTH_MAX - head.length).map((some) => ({
    request: get(`${head}${encodedList(some)}`, LIST_BYTES_MAX),
    channel: 'rest:exchangeInfo',
    symbols: some,
    weight: 20,
  }));
}

/** The rules of all symbols, those that no longer trade included. */
export const listingsRequest = (host: string = LISTS_HOST): RestRequest =>
  get(`${host}/api/v3/exchangeInfo?showPermissionSets=false`, LIST_BYTES_MAX);

/** Best prices and turnover of all symbols. */
export const tickersRequest = (host: string = LISTS_HOST): RestRequest =>
  get(`${host}/api/v3/ticker/24hr`, LIST_BYTES_MAX);

export const get = (url: string, bytesMax: number = BYTES_MAX): RestRequest => ({
  method: 'GET',
  url,
  timeoutMs: TIMEOUT_MS,
  bytesMax,
});

/** Symbols may be of any script. A text that is none (half a character) names no symbol, and is sent as such. */
export const encoded = (symbol: string): string => encodeURIComponent(symbol.toWellFormed());

const encodedList = (symbols: readonly string[]): string =>
  encodeURIComponent(JSON.stringify(symbols.map((symbol) => symbol.toWellFormed())));

const depthRequest = (symbol: string, limit: number, weight: number, host: string): FrameRequest => ({
  request: get(`${host}/api/v3/depth?symbol=${encoded(symbol)}&limit=${limit}`),
  channel: `rest:depth:${symbol}`,
  symbols: [symbol],
  weight,
});

function batches(
  symbols: readonly string[],
  count: number,
  lengthMax: number,
): readonly (readonly string[])[] {
  const all: string[][] = [];
  let length = lengthMax;
  for (const symbol of symbols) {
    // With its quotes and comma, each of which is written as three characters.
    const own = encoded(symbol).length + 9;
    if (length + own > lengthMax || (all.at(-1)?.length ?? 0) >= count) {
      all.push([]);
      length = '%5B%5D'.length;
    }
    all.at(-1)?.push(symbol);
    length += own;
  }
  return all;
}
