import { DAY_MS, type EpochMs, HOUR_MS, SECOND_MS } from '../../../core/time.ts';
import { retryAfterMs } from '../session/http-words.ts';
import { freshMs } from './polling.ts';

type Headers = Readonly<Record<string, string>>;

/** Headers that ask for more would silence the scores for as long as somebody's mistake says. */
const FRESH_MS_MAX = HOUR_MS;
const QUIET_MS_MAX = DAY_MS;

/** How long a good answer will stay as it is, by its own word: asking again before is of no use. */
export const restingMs = (headers: Headers): number =>
  Math.min(FRESH_MS_MAX, freshMs(headers['cache-control'] ?? null, ageSeconds(headers)));

/** How long an answer that says no asks to be left alone; 0 when it does not say. */
export const quietMs = (headers: Headers, now: EpochMs): number =>
  Math.min(QUIET_MS_MAX, retryAfterMs(headers['retry-after'], now) ?? 0);

/**
 * How old an answer was when it came, in milliseconds: by its `Date` or its `Age`, whichever is more (RFC 9111, 4.2.3). Null
 * where it has neither. It counts from the answer's making, so that the scores in it are older still.
 */
export function answerAgeMs(headers: Headers, now: EpochMs): number | null {
  const date = Date.parse(headers['date'] ?? '');
  const known = headers['age'] !== undefined || !Number.isNaN(date);
  const apparentMs = Number.isNaN(date) ? 0 : Math.max(0, now - date);
  return known ? Math.max(apparentMs, ageSeconds(headers) * SECOND_MS) : null;
}

function ageSeconds(headers: Headers): number {
  const text = headers['age']?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
