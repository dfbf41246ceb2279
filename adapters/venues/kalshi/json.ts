import * as z from 'zod/mini';
import '../../../core/schema-words.ts';
import { parseUnits } from '../../../core/amounts.ts';

/** Any JSON object, nothing said of what it holds. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What came is not what its kind must be: the field, and why. */
export class Unreadable {
  readonly detail: string;
  constructor(detail: string) {
    this.detail = detail;
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new Unreadable('not JSON');
  }
}

/** Reads by a schema; `path` is where in the message the value stands. */
export function checked<T>(schema: z.core.$ZodType<T>, value: unknown, path = ''): T | Unreadable {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = [path, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  return new Unreadable(`${field === '' ? '' : `${short(field)}: `}${issue?.message ?? 'unreadable'}`);
}

/** Venue text is shown to people; a broken frame must not flood a log. */
export const short = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 119)}…`);

/** A text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** JSON numbers have the fewest digits that name them, so that their text is what the venue wrote; null for anything else. */
export function decimalOf(value: unknown): string | null {
  const written = typeof value === 'number' ? String(value) : textOf(value);
  return written !== undefined && parseUnits(written) !== undefined ? written : null;
}
