import type { QualityCounts } from '../../core/market/quality.ts';
import type { Side } from '../../core/market/window.ts';
import type { EpochMs } from '../../core/time.ts';

/**
 * One trade, or several of one taker at one price, in steps of its instrument's grids. Numbers as ids are consecutive per
 * instrument, so that a jump proves a loss; texts only tell one trade from another.
 */
export interface TradeFacts {
  occurredAt: EpochMs;
  firstTradeId: number | string;
  lastTradeId: number | string;
  /** Venue trades behind it. */
  trades: number;
  ticks: number;
  lots: number;
  aggressor: Side;
  /** One of several trades summed up by the venue, beside a stream of single ones. */
  isAggregate: boolean;
}

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
/** Far more trades than a venue repeats after a reconnect. */
const REMEMBERED = 4_096;

/**
 * One instrument's trades, each counted once, over all connections. Single trades are preferred: from the first one on,
 * aggregates are put aside. Both name the venue's trade ids, so a change from one stream to the other neither repeats nor
 * loses a trade.
 */
export class TradeTape {
  private readonly counts: QualityCounts;
  private lastId = -1;
  private lastAt = 0;
  private hasSingles = false;
  private readonly seen = new Set<string>();

  constructor(counts: QualityCounts) {
    this.counts = counts;
  }

  take(trade: TradeFacts): TapeVerdict {
    if (trade.isAggregate && this.hasSingles) return ASIDE;
    if (!trade.isAggregate) this.hasSingles = true;
    const { firstTradeId, lastTradeId } = trade;
    return typeof firstTradeId === 'number' && typeof lastTradeId === 'number'
      ? this.takeNumbered(trade, firstTradeId, lastTradeId)
      : this.takeNamed(trade, String(lastTradeId));
  }

  private takeNumbered(trade: TradeFacts, firstId: number, lastId: number): TapeVerdict {
    if (firstId <= this.lastId) {
      // Ids rise with time; a later trade with an older id means that the venue began to count anew.
      if (trade.occurredAt <= this.lastAt || lastId > this.lastId) {
        this.counts.tradesRepeated += 1;
        return REPEATED;
      }
      this.lastId = -1;
    }
    const missing = this.lastId < 0 ? 0 : firstId - this.lastId - 1;
    this.lastId = lastId;
    this.lastAt = trade.occurredAt;
    this.counts.trades += trade.trades;
    if (missing === 0) return NEW;
    this.counts.tradeGaps += 1;
    this.counts.tradesMissing += missing;
    return { kind: 'gap', missing };
  }

  private takeNamed(trade: TradeFacts, id: string): TapeVerdict {
    if (this.seen.has(id)) {
      this.counts.tradesRepeated += 1;
      return REPEATED;
    }
    this.seen.add(id);
    if (this.seen.size > REMEMBERED)
      for (const oldest of this.seen) {
        this.seen.delete(oldest);
        break;
      }
    this.counts.trades += trade.trades;
    return NEW;
  }
}
