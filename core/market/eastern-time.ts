import { DAY_MS, type EpochMs, epochMs, HOUR_MS, isoDay, MINUTE_MS } from '../time.ts';

/**
 * Calendar of the US East coast, on which leagues and venues date their games. Daylight time runs from 2:00 on the second
 * Sunday of March to 2:00 on the first Sunday of November; years before 2007, when that became law, are read by it too.
 */

const STANDARD_MS = -5 * HOUR_MS;
const DAYLIGHT_MS = -4 * HOUR_MS;

/** `2026-11-21`: the Eastern date of a moment, or of the day so many days later (earlier when negative). */
export function easternDate(at: EpochMs, plusDays = 0): string {
  return isoDay(epochMs(at + easternOffsetMs(at) + plusDays * DAY_MS));
}

/** Milliseconds by which the Eastern clock leads UTC: minus four or minus five hours. */
export function easternOffsetMs(at: EpochMs): number {
  const year = Number(isoDay(at).slice(0, 4));
  // 2:00 standard time is 7:00 UTC, 2:00 daylight time is 6:00 UTC.
  const begins = sundayFrom(year, 3, 8) * DAY_MS + 7 * HOUR_MS;
  const ends = sundayFrom(year, 11, 1) * DAY_MS + 6 * HOUR_MS;
  return at >= begins && at < ends ? DAYLIGHT_MS : STANDARD_MS;
}

/**
 * The moment at which Eastern clocks show `hour:minute` on `date` (`YYYY-MM-DD`); undefined when there is no such day or
 * clock time. An hour that comes twice in November means the first one; the hour skipped in March is read as one later.
 */
export function easternMoment(date: string, hour: number, minute: number): EpochMs | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (!isWithin(hour, 23) || !isWithin(minute, 59)) return undefined;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  // A day such as February 30 comes out as another date.
  if (!Number.isSafeInteger(days) || isoDay(epochMs(days * DAY_MS)) !== date) return undefined;
  const clock = days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;
  const inDaylight = epochMs(clock - DAYLIGHT_MS);
  return easternOffsetMs(inDaylight) === DAYLIGHT_MS ? inDaylight : epochMs(clock - STANDARD_MS);
}

const isWithin = (value: number, max: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value <= max;

/** Days since 1970 of the first Sunday on or after a date. */
function sundayFrom(year: number, month: number, day: number): number {
  const days = daysSinceEpoch(year, month, day);
  // 1970-01-01 was a Thursday: counted from Sunday, day 4.
  const weekday = (((days + 4) % 7) + 7) % 7;
  return days + ((7 - weekday) % 7);
}

/** Howard Hinnant's days-from-civil, since `core` has no `Date`. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
