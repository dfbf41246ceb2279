import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { FrameRequest } from '../session/protocol.ts';
import { chunked, get } from './hosts.ts';

/** The venue's limit for order books; taken for markets as well, so that addresses stay short. */
const SYMBOLS_MAX = 100;

/** Rules and status of markets. Quotes in these answers are up to 15 s old and are not used. */
export const marketRequests = (
  rest: string,
  symbols: readonly string[],
  most = SYMBOLS_MAX,
): FrameRequest[] =>
  chunked(symbols, Math.min(most, SYMBOLS_MAX)).map((some) => ({
    // Here the list has commas: a repeated parameter is refused.
    request: get(rest, `/markets?limit=1000&tickers=${some.map(encodeURIComponent).join(',')}`),
    channel: 'rest:markets',
    symbols: some,
    weight: 1,
  }));

/** Whole order books, not cached by the venue. */
export const bookRequests = (rest: string, symbols: readonly string[], most = SYMBOLS_MAX): FrameRequest[] =>
  chunked(symbols, Math.min(most, SYMBOLS_MAX)).map((some) => ({
    // Here a list with commas would be taken for one market of that name, with an empty book.
    request: get(
      rest,
      `/markets/orderbooks?${some.map((one) => `tickers=${encodeURIComponent(one)}`).join('&')}`,
    ),
    channel: 'rest:orderbooks',
    symbols: some,
    weight: 1,
  }));

/** Trades of a market from a moment on, newest first. */
export const tradeRequest = (rest: string, symbol: string, since: EpochMs): FrameRequest => ({
  request: get(
    rest,
    `/markets/trades?ticker=${encodeURIComponent(symbol)}&min_ts=${Math.floor(since / SECOND_MS)}&limit=1000`,
  ),
  channel: `rest:trades:${symbol}`,
  symbols: [symbol],
  weight: 1,
});
