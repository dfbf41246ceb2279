/** A moment: milliseconds since 1970-01-01T00:00:00Z. Passed in, never read from a clock in `core`. */
export type EpochMs = number & { readonly brand: 'EpochMs' };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const epochMs = (ms: number): EpochMs => ms as EpochMs;
export const plusMs = (at: EpochMs, ms: number): EpochMs => (at + ms) as EpochMs;
/** The newest multiple of `everyMs` at or before `at`. */
export const beatAt = (at: EpochMs, everyMs: number): EpochMs => (at - (at % everyMs)) as EpochMs;
/** 00:00 UTC of the day that holds `at`. */
export const dayStart = (at: EpochMs): EpochMs => beatAt(at, DAY_MS);

/** Calendar date of a moment in UTC; Howard Hinnant's days-from-civil inverted, since `core` has no `Date`. */
function civilDate(at: EpochMs): { year: number; month: number; day: number } {
  const days = Math.floor(at / DAY_MS) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

const two = (n: number): string => n.toString().padStart(2, '0');

/** `2026-11-21`, UTC. */
export function isoDay(at: EpochMs): string {
  const { year, month, day } = civilDate(at);
  return `${year.toString().padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `2026-11-21T09:00:00.000Z`. */
export function isoTime(at: EpochMs): string {
  const ms = ((at % DAY_MS) + DAY_MS) % DAY_MS;
  const clock = [Math.floor(ms / HOUR_MS), Math.floor(ms / MINUTE_MS) % 60, Math.floor(ms / SECOND_MS) % 60];
  return `${isoDay(at)}T${clock.map(two).join(':')}.${(ms % 1_000).toString().padStart(3, '0')}Z`;
}
