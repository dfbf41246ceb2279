import { type EpochMs, epochMs } from '../../../core/time.ts';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** 2001-09-09. The venue writes 1970 and even the year 1 where it has no time. */
const EARLIEST = 1e12;

/** A moment the venue wrote, cut to milliseconds; null where it wrote none or what cannot be one. */
export function parseTime(text: string): EpochMs | null {
  if (!RFC_3339_UTC.test(text)) return null;
  const ms = Date.parse(text);
  return ms >= EARLIEST ? epochMs(ms) : null;
}
