import type { Grid } from '../../../core/market/grid.ts';
import type { EpochMs } from '../../../core/time.ts';

/** Price levels in ticks and lots; reused from frame to frame, so that a busy book allocates nothing. */
export class LevelList {
  ticks = new Float64Array(64);
  lots = new Float64Array(64);
  length = 0;

  push(ticks: number, lots: number): void {
    if (this.length === this.ticks.length) this.grow();
    this.ticks[this.length] = ticks;
    this.lots[this.length] = lots;
    this.length += 1;
  }

  copy(): LevelList {
    const copy = new LevelList();
    copy.ticks = this.ticks.slice(0, Math.max(1, this.length));
    copy.lots = this.lots.slice(0, Math.max(1, this.length));
    copy.length = this.length;
    return copy;
  }

  private grow(): void {
    const ticks = new Float64Array(this.ticks.length * 2);
    const lots = new Float64Array(this.ticks.length * 2);
    ticks.set(this.ticks);
    lots.set(this.lots);
    this.ticks = ticks;
    this.lots = lots;
  }
}

/** A book change that covers the update ids `firstId..lastId`; quantities are absolute, zero removes. */
export interface DepthEvent {
  occurredAt: EpochMs;
  firstId: number;
  lastId: number;
  readonly bids: LevelList;
  readonly asks: LevelList;
}

/** A picture of the book at `lastId`. `limit` is the number of levels asked for, where known. */
export interface SnapshotEvent {
  readonly lastId: number;
  readonly limit: number | undefined;
  readonly bids: LevelList;
  readonly asks: LevelList;
}

/** Best prices at one update id; 0 ticks is an empty side. */
export interface TouchEvent {
  updateId: number;
  bidTicks: number;
  bidLots: number;
  askTicks: number;
  askLots: number;
}

/** One trade, or several of one taker at one price. */
export interface TradeEvent {
  occurredAt: EpochMs;
  firstTradeId: number;
  lastTradeId: number;
  ticks: number;
  lots: number;
  isBuyerMaker: boolean;
}

/** The steps in which an instrument's prices and quantities are counted. */
export interface Grids {
  readonly ticks: Grid;
  readonly lots: Grid;
}
