import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { ChannelRule } from '../session/protocol.ts';

/**
 * All comes over one subscription, and nothing is acknowledged: its proof is a book for each token. Changes tell of a
 * market's other token as well, so that they prove less. A market that nobody trades may be silent for hours; whether it is
 * that or the subscription that is dead, only a picture by REST can tell.
 */
export const CHANNELS = [
  { name: 'book', firstDataMs: 30 * SECOND_MS, suspectMs: null, againMs: 4 * SECOND_MS },
  { name: 'price_change', firstDataMs: null, suspectMs: MINUTE_MS },
] as const satisfies readonly ChannelRule[];
