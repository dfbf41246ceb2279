import { type EpochMs, epochMs } from '../../core/time.ts';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** 2001-09-09 and 2286-11-20: what lies outside is another unit. Venues write 1970 and even the year 1 where they have no time. */
const EARLIEST = 1e12;
const LATEST = 1e13;

export const isMilliseconds = (time: number): boolean => time >= EARLIEST && time < LATEST;

/** A moment in milliseconds, cut to whole ones; null for what cannot be one. */
export const timeOfMs = (ms: unknown): EpochMs | null =>
  typeof ms === 'number' && isMilliseconds(ms) ? epochMs(Math.floor(ms)) : null;

/** A moment in seconds. */
export const timeOfSeconds = (seconds: unknown): EpochMs | null =>
  typeof seconds === 'number' ? timeOfMs(seconds * 1_000) : null;

/** A moment in words, in UTC; null where there is none. */
export const timeOfText = (text: unknown): EpochMs | null =>
  typeof text === 'string' && RFC_3339_UTC.test(text) ? timeOfMs(Date.parse(text)) : null;
