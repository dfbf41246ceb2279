import type { EpochMs } from '../../../core/time.ts';
import { timeOfMs, timeOfSeconds, timeOfText } from '../wire-times.ts';

/** When a message of the stream happened: its milliseconds, else its older text (deltas) or seconds (trades). */
export const timeOfEvent = (msg: { readonly ts_ms?: unknown; readonly ts?: unknown }): EpochMs | null =>
  timeOfMs(msg.ts_ms) ?? timeOfText(msg.ts) ?? timeOfSeconds(msg.ts);
