import type { Frame } from '../frame-source.ts';
import { NOT_JSON, parseJson, short } from '../json-fields.ts';
import { decodePush } from './proto.ts';
import {
  BODIES,
  type BodyName,
  isJsonPush,
  isRecord,
  type LooseObject,
  parseDepthAnswer,
  parseExchangeInfo,
  parsePush,
  parseTradesAnswer,
  type WireDepthAnswer,
  type WirePush,
  type WireTradesAnswer,
} from './schema.ts';
import { readSubscriptionAnswer } from './subscription-answer.ts';

/** What a frame of MEXC holds. */
export type MexcMessage =
  | { readonly kind: 'push'; readonly body: BodyName; readonly push: WirePush }
  | {
      readonly kind: 'depth';
      readonly symbol: string;
      readonly limit: number;
      readonly answer: WireDepthAnswer;
    }
  | {
      readonly kind: 'trades';
      readonly symbol: string;
      readonly limit: number;
      readonly answer: WireTradesAnswer;
    }
  | { readonly kind: 'exchangeInfo'; readonly symbols: readonly { readonly symbol: string }[] }
  /** Known, and of no use to the reader. */
  | { readonly kind: 'not_modelled'; readonly name: string }
  | { readonly kind: 'venue_error'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly detail: string }
  /** `push` as far as it could be read. */
  | { readonly kind: 'malformed'; readonly detail: string; readonly push: WirePush | undefined };

/** Levels and trades of a REST answer whose request names no limit. */
const DEPTH_LIMIT = 100;
const TRADES_LIMIT = 500;

/** Reads any frame. Never throws; a malformed message says which field is wrong. */
export function readMessage(frame: Frame): MexcMessage {
  if (frame.encoding === 'base64') {
    const push = decodePush(frame.raw);
    return push instanceof Error ? malformed(frame, push.message) : withBody(push, frame);
  }
  const value = parseJson(frame.raw);
  if (isRest(frame)) return readAnswer(value, frame);
  if (!isRecord(value)) return malformed(frame, 'neither a JSON object nor marked as binary');
  if (isJsonPush(value)) {
    const push = parsePush(value);
    return typeof push === 'string' ? malformed(frame, push) : withBody(push, frame);
  }
  return readControl(value);
}

const isRest = ({ channel }: Frame): boolean => channel === 'rest' || channel.startsWith('rest:');

function withBody(push: WirePush, frame: Frame): MexcMessage {
  let body: BodyName | undefined;
  for (const name of BODIES) {
    if (push[name] === null || push[name] === undefined) continue;
    if (body !== undefined) return malformed(frame, `${name}: a second body beside ${body}`, push);
    body = name;
  }
  if (body !== undefined) return { kind: 'push', body, push };
  // Of the name only what tells kinds apart: a symbol in it would be counted as a kind of its own.
  const name = short(push.channel.split('@').slice(0, 2).join('@'));
  return { kind: 'unknown', name, detail: `a message on '${short(push.channel)}' without a known body` };
}

function readControl({ code, msg }: LooseObject): MexcMessage {
  if (typeof code !== 'number' || typeof msg !== 'string')
    return { kind: 'unknown', name: '', detail: 'a text message that is no acknowledgement' };
  if (code !== 0) return { kind: 'venue_error', detail: `${code}: ${short(msg)}` };
  if (msg === 'PONG') return { kind: 'not_modelled', name: 'PONG' };
  const { refused, good, reason } = readSubscriptionAnswer(msg);
  if (refused.length > 0)
    return { kind: 'venue_error', detail: short(`not subscribed: ${refused.join(', ')}: ${reason}`) };
  return good.length > 0
    ? { kind: 'not_modelled', name: 'SUBSCRIPTION' }
    : { kind: 'venue_error', detail: short(msg) };
}

function readAnswer(value: unknown, frame: Frame): MexcMessage {
  if (value === undefined) return malformed(frame, NOT_JSON.detail);
  if (isRecord(value) && typeof value.code === 'number' && value.code !== 200)
    return {
      kind: 'venue_error',
      detail: `${value.code}: ${short(typeof value.msg === 'string' ? value.msg : `msg is no text but ${typeof value.msg}`)}`,
    };
  const endpoint = endpointOf(frame);
  if (endpoint === 'exchangeInfo' || (isRecord(value) && 'symbols' in value)) {
    const info = parseExchangeInfo(value);
    if (typeof info === 'string') return malformed(frame, info);
    return { kind: 'exchangeInfo', symbols: info.symbols };
  }
  if (endpoint === 'depth' || (isRecord(value) && 'lastUpdateId' in value)) {
    const answer = parseDepthAnswer(value);
    if (typeof answer === 'string') return malformed(frame, answer);
    return { kind: 'depth', symbol: askedSymbol(frame), limit: askedLimit(frame, DEPTH_LIMIT), answer };
  }
  if (endpoint === 'trades') {
    const answer = parseTradesAnswer(value);
    if (typeof answer === 'string') return malformed(frame, answer);
    return { kind: 'trades', symbol: askedSymbol(frame), limit: askedLimit(frame, TRADES_LIMIT), answer };
  }
  if (OTHER_ENDPOINTS.has(endpoint)) return { kind: 'not_modelled', name: endpoint };
  if (isRecord(value) && 'serverTime' in value) return { kind: 'not_modelled', name: 'time' };
  return { kind: 'unknown', name: 'rest', detail: `a REST answer on '${short(frame.channel)}'` };
}

const OTHER_ENDPOINTS: ReadonlySet<string> = new Set([
  'ping',
  'time',
  'defaultSymbols',
  'aggTrades',
  'klines',
  'avgPrice',
  'ticker/24hr',
  'ticker/price',
  'ticker/bookTicker',
]);

/** From `rest:depth:BTCUSDT`, else from the request's path. */
function endpointOf({ channel, url }: Frame): string {
  const [, named = ''] = channel.split(':', 2);
  return named === '' ? (/\/api\/v3\/([A-Za-z0-9/]{1,40})/.exec(url ?? '')?.[1] ?? '') : named;
}

/** The symbol that a REST answer is about; empty when neither the channel nor the request names one. */
export function askedSymbol({ channel, url }: Frame): string {
  const [, , named = ''] = channel.split(':', 3);
  return (
    named === '' ? (/[?&]symbol=([A-Za-z0-9_]{1,40})/.exec(url ?? '')?.[1] ?? '') : named
  ).toUpperCase();
}

const askedLimit = ({ url }: Frame, ifSilent: number): number =>
  Number(/[?&]limit=(\d{1,5})(?:&|$)/.exec(url ?? '')?.[1] ?? ifSilent);

const malformed = (frame: Frame, detail: string, push?: WirePush): MexcMessage => ({
  kind: 'malformed',
  detail: `${short(frame.channel)}: ${short(detail)}`,
  push,
});
