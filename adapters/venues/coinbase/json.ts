import * as z from 'zod/mini';
import '../../../core/schema-words.ts';

/** Any JSON object, nothing said of what it holds. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Malformed);

/** A message that is not what its kind must be: which field, and why. */
export class Malformed {
  readonly detail: string;
  constructor(detail: string) {
    this.detail = detail;
  }
}

/** What a text holds, or that it is no JSON. */
export function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return new Malformed('not JSON');
  }
}

/** The careful way, for what a look by hand did not accept and for what is rare. */
export function checked<T>(schema: z.core.$ZodType<T>, value: unknown, path = ''): T | Malformed {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = [path, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  return new Malformed(`${field === '' ? '' : `${field}: `}${issue?.message ?? 'unreadable'}`);
}

/** Venue text is shown to people; a broken frame must not flood a log. */
export const short = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 119)}…`);

/** A value that a message has where a text belongs. Only texts and numbers are written out: turning an object into a text may throw. */
export const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : `(${typeof value})`;
