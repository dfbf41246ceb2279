import type { FrameRequest } from '../session/protocol.ts';
import { chunked, get, type PolymarketHosts, post } from './hosts.ts';

/** The venue takes 500; a hundred books are up to a million bytes. */
const BOOKS_MAX = 100;
/** Ids have 78 digits: the address stays below four thousand. */
const MARKETS_MAX = 40;
const TOKENS_MAX = 50;
const CONDITIONS_MAX = 20;
const TRADES_MAX = 500;

/** Whole books. A token without one is left out of the answer. */
export const bookRequests = (
  hosts: PolymarketHosts,
  tokens: readonly string[],
  most = BOOKS_MAX,
): FrameRequest[] =>
  chunked(tokens, Math.min(most, BOOKS_MAX)).map((some) => ({
    request: post(`${hosts.clob}/books`, JSON.stringify(some.map((token) => ({ token_id: token })))),
    channel: 'rest:books',
    symbols: some,
    weight: 1,
  }));

/** The catalogue's word for the ids of each version's tokens. */
export type TokenFilter = 'clob_token_ids' | 'position_ids';

/** The markets of these tokens. The catalogue shows either open markets or closed ones. */
export const marketRequests = (
  hosts: PolymarketHosts,
  tokens: readonly string[],
  filter: TokenFilter,
  closed: boolean,
  most = MARKETS_MAX,
): FrameRequest[] =>
  chunked(tokens, Math.min(most, MARKETS_MAX)).map((some) => ({
    request: get(
      `${hosts.gamma}/markets/keyset?limit=${some.length}&closed=${closed}&${some.map((token) => `${filter}=${token}`).join('&')}`,
    ),
    channel: 'rest:markets',
    symbols: some,
    weight: 1,
  }));

/** What each of these tokens pays, once its market is decided. */
export const tokenRequests = (
  hosts: PolymarketHosts,
  tokens: readonly string[],
  most = TOKENS_MAX,
): FrameRequest[] =>
  chunked(tokens, Math.min(most, TOKENS_MAX)).map((some) => ({
    request: get(`${hosts.data}/tokens?token_id=${some.join(',')}`),
    channel: 'rest:tokens',
    symbols: some,
    weight: 1,
  }));

/** What the outcomes of these markets pay, once they are decided. */
export const resolutionRequests = (
  hosts: PolymarketHosts,
  conditions: readonly string[],
  symbols: readonly string[],
  most = CONDITIONS_MAX,
): FrameRequest[] =>
  chunked(conditions, Math.min(most, CONDITIONS_MAX)).map((some) => ({
    request: get(`${hosts.data}/resolutions?condition=${some.join(',')}`),
    channel: 'rest:resolutions',
    symbols,
    weight: 1,
  }));

/** The newest trades of these markets. */
export const tradeRequests = (
  hosts: PolymarketHosts,
  conditions: readonly string[],
  most = CONDITIONS_MAX,
): FrameRequest[] =>
  chunked(conditions, Math.min(most, CONDITIONS_MAX)).map((some) => ({
    request: get(`${hosts.data}/trades?condition=${some.join(',')}&limit=${TRADES_MAX}`),
    channel: 'rest:trades',
    symbols: [],
    weight: 1,
  }));
