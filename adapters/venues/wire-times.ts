import { type EpochMs, epochMs, HOUR_MS } from '../../core/time.ts';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** 2001-09-09 and 2286-11-20: what lies outside is another unit. Venues write 1970 and even the year 1 where they have no time. */
const EARLIEST = 1e12;
const LATEST = 1e13;

export const isMilliseconds = (time: number): boolean => time >= EARLIEST && time < LATEST;

/** A moment in milliseconds, cut to whole ones; null for what cannot be one. */
export const timeOfMs = (ms: unknown): EpochMs | null =>
  typeof ms === 'number' && isMilliseconds(ms) ? epochMs(Math.floor(ms)) : null;

/** Clocks differ by less, even badly kept ones; what a stamp so far ahead would outrank, nothing could ever repair. */
const AHEAD_MS_MAX = HOUR_MS;

/**
 * The moment by which messages are put in order: of a stamp that is far ahead of when it came, none is known. Where nobody
 * kept when it came, as in some recordings, nothing is ahead.
 */
export const orderOf = (at: EpochMs | null, receivedAt: EpochMs): EpochMs | null =>
  at !== null && receivedAt > 0 && at - receivedAt > AHEAD_MS_MAX ? null : at;

/** A moment in seconds. */
export const timeOfSeconds = (seconds: unknown): EpochMs | null =>
  typeof seconds === 'number' ? timeOfMs(seconds * 1_000) : null;

/** A moment in words, in UTC; null where there is none. */
export function timeOfText(text: unknown): EpochMs | null {
  if (typeof text !== 'string') return null;
  const ms = text.startsWith(minute.text) ? msInMinute(text) : -1;
  if (ms >= 0) return timeOfMs(minute.ms + ms);
  const time = RFC_3339_UTC.test(text) ? timeOfMs(Date.parse(text)) : null;
  // Midnight may be written as the hour 24, of which there is only the one moment.
  if (time !== null && !text.startsWith('24', HOUR_AT))
    minute = { text: text.slice(0, MINUTE_LETTERS), ms: time - msInMinute(text) };
  return time;
}

/** The minute of the time read last, `2026-08-09T21:05:`: those of a busy feed come in rows. */
const MINUTE_LETTERS = 17;
const HOUR_AT = 11;
let minute = { text: '-', ms: 0 };

const ZERO = 48;
const DOT = 46;
const LETTER_Z = 90;
/** What a digit of the fraction is worth in milliseconds; those after the third are cut off. */
const WORTH = [100, 10, 1, 0, 0, 0, 0, 0, 0];

/** Milliseconds of `48.228568804Z` behind the minute; -1 for what is unusual. */
function msInMinute(text: string): number {
  const tens = digitAt(text, MINUTE_LETTERS);
  const ones = digitAt(text, MINUTE_LETTERS + 1);
  if (tens < 0 || tens > 5 || ones < 0) return -1;
  let ms = tens * 10_000 + ones * 1_000;
  let at = MINUTE_LETTERS + 2;
  const last = text.length - 1;
  if (text.charCodeAt(last) !== LETTER_Z) return -1;
  if (at === last) return ms;
  if (text.charCodeAt(at) !== DOT || at + 1 === last || last - at > WORTH.length + 1) return -1;
  for (at += 1; at < last; at += 1) {
    const digit = digitAt(text, at);
    if (digit < 0) return -1;
    ms += digit * (WORTH[at - MINUTE_LETTERS - 3] ?? 0);
  }
  return ms;
}

function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
