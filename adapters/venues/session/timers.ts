import { type EpochMs, epochMs } from '../../../core/time.ts';

/** Time and alarms of a session: the machine's, or a simulation's own. Callbacks run one after the other, never nested. */
export interface Timers {
  now(): EpochMs;
  /** Calls back once, at or after `ms` from now; the returned function takes the alarm off. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's clock. Alarms do not keep the process alive. */
export const systemTimers: Timers = {
  now: () => epochMs(Date.now()),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
