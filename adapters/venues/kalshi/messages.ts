import type * as z from 'zod';
import {
  checked,
  isObject,
  type JsonObject,
  NOT_JSON,
  parseJson,
  short,
  Unreadable,
} from '../json-fields.ts';
import {
  isDelta,
  isTickerMessage,
  isTrade,
  NOT_MODELLED,
  SCHEMAS,
  type WireDelta,
  type WireLifecycle,
  type WireSnapshot,
  type WireTicker,
  type WireTrade,
} from './schema.ts';

/** A message of the stream, by the wire's own name of its kind. */
export type StreamMessage =
  | { readonly kind: 'orderbook_delta'; readonly body: WireDelta }
  | { readonly kind: 'orderbook_snapshot'; readonly body: WireSnapshot }
  | { readonly kind: 'ticker'; readonly body: WireTicker }
  | { readonly kind: 'trade'; readonly body: WireTrade }
  | { readonly kind: 'market_lifecycle_v2'; readonly body: WireLifecycle }
  | Control
  | VenueError
  /** Known, and of no use to Deckle. */
  | { readonly kind: 'not_modelled'; readonly name: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly detail: string }
  | Malformed;

/** The answer to a command. With a `seq` it may have taken a number of its subscription's count. */
interface Control {
  readonly kind: 'control';
  readonly name: string;
  readonly sid: number | undefined;
  readonly seq: number | undefined;
}

export interface VenueError {
  readonly kind: 'venue_error';
  /** Undefined where an answer by REST has none, or one that is no number. */
  readonly code: number | undefined;
  readonly detail: string;
}

/** What can still be read of a message that cannot be read as a whole. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly detail: string;
  /** The wire's name of its kind; empty when not even that can be read. */
  readonly type: string;
  readonly symbol: string | undefined;
  readonly sid: number | undefined;
  readonly seq: number | undefined;
}

/**
 * Reads the text of one message of the stream; `channel` is the kind that it came as, where it cannot be read itself. Never
 * throws; a malformed one says which field is wrong.
 */
export function parseStream(raw: string, channel = ''): StreamMessage {
  const value = parseJson(raw);
  if (value === undefined) return malformed(NOT_JSON.detail, short(channel), {});
  if (!isObject(value)) return malformed('not an object', short(channel), {});
  const { type }: { readonly type?: unknown } = value;
  switch (type) {
    case 'orderbook_delta':
      return isDelta(value) ? { kind: type, body: value } : read(type, SCHEMAS[type], value, as(type));
    case 'ticker':
      return isTickerMessage(value)
        ? { kind: type, body: value }
        : read(type, SCHEMAS[type], value, as(type));
    case 'trade':
      return isTrade(value) ? { kind: type, body: value } : read(type, SCHEMAS[type], value, as(type));
    case 'orderbook_snapshot':
      return read(type, SCHEMAS[type], value, as(type));
    case 'market_lifecycle_v2':
      return read(type, SCHEMAS[type], value, ({ msg }) => ({ kind: type, body: msg }));
    case 'error':
      return read(type, SCHEMAS[type], value, toError);
    case 'subscribed':
    case 'ok':
    case 'unsubscribed':
      return { kind: 'control', name: type, sid: count(value['sid']), seq: count(value['seq']) };
    default:
      return rare(type, value, channel);
  }
}

/** Wraps a body under the name of its kind. */
const as =
  <K extends string>(kind: K) =>
  <B>(body: B): { readonly kind: K; readonly body: B } => ({ kind, body });

function read<T>(
  type: string,
  schema: z.core.$ZodType<T>,
  value: JsonObject,
  use: (body: T) => StreamMessage,
): StreamMessage {
  const body = checked(schema, value);
  return body instanceof Unreadable ? malformed(body.detail, type, value) : use(body);
}

function toError({ msg }: z.output<typeof SCHEMAS.error>): VenueError {
  const about = msg.market_ticker === undefined ? '' : ` (${short(msg.market_ticker)})`;
  return {
    kind: 'venue_error',
    code: msg.code,
    detail: `${msg.code}: ${short(msg.msg ?? 'no words')}${about}`,
  };
}

function rare(type: unknown, value: JsonObject, channel: string): StreamMessage {
  if (typeof type !== 'string') return malformed('type is missing', short(channel), value);
  if (NOT_MODELLED.has(type)) return { kind: 'not_modelled', name: type };
  return { kind: 'unknown', name: short(type), detail: `a message of type '${short(type)}'` };
}

function malformed(detail: string, type: string, value: JsonObject): Malformed {
  const msg = isObject(value['msg']) ? value['msg'] : {};
  const symbol = msg['market_ticker'];
  return {
    kind: 'malformed',
    detail: type === '' ? detail : `${type} ${detail}`,
    type,
    symbol: typeof symbol === 'string' && symbol !== '' ? symbol : undefined,
    sid: count(value['sid']),
    seq: count(value['seq']),
  };
}

const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
