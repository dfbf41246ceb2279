import { type EpochMs, epochMs } from '../../core/time.ts';

/** How many decimal places turn one of the unit into milliseconds. */
const PLACES: Readonly<Record<string, number>> = { ms: 0, us: 3, ns: 6 };

const NUMBER = /^(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]\+?(\d{1,2}))?$/;
/** Up to the year 2100, and not before the venues existed. */
const YEAR_2100_MS = 4_102_444_800_000;
const YEAR_2000_MS = 946_684_800_000;

/**
 * A receive stamp in whole milliseconds, rounded down. It is read as text: nanoseconds exceed 2^53, and a number that lost
 * its last digits could fall into another window. A text that some program wrote as a float is taken too.
 */
export function parseReceiveTime(text: string, unit: string): EpochMs | undefined {
  const places = PLACES[unit];
  const match = NUMBER.exec(text);
  if (places === undefined || match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const power = Number(exponent);
  const digits = whole + fraction.padEnd(power, '0').slice(0, power);
  const ms = Number(digits.slice(0, Math.max(0, digits.length - places)));
  return ms >= YEAR_2000_MS && ms <= YEAR_2100_MS ? epochMs(ms) : undefined;
}
