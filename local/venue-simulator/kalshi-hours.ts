import { easternOffsetMs } from '../../core/market/eastern-time.ts';
import { DAY_MS, type EpochMs, HOUR_MS } from '../../core/time.ts';

/** Weekly maintenance by the Eastern clock: orders are paused, and in between the servers are started anew. */
const THURSDAY = 4;
const FROM_HOUR = 3;
const DEPLOY_HOUR = 4;
const TO_HOUR = 5;

/** Where the week stands. */
export type WeekPart = 'open' | 'maintained' | 'deployed';

export function weekPartAt(at: EpochMs): WeekPart {
  const eastern = at + easternOffsetMs(at);
  // 1970 began on a Thursday, day 4 of a week that begins with Sunday.
  const weekday = (Math.floor(eastern / DAY_MS) + 4) % 7;
  const hour = (eastern % DAY_MS) / HOUR_MS;
  if (weekday !== THURSDAY || hour < FROM_HOUR || hour >= TO_HOUR) return 'open';
  return hour < DEPLOY_HOUR ? 'maintained' : 'deployed';
}

/** When the maintenance that runs at a moment is over. */
export function maintenanceEnd(at: EpochMs): EpochMs {
  const eastern = at + easternOffsetMs(at);
  return (at - (eastern % DAY_MS) + TO_HOUR * HOUR_MS) as EpochMs;
}

/** The venue's own words for it: all hours of the week but these. */
export function scheduleObject(): object {
  const whole = [{ open_time: '00:00', close_time: '00:00' }];
  return {
    schedule: {
      standard_hours: [
        {
          start_time: '2024-12-01T00:00:00Z',
          end_time: '2200-12-01T00:00:00Z',
          monday: whole,
          tuesday: whole,
          wednesday: whole,
          thursday: [
            { open_time: '00:00', close_time: '03:00' },
            { open_time: '05:00', close_time: '00:00' },
          ],
          friday: whole,
          saturday: whole,
          sunday: whole,
        },
      ],
      maintenance_windows: [],
    },
  };
}
