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
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const nextMs = Math.min(leftMs, TIMEOUT_MS_MAX);
      timer = setTimeout(() => (leftMs > nextMs ? wait(leftMs - nextMs) : run()), nextMs);
      timer.unref();
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};

/** A timeout beyond this goes off at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
