import { setTimeout as wait } from 'node:timers/promises';
import { systemTimers, type Timers } from '../../adapters/venues/session/timers.ts';
import type { Clock } from '../../core/ports.ts';
import { type EpochMs, epochMs, plusMs } from '../../core/time.ts';

/** A Monday morning in New York, on which every venue is open and no quarter of an hour ends within the next minute. */
const START = epochMs(1_790_000_000_000);
const LOOK_MS = 20;

/** The machine's time as it passes, begun at a moment of no machine's calendar. */
export interface WallTime extends Timers {
  readonly clock: Clock;
  /** For how long, since a moment, this process was not given a turn: on a busy machine everything else is that late, too. */
  stalledMs(since: EpochMs): number;
  /** Resolves when it is so. @throws Error in words when it is not within twenty seconds. */
  until(isSo: () => boolean, what: () => string): Promise<void>;
  stop(): void;
}

/** Nothing here takes longer, on any machine. */
export const PATIENCE_MS = 20_000;
/** A turn that comes within this of its moment is in time. */
const IN_TIME_MS = 30;

export function wallTime(): WallTime {
  const begun = performance.now();
  const now = (): EpochMs => plusMs(START, Math.floor(performance.now() - begun));
  const stalls: { readonly at: EpochMs; readonly lateMs: number }[] = [];
  let lookedAt = now();
  const look = setInterval(() => {
    const at = now();
    const lateMs = at - lookedAt - LOOK_MS;
    if (lateMs > IN_TIME_MS) stalls.push({ at, lateMs });
    lookedAt = at;
  }, LOOK_MS).unref();
  return {
    now,
    after: systemTimers.after,
    clock: { now, wait: (ms) => wait(ms) },
    stalledMs: (since) => stalls.reduce((sum, { at, lateMs }) => (at > since ? sum + lateMs : sum), 0),
    until: async (isSo, what) => {
      const end = now() + PATIENCE_MS;
      while (!isSo()) {
        if (now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what()}`);
        await wait(LOOK_MS);
      }
    },
    stop: () => clearInterval(look),
  };
}
