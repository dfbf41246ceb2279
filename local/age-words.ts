import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/time.ts';

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const;

/** A length of time for people, in its largest whole unit: `14 seconds`, `3 hours`. */
export function ageWords(ms: number): string {
  for (const [unit, unitMs] of UNITS) if (ms >= unitMs) return counted(Math.floor(ms / unitMs), unit);
  return counted(Math.max(0, Math.round(ms / SECOND_MS)), 'second');
}

const counted = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
