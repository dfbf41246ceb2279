import { easternDate, easternOffsetMs } from '../../core/market/eastern-time.ts';
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../core/time.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** A moment as clocks on the US East coast show it, each part as two digits or three letters. */
export interface EasternMoment {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
}

/** `{year: '26', month: 'SEP', day: '26', hour: '19', minute: '00'}`. */
export function easternParts(at: EpochMs): EasternMoment {
  const [year = '', month = '', day = ''] = easternDate(at).split('-');
  const clock = (at + easternOffsetMs(at)) % DAY_MS;
  return {
    year: year.slice(2),
    month: MONTHS[Number(month) - 1] ?? '',
    day,
    hour: two(Math.floor(clock / HOUR_MS)),
    minute: two(Math.floor((clock % HOUR_MS) / MINUTE_MS)),
  };
}

const two = (n: number): string => n.toString().padStart(2, '0');
