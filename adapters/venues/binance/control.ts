import { parseJson } from '../json-fields.ts';
import { errorText, isRecord } from './schema.ts';

/** What a message says that is no market data, as far as a session must act on it. */
export type Control =
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number | null; readonly why: string };

/**
 * Reads the rare messages: acknowledgements, errors in the documented shape and in the one seen on the wire, and the notice
 * of a restart, alone or on its stream. `stream` where the message names one. Never throws.
 */
export function readControl(raw: string): {
  readonly stream?: string | undefined;
  readonly control?: Control | undefined;
} {
  const value = parseJson(raw);
  if (!isRecord(value)) return {};
  const stream = typeof value.stream === 'string' ? value.stream : undefined;
  const data = stream === undefined ? value : value.data;
  if (isRecord(data) && data.e === 'serverShutdown') return { stream, control: { kind: 'shutdown' } };
  if (stream !== undefined) return { stream };
  const { id, error, code } = value;
  const number = typeof id === 'number' ? id : null;
  if (isRecord(error)) return { control: { kind: 'error', id: number, why: errorText(error) } };
  if (typeof code === 'number') return { control: { kind: 'error', id: number, why: errorText(value) } };
  return { control: 'result' in value && number !== null ? { kind: 'done', id: number } : undefined };
}
