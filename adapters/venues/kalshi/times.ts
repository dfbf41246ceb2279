import { type EpochMs, epochMs } from '../../../core/time.ts';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** 2001-09-09 and 2286-11-20: what lies outside is no time in milliseconds. The venue writes the year 1 where it has none. */
const EARLIEST = 1e12;
const LATEST = 1e13;

/** A moment in words, cut to milliseconds; null where there is none. */
export function timeOfText(text: unknown): EpochMs | null {
  return typeof text === 'string' && RFC_3339_UTC.test(text) ? timeOfMs(Date.parse(text)) : null;
}

/** A moment in seconds, as lifecycle messages write it. */
export const timeOfSeconds = (seconds: unknown): EpochMs | null =>
  typeof seconds === 'number' ? timeOfMs(seconds * 1_000) : null;

export const timeOfMs = (ms: unknown): EpochMs | null =>
  typeof ms === 'number' && ms >= EARLIEST && ms < LATEST ? epochMs(Math.floor(ms)) : null;

/** When a message of the stream happened: its milliseconds, else its older text (deltas) or seconds (trades). */
export const timeOfEvent = (msg: { readonly ts_ms?: unknown; readonly ts?: unknown }): EpochMs | null =>
  timeOfMs(msg.ts_ms) ?? timeOfText(msg.ts) ?? timeOfSeconds(msg.ts);
