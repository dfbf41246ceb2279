import type { QualityCounts } from '../../core/market/quality.ts';
import type { Side } from '../../core/market/window.ts';
import type { EpochMs } from '../../core/time.ts';
import { orderOf } from './wire-times.ts';

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
/** Twice what the longest answer of any venue repeats after a reconnect. */
const REMEMBERED = 2_048;
/** More trades than are lost between two that come, or than one connection is ahead of another: half a minute of the busiest ones. */
export const JUMP_MAX = 100_000;

/** A jump too far to be a loss: where the count had come to, and where it went on. */
interface Jump {
  readonly fromId: number;
  readonly toId: number;
  readonly missing: number;
}

/**
 * One instrument's trades, each counted once, over all connections. Single trades are preferred: from the first one on,
 * aggregates are put aside. Both name the venue's trade ids, so a change from one stream to the other neither repeats nor
 * loses a trade.
 */
export class TradeTape {
  private readonly counts: QualityCounts;
  private lastId = -1;
  private lastAt = 0;
  /** Until another trade shows which of its two ends the venue counts on from. */
  private jump: Jump | undefined;
  private hasSingles = false;
  private readonly seen = new Set<string>();

  constructor(counts: QualityCounts) {
    this.counts = counts;
  }

  take(trade: TradeFacts, now: EpochMs): TapeVerdict {
    if (trade.isAggregate && this.hasSingles) return ASIDE;
    if (!trade.isAggregate) this.hasSingles = true;
    const { firstTradeId, lastTradeId } = trade;
    return typeof firstTradeId === 'number' && typeof lastTradeId === 'number'
      ? this.takeNumbered(trade, firstTradeId, lastTradeId, orderOf(trade.occurredAt, now))
      : this.takeNamed(trade, String(lastTradeId));
  }

  private takeNumbered(trade: TradeFacts, firstId: number, lastId: number, at: EpochMs | null): TapeVerdict {
    this.settleJump(firstId, lastId);
    if (firstId <= this.lastId) {
      // Ids rise with time; a later trade with an older id means that the venue began to count anew.
      if (at === null || at <= this.lastAt || lastId > this.lastId) {
        this.counts.tradesRepeated += 1;
        return REPEATED;
      }
      this.lastId = -1;
      this.jump = undefined;
    }
    const fromId = this.lastId;
    const missing = fromId < 0 ? 0 : firstId - fromId - 1;
    this.lastId = lastId;
    this.lastAt = at ?? this.lastAt;
    this.counts.trades += trade.trades;
    if (missing === 0) return NEW;
    this.counts.tradeGaps += 1;
    if (missing > JUMP_MAX) this.jump = { fromId, toId: firstId, missing };
    else this.counts.tradesMissing += missing;
    return { kind: 'gap', missing };
  }

  /** A trade from the middle of a jump was never seen: the number that jumped was wrong, and the count goes on from before it. */
  private settleJump(firstId: number, lastId: number): void {
    const { jump } = this;
    if (jump === undefined) return;
    const isInside = firstId > jump.fromId && lastId < jump.toId;
    if (!isInside && firstId <= this.lastId) return;
    if (isInside) this.lastId = jump.fromId;
    else this.counts.tradesMissing += jump.missing;
    this.jump = undefined;
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
