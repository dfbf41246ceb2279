import type * as z from 'zod';
import {
  checked,
  isObject,
  isText,
  type JsonObject,
  NOT_JSON,
  parseJson,
  short,
  Unreadable,
} from '../json-fields.ts';
import { CONTRACT_LEVELS_MAX } from '../levels.ts';
import { isBook, isChanges } from './quick.ts';
import {
  type WireBest,
  type WireBook,
  type WireChanges,
  type WireResolved,
  type WireTickChange,
  type WireTrade,
  wireBest,
  wireBook,
  wireChanges,
  wireResolved,
  wireTickChange,
  wireTrade,
} from './schema.ts';

/** What one object of the market channel says; its `kind` is the venue's `event_type` where that is known. */
export type StreamMessage =
  | { readonly kind: 'book'; readonly body: WireBook }
  | { readonly kind: 'price_change'; readonly body: WireChanges }
  | { readonly kind: 'last_trade_price'; readonly body: WireTrade }
  | { readonly kind: 'tick_size_change'; readonly body: WireTickChange }
  | { readonly kind: 'best_bid_ask'; readonly body: WireBest }
  | { readonly kind: 'market_resolved'; readonly body: WireResolved }
  /** Known, and of no use to Deckle: the catalogue is asked for what there is. */
  | { readonly kind: 'new_market' }
  | { readonly kind: 'unknown'; readonly name: string; readonly detail: string }
  /** `name` is its event as far as it still shows one, `tokens` whom it may have been about. */
  | {
      readonly kind: 'malformed';
      readonly name: string | undefined;
      readonly tokens: readonly string[];
      readonly detail: string;
    };

/** One frame of the market channel. */
export type StreamFrame =
  | { readonly kind: 'messages'; readonly messages: readonly StreamMessage[] }
  /** `PONG`. */
  | { readonly kind: 'heartbeat'; readonly text: string }
  /** Plain words, such as `INVALID OPERATION`: a command failed, nothing says which. */
  | { readonly kind: 'refusal'; readonly detail: string };

/** Reads a frame: an object, an array of objects, or plain text. Never throws. */
export function parseStream(raw: string): StreamFrame {
  if (raw === 'PONG' || raw === 'PING') return { kind: 'heartbeat', text: raw };
  if (WORDS.test(raw)) return { kind: 'refusal', detail: short(raw) };
  const value = parseJson(raw);
  if (Array.isArray(value)) return { kind: 'messages', messages: messagesOf(value) };
  if (value === undefined) return { kind: 'messages', messages: [broken(raw, NOT_JSON.detail)] };
  const words = isObject(value) ? wordsOf(value) : undefined;
  return words === undefined
    ? { kind: 'messages', messages: [parseMessage(value)] }
    : { kind: 'refusal', detail: short(words) };
}

/** Several times what the first frame holds: a book of each token of a connection. */
const MESSAGES_MAX = 1_000;

function messagesOf(values: readonly unknown[]): readonly StreamMessage[] {
  if (values.length <= MESSAGES_MAX) return values.map(parseMessage);
  return [malformed(undefined, undefined, `${values.length} messages in one frame`)];
}

const WORDS = /^[A-Za-z][A-Za-z '.,:_-]{2,200}$/;

/** An object that is no event and says so in words. */
function wordsOf(value: JsonObject): string | undefined {
  if (value['event_type'] !== undefined) return undefined;
  return [value['error'], value['message']].find(isText);
}

function parseMessage(value: unknown): StreamMessage {
  if (!isObject(value)) return malformed(value, undefined, 'not an object');
  const { event_type: name }: { readonly event_type?: unknown } = value;
  switch (name) {
    case 'price_change':
      return isChanges(value)
        ? { kind: name, body: value }
        : carefully(name, wireChanges, value, (body) => ({ kind: name, body }));
    case 'book':
      return isBook(value)
        ? { kind: name, body: value }
        : carefully(name, wireBook, value, (body) => ({ kind: name, body }));
    case 'last_trade_price':
      return carefully(name, wireTrade, value, (body) => ({ kind: name, body }));
    case 'tick_size_change':
      return carefully(name, wireTickChange, value, (body) => ({ kind: name, body }));
    case 'best_bid_ask':
      return carefully(name, wireBest, value, (body) => ({ kind: name, body }));
    case 'market_resolved':
      return carefully(name, wireResolved, value, (body) => ({ kind: name, body }));
    case 'new_market':
      return { kind: name };
    default:
      if (typeof name !== 'string' || name === '') return malformed(value, undefined, 'event_type: missing');
      return { kind: 'unknown', name: name.slice(0, 40), detail: `event_type '${short(name)}'` };
  }
}

function carefully<T>(
  name: string,
  schema: z.ZodType<T>,
  value: JsonObject,
  message: (body: T) => StreamMessage,
): StreamMessage {
  const body = checked(schema, value);
  return body instanceof Unreadable ? malformed(value, name, body.detail) : message(body);
}

const malformed = (value: unknown, name: string | undefined, detail: string): StreamMessage => ({
  kind: 'malformed',
  name,
  tokens: tokensOf(value),
  detail: `${name ?? 'message'} ${detail}`,
});

/** Whom a message names that is not what it should be: itself, and one level deep, however deep it is nested. None where it is too long. */
function tokensOf(value: unknown): string[] {
  const { price_changes: changes }: JsonObject & Named = isObject(value) ? value : {};
  const nested: readonly unknown[] = Array.isArray(changes) ? changes : [];
  if (nested.length > CONTRACT_LEVELS_MAX) return [];
  return [...new Set([value, ...nested].flatMap(namesOf).filter(isText))];
}

function namesOf(value: unknown): readonly unknown[] {
  const { asset_id: one, assets_ids: some }: JsonObject & Named = isObject(value) ? value : {};
  return [one, ...(Array.isArray(some) ? some : [])];
}

interface Named {
  readonly asset_id?: unknown;
  readonly assets_ids?: unknown;
  readonly price_changes?: unknown;
}

const EVENT = /"event_type"\s*:\s*"([a-z_]{1,40})"/;
const ASSET = /"asset_id"\s*:\s*"(\d{1,78})"/g;

/** A text that is no JSON: a message cut short still shows what it was. */
function broken(raw: string, detail: string): StreamMessage {
  const tokens = new Set([...raw.matchAll(ASSET)].flatMap(([, token]) => token ?? []));
  const name = EVENT.exec(raw)?.[1];
  return { kind: 'malformed', name, tokens: [...tokens], detail: `${detail}: ${short(raw)}` };
}
