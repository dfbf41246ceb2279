import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';
import { epochMs } from '../core/time.ts';

/** The wall clock of this process. */
export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  wait: (ms) => setTimeout(ms),
};
