import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../core/market/instrument.ts';

/** What a feed follows for a desk: the instruments of its strategies. */
export interface Followed {
  readonly ids: readonly InstrumentId[];
  /** Those whose rules are known before the first frame. */
  readonly instruments: readonly Instrument[];
}

export function followedBy(config: DeskConfig, known: readonly Instrument[]): Followed {
  const ids = [...new Set(config.strategies.flatMap((one) => one.instruments))];
  return { ids, instruments: known.filter((one) => ids.includes(one.id)) };
}
