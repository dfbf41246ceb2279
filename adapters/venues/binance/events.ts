import type { EpochMs } from '../../../core/time.ts';
import type { LevelList } from '../levels.ts';

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
