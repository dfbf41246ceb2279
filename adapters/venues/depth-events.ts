import type { EpochMs } from '../../core/time.ts';
import type { LevelList } from './levels.ts';

/** A book change that covers the update ids `firstId..lastId`; quantities are absolute, zero removes. */
export interface DepthEvent {
  /** Null where the message carries no time. */
  occurredAt: EpochMs | null;
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

/** Levels of messages that wait for others, 4 MB of them: four times what a busy book changes in a minute. */
export const KEPT_LEVELS_MAX = 250_000;

export const levelsIn = ({ bids, asks }: Pick<DepthEvent, 'bids' | 'asks'>): number =>
  bids.length + asks.length;

/** A side shorter than what was asked for is whole. Where the limit is unknown, only the shorter side surely is. */
export function wholeSides({ limit, bids, asks }: SnapshotEvent): readonly [boolean, boolean] {
  const full = limit ?? Math.max(bids.length, asks.length);
  return [bids.length < full, asks.length < full];
}
