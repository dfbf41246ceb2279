import type { Stamp } from '../../adapters/recordings/recorded-line.ts';

const PLACES: Readonly<Record<string, number>> = { ms: 6, us: 3, ns: 0 };
const WHOLE = /^\d{1,40}$/;
/** Digits of a moment of our time in milliseconds, microseconds and nanoseconds. */
const UNIT_BY_DIGITS: Readonly<Record<number, string>> = { 13: 'ms', 16: 'us', 19: 'ns' };
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Nanoseconds of a line's stamp; undefined where the recorder wrote no whole number. */
export const nanosOf = ({ text, unit }: Stamp): bigint | undefined =>
  WHOLE.test(text) ? BigInt(text) * 10n ** BigInt(PLACES[unit] ?? 0) : undefined;

/** A moment that a person names: whole milliseconds, microseconds or nanoseconds since 1970, or ISO time in UTC. */
export interface Moment {
  /** As it was given. */
  readonly text: string;
  readonly nanos: bigint;
}

/** Undefined when the text is no moment. */
export function parseMoment(text: string): Moment | undefined {
  const unit = WHOLE.test(text) ? UNIT_BY_DIGITS[text.length] : undefined;
  if (unit !== undefined) return { text, nanos: BigInt(text) * 10n ** BigInt(PLACES[unit] ?? 0) };
  if (!ISO.test(text)) return undefined;
  const [seconds = '', fraction = ''] = text.slice(0, -1).split('.');
  const ms = Date.parse(`${seconds}Z`);
  // February the 30th is taken for March the 2nd, and 24:00 for the next day.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(seconds)) return undefined;
  return { text, nanos: BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')) };
}
