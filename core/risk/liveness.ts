import type { EpochMs } from '../time.ts';

export type DeskPhase = 'starting' | 'running' | 'finished' | 'stopped';

/** What a desk writes about itself; never part of the ledger. */
export interface Heartbeat {
  readonly pid: number;
  readonly phase: DeskPhase;
  /** Wall clock of the beat, and the newest window settled by then. */
  readonly at: EpochMs;
  readonly eventTime: EpochMs | null;
}

/** A desk that is alive and says nothing for this long is taken for hanging. */
export const SILENCE_MS_MAX = 30_000;

/**
 * `stand_down`: the desk ended in order, there is nothing to guard. `gone`: its process died; nothing can trade, the next
 * start reconciles first. `silent`: it holds its lock and beats no more, so it is halted from outside.
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
  const last = heartbeat && heartbeat.at > since ? heartbeat.at : since;
  return now - last >= SILENCE_MS_MAX ? 'silent' : 'well';
}
