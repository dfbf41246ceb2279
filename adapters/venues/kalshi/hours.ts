import { easternOffsetMs } from '../../../core/market/eastern-time.ts';
import { DAY_MS, type EpochMs, HOUR_MS } from '../../../core/time.ts';

/** 1970 began on a Thursday. */
const THURSDAY = 0;
const FROM_HOUR = 3;
const TO_HOUR = 5;

/** Why the venue as a whole does not trade at a moment by its published calendar, in words; null when it does. */
export function closedByCalendar(now: EpochMs): string | null {
  const eastern = now + easternOffsetMs(now);
  const weekday = Math.floor(eastern / DAY_MS) % 7;
  const hour = Math.floor((eastern % DAY_MS) / HOUR_MS);
  const isMaintained = weekday === THURSDAY && hour >= FROM_HOUR && hour < TO_HOUR;
  return isMaintained ? 'weekly maintenance, Thursday 03:00 to 05:00 Eastern time' : null;
}
