import { bookGrid } from '../../core/market/grid.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import { noQualityCounts, type QualityCounts } from '../../core/market/quality.ts';
import type { Grids } from './levels.ts';
import { TradeTape } from './trade-tape.ts';

/** What a reader keeps of one instrument beyond its connections: rules, counts and the trades that it has seen. */
export class FollowedInstrument {
  instrument: Instrument;
  isTradable = true;
  /** Steps in which all its books count. */
  grids: Grids;
  readonly counts: QualityCounts = noQualityCounts();
  /** Its book was live once, and is doubted since: what proves it next is a resync. */
  wasLive = false;
  isDoubted = false;
  /** Messages about it by the wire's own names. */
  readonly messages = new Map<string, number>();
  readonly tape = new TradeTape(this.counts);

  constructor(instrument: Instrument) {
    this.instrument = instrument;
    this.grids = gridsOf(instrument);
  }

  /** A message about it came. */
  saw(kind: string): void {
    this.messages.set(kind, (this.messages.get(kind) ?? 0) + 1);
  }

  /** Takes new rules; true when prices or sizes are counted in other steps from now on. */
  take(instrument: Instrument): boolean {
    const { tickSize, lotSize } = this.instrument;
    this.instrument = instrument;
    if (instrument.tickSize === tickSize && instrument.lotSize === lotSize) return false;
    this.grids = gridsOf(instrument);
    return true;
  }
}

const gridsOf = ({ tickSize, lotSize }: Instrument): Grids => ({
  ticks: bookGrid(tickSize),
  lots: bookGrid(lotSize),
});
