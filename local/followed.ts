import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../core/market/instrument.ts';

/** What a feed follows for a desk: the instruments of its strategies. */
export interface Followed {
  readonly ids: readonly InstrumentId[];
  /** Those whose rules are known before the first frame. */
  readonly instruments: readonly Instrument[];
  /** The venue's names of all of them. */
  readonly symbols: readonly string[];
}

export function followedBy(config: DeskConfig, known: readonly Instrument[]): Followed {
  const ids = [...new Set(config.strategies.flatMap((one) => one.instruments))];
  return { ids, instruments: known.filter((one) => ids.includes(one.id)), symbols: ids.map(symbolOf) };
}

/** The venue's own name of an instrument. */
export const symbolOf = (id: InstrumentId): string => id.slice(id.indexOf(':') + 1);
