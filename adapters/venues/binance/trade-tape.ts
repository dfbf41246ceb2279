import type { QualityCounts } from '../../../core/market/quality.ts';
import type { TradeEvent } from './events.ts';

export type TapeVerdict =
  | { readonly kind: 'new' }
  /** New, but the ids say that `missing` trades before it were not seen. */
  | { readonly kind: 'gap'; readonly missing: number }
  | { readonly kind: 'repeated' }
  /** An aggregate of a symbol whose single trades we receive: the same quantity a second time. */
  | { readonly kind: 'aggregate_beside_trades' };

const NEW: TapeVerdict = { kind: 'new' };
const REPEATED: TapeVerdict = { kind: 'repeated' };
const ASIDE: TapeVerdict = { kind: 'aggregate_beside_trades' };

/**
 * One symbol's trades, each counted once. Single trades are preferred: from the first one on, aggregates are put aside.
 * Both name the venue's trade ids, so a change from one stream to the other neither repeats nor loses a trade.
 */
export class TradeTape {
  private readonly counts: QualityCounts;
  private lastId = -1;
  private lastAt = 0;
  private hasSingles = false;

  constructor(counts: QualityCounts) {
    this.counts = counts;
  }

  take(trade: TradeEvent, isAggregate: boolean): TapeVerdict {
    if (isAggregate && this.hasSingles) return ASIDE;
    if (!isAggregate) this.hasSingles = true;
    if (trade.firstTradeId <= this.lastId) {
      // Ids rise with time; a later trade with an older id means that the venue began to count anew.
      if (trade.occurredAt <= this.lastAt || trade.lastTradeId > this.lastId) {
        this.counts.tradesRepeated += 1;
        return REPEATED;
      }
      this.lastId = -1;
    }
    const missing = this.lastId < 0 ? 0 : trade.firstTradeId - this.lastId - 1;
    this.lastId = trade.lastTradeId;
    this.lastAt = trade.occurredAt;
    this.counts.trades += trade.lastTradeId - trade.firstTradeId + 1;
    if (missing === 0) return NEW;
    this.counts.tradeGaps += 1;
    this.counts.tradesMissing += missing;
    return { kind: 'gap', missing };
  }
}
