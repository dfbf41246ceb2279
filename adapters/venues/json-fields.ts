import * as z from 'zod/mini';
import '../../core/schema-words.ts';

/** Any JSON object, nothing said of what it holds. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is string => typeof value === 'string';

/** A text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** What came is not what its kind must be: the field, and why. */
export class Unreadable {
  readonly detail: string;
  constructor(detail: string) {
    this.detail = detail;
  }
}

/** What is said of a text for which {@link parseJson} has nothing. */
export const NOT_JSON = new Unreadable('not JSON');

/**
 * The value of a JSON text; undefined, which no JSON text means, where it is none, or one of so many parts that it would take
 * a multiple of its size: sixteen megabytes of `{}` fill the memory of a small task.
 */
export function parseJson(text: string): unknown {
  try {
    return text.length > UNCOUNTED_CHARS && isCrowded(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** So short a text cannot do harm. */
const UNCOUNTED_CHARS = 1 << 20;
/** More than twice of what the largest that are known have: a venue's list of all symbols, a picture of a deep book. */
const MOST: readonly (readonly [sign: string, most: number])[] = [
  ['{', 300_000],
  ['[', 300_000],
  [':', 1_500_000],
  [',', 3_000_000],
];

/** Whether it has more objects, lists, names or values than anybody sends; signs inside texts count, too. */
const isCrowded = (text: string): boolean => MOST.some(([sign, most]) => hasMoreThan(most, sign, text));

function hasMoreThan(most: number, sign: string, text: string): boolean {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
    count += 1;
    if (count > most) return true;
  }
  return false;
}

/** Reads by a schema: the careful way, for what a look by hand did not accept and for what is rare. `path` is where the value stands. */
export function checked<T>(schema: z.core.$ZodType<T>, value: unknown, path = ''): T | Unreadable {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = [path, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  return new Unreadable(`${field === '' ? '' : `${short(field)}: `}${short(issue?.message ?? 'unreadable')}`);
}

/**
 * A list that is read up to its first bad element. zod's own array notes every one of them: a message of some megabytes of
 * zeros would fill the memory with what is wrong with it.
 */
export const listOf = <T>(item: z.core.$ZodType<T>): z.ZodMiniType<T[], unknown> =>
  z.pipe(
    z.array(z.unknown()),
    z.transform((values: unknown[], { issues }) => {
      const list: T[] = [];
      for (const [n, value] of values.entries()) {
        const result = z.safeParse(item, value);
        if (!result.success) {
          const [issue] = result.error.issues;
          const path = [n, ...(issue?.path ?? [])];
          issues.push({ code: 'custom', message: issue?.message, input: value, path });
          return z.NEVER;
        }
        list.push(result.data);
      }
      return list;
    }),
  );

const TEXT_MAX = 120;

/** Venue text is shown to people; a broken frame must not flood a log. */
export const short = (text: string): string =>
  text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;

/** A value that came where a text belongs. Only texts and numbers are written out: making a text of an object can throw. */
export const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : `(${typeof value})`;
