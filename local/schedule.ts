import type { EpochMs } from '../core/time.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/time.ts';

const RATE = /^rate\((\d+) (minutes?|hours?)\)$/;
const DAILY = /^cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)$/;

/** A schedule's period and offset within the UTC day. */
interface Times {
  readonly everyMs: number;
  readonly offsetMs: number;
}

/**
 * Reads the expressions that the topology uses: `rate(15 minutes)` and a daily `cron(5 0 * * ? *)` in UTC.
 * @throws RangeError for anything else, so that a schedule is never silently not followed.
 */
export function scheduleTimes(expression: string): Times {
  const rate = RATE.exec(expression);
  if (rate)
    return { everyMs: Number(rate[1]) * (rate[2]?.startsWith('hour') ? HOUR_MS : MINUTE_MS), offsetMs: 0 };
  const daily = DAILY.exec(expression);
  if (daily) return { everyMs: DAY_MS, offsetMs: Number(daily[2]) * HOUR_MS + Number(daily[1]) * MINUTE_MS };
  throw new RangeError(
    `schedule '${expression}' is neither a rate in minutes or hours nor a daily cron time`,
  );
}

/** True when a time of the schedule lies in `(previous, now]`: under a virtual clock it fires with this window. */
export function isDue(times: Times, previous: EpochMs, now: EpochMs): boolean {
  const count = (at: EpochMs): number => Math.floor((at - times.offsetMs) / times.everyMs);
  return count(now) > count(previous);
}
