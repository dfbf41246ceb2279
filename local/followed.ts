import type { Reading } from '../adapters/venues/readers.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Instrument } from '../core/market/instrument.ts';

/** What a feed follows for a desk, and how it is read. */
export type Followed = Pick<Reading, 'ids' | 'instruments' | 'coinbase'>;

/** The instruments of a desk's strategies; of `known` those whose rules are known before the first frame. */
export function followedBy(config: DeskConfig, known: readonly Instrument[]): Followed {
  const ids = [...new Set(config.strategies.flatMap((one) => one.instruments))];
  const { coinbase } = config.access;
  return {
    ids,
    instruments: known.filter((one) => ids.includes(one.id)),
    ...(coinbase && { coinbase: { tradeSide: coinbase.tradeSide } }),
  };
}
