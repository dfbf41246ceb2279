import { formatUnits } from '../../core/amounts.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** A field of one of these names is written with an underscore behind it: nothing hides who said it, and when. */
const OWN = ['time', 'level', 'part', 'event'];

/**
 * One line of JSON: time (UTC), level, part, event, then the fields. Amounts become decimal text, errors their words.
 * Never throws, and never spans lines.
 */
export function logLine(
  at: EpochMs,
  level: LogLevel,
  part: string,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const head = { time: isoTime(at), level, part, event };
  const rest = Object.entries(fields).map(([name, value]) => [OWN.includes(name) ? `${name}_` : name, value]);
  try {
    return JSON.stringify({ ...head, ...Object.fromEntries(rest) }, plainValue);
  } catch (error) {
    return JSON.stringify({ ...head, unwritable: error instanceof Error ? error.message : String(error) });
  }
}

const WORDS_MAX = 400;

/** The same for a person who sits before it: the time of day (UTC), part, event, what it is about, and why. Never throws. */
export function logWords(
  at: EpochMs,
  part: string,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const rest = Object.entries(fields)
    // A note repeats its event, and its own time tells nobody here anything.
    .filter(
      ([name, value]) => value !== undefined && value !== event && name !== 'at' && name !== 'instrumentId',
    )
    .map(([name, value]) => (name === 'detail' ? wordOf(value) : `${name} ${wordOf(value)}`));
  const about = typeof fields['instrumentId'] === 'string' ? ` of ${fields['instrumentId']}` : '';
  const said = rest.length === 0 ? '' : `: ${rest.join(', ')}`;
  const line = `  ${isoTime(at).slice(11, 19)} ${part}: ${event.replaceAll('_', ' ')}${about}${said}`;
  // What a venue wrote must not move the cursor, nor fill the screen.
  return line.slice(0, WORDS_MAX).replaceAll(/\p{Cc}+/gu, ' ');
}

function wordOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  try {
    return JSON.stringify(value, plainValue) ?? String(value);
  } catch (error) {
    return `(unwritable: ${error instanceof Error ? error.message : String(error)})`;
  }
}

function plainValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return formatUnits(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Map || value instanceof Set) return [...value];
  if (value instanceof Error) {
    const { name, message, cause } = value;
    const code = 'code' in value ? value.code : undefined;
    return {
      name,
      message,
      ...(code === undefined ? {} : { code }),
      ...(cause === undefined ? {} : { cause }),
    };
  }
  return value;
}
