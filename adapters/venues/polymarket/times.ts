import type { EpochMs } from '../../../core/time.ts';
import { timeOfMs } from '../wire-times.ts';

const MILLISECONDS = /^\d{13}$/;
/** RFC 3339, and the form of `gameStartTime`: a space before the time and `+00` for UTC. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|([+-]\d\d)(?::?(\d\d))?)$/;

/** A message's `timestamp`: milliseconds as text. */
export const timeOfStamp = (text: string | null | undefined): EpochMs | null =>
  typeof text === 'string' && MILLISECONDS.test(text) ? timeOfMs(Number(text)) : null;

/** A moment in words, cut to milliseconds; null where there is none, and for a date without a time. */
export function timeOfText(text: unknown): EpochMs | null {
  const match = typeof text === 'string' ? DATE_TIME.exec(text) : null;
  if (match === null) return null;
  const [, date, clock, hours, minutes = '00'] = match;
  return timeOfMs(Date.parse(`${date}T${clock}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`));
}
