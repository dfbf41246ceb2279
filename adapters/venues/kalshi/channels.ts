import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { ChannelRule } from '../session/protocol.ts';

/**
 * The channels of each market. A subscription to a book begins with a picture of it. Books, trades and tickers of a market
 * that nobody trades may be silent for hours.
 */
export const CHANNELS = [
  { name: 'orderbook_delta', firstDataMs: 10 * SECOND_MS, suspectMs: 2 * MINUTE_MS, againMs: 4 * SECOND_MS },
  { name: 'trade', firstDataMs: null, suspectMs: null },
  { name: 'ticker', firstDataMs: null, suspectMs: null },
] as const satisfies readonly ChannelRule[];

/** Opening, close and outcome of every market of the venue: it takes no list of markets. */
export const LIFECYCLE = 'market_lifecycle_v2';
