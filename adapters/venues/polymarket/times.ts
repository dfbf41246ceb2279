import { type EpochMs, HOUR_MS } from '../../../core/time.ts';
import { timeOfMs } from '../wire-times.ts';

const MILLISECONDS = /^\d{13}$/;
/** RFC 3339, and the form of `gameStartTime`: a space before the time and `+00` for UTC. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|([+-]\d\d)(?::?(\d\d))?)$/;

/** A message's `timestamp`: milliseconds as text. */
export const timeOfStamp = (text: string | null | undefined): EpochMs | null =>
  typeof text === 'string' && MILLISECONDS.test(text) ? timeOfMs(Number(text)) : null;

/** Clocks differ by less, even badly kept ones; what a stamp so far ahead would outrank, nothing could ever repair. */
const AHEAD_MS_MAX = HOUR_MS;

/** The moment by which messages are put in order: of a stamp that is far ahead of when it came, none is known. */
export const orderOf = (at: EpochMs | null, receivedAt: EpochMs): EpochMs | null =>
  at !== null && at - receivedAt > AHEAD_MS_MAX ? null : at;

/** A moment in words, cut to milliseconds; null where there is none, and for a date without a time. */
export function timeOfText(text: unknown): EpochMs | null {
  const match = typeof text === 'string' ? DATE_TIME.exec(text) : null;
  if (match === null) return null;
  const [, date, clock, hours, minutes = '00'] = match;
  return timeOfMs(Date.parse(`${date}T${clock}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`));
}
