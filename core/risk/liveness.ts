import type { FeedSign } from '../ports.ts';
import type { EpochMs } from '../time.ts';
import { plusMs } from '../time.ts';

export type DeskPhase = 'starting' | 'running' | 'finished' | 'stopped';

/** What a desk writes about itself; never part of the ledger. */
export interface Heartbeat {
  readonly pid: number;
  readonly phase: DeskPhase;
  /** Wall clock of the beat, and the newest window settled by then. */
  readonly at: EpochMs;
  readonly eventTime: EpochMs | null;
  /** Wall clock at which something last moved: a window was settled or rebuilt, a beat came before the first, or the phase changed. */
  readonly progressAt: EpochMs;
}

/** A desk that is alive and says nothing for this long, or runs and settles nothing, is taken for hanging. */
export const SILENCE_MS_MAX = 30_000;

/**
 * `stand_down`: the desk ended in order, there is nothing to guard. `gone`: its process died; nothing can trade, the next
 * start reconciles first. `silent`: it holds its lock and beats no more, or beats and gets nowhere, so it is halted from
 * outside.
 */
export type LivenessVerdict = 'well' | 'stand_down' | 'gone' | 'silent';

/** Judges the desk by its lock and its heartbeat alone. `since` is when the guard began to watch. */
export function judgeLiveness(
  heartbeat: Heartbeat | undefined,
  isLocked: boolean,
  since: EpochMs,
  now: EpochMs,
): LivenessVerdict {
  if (heartbeat && (heartbeat.phase === 'finished' || heartbeat.phase === 'stopped')) return 'stand_down';
  if (!isLocked) return 'gone';
  const isOld = (sign: EpochMs): boolean => now - (sign > since ? sign : since) >= SILENCE_MS_MAX;
  if (isOld(heartbeat?.at ?? since)) return 'silent';
  // A start may take long. A desk that runs takes each beat, and settles a window at it, in the quietest market, too.
  return heartbeat?.phase === 'running' && isOld(heartbeat.progressAt) ? 'silent' : 'well';
}

/** Judges a feed in the cloud by its sign of life alone: one that ended in order is nothing to halt for. */
export function judgeFeed(sign: FeedSign | undefined, now: EpochMs): Exclude<LivenessVerdict, 'gone'> {
  if (sign?.phase !== 'running') return 'stand_down';
  return now - sign.at >= SILENCE_MS_MAX ? 'silent' : 'well';
}

/**
 * The event time at a wall time: the feed's newest window, and as much later as the sign of it is old while the feed
 * runs. Null before the first window.
 */
export function feedTime(sign: FeedSign | undefined, now: EpochMs): EpochMs | null {
  if (!sign || sign.eventTime === null) return null;
  return sign.phase === 'running' ? plusMs(sign.eventTime, Math.max(0, now - sign.at)) : sign.eventTime;
}
