import type { Frame } from '../frame-source.ts';
import { checked, NOT_JSON, parseJson, short, Unreadable } from '../json-fields.ts';
import {
  aggTrade,
  answeredTrades,
  bookTicker,
  depthSnapshot,
  depthUpdate,
  errorText,
  exchangeInfo,
  isRecord,
  type LooseObject,
  trade,
  type WireAggTrade,
  type WireAnsweredTrade,
  type WireBookTicker,
  type WireDepthSnapshot,
  type WireDepthUpdate,
  type WireExchangeInfo,
  type WireTrade,
} from './schema.ts';

/** What a message was meant to change, as far as a broken one still shows. */
export type Topic = 'trade' | 'depthUpdate' | 'bookTicker' | 'other';

export type WireMessage =
  | { readonly kind: 'trade'; readonly body: WireTrade }
  | { readonly kind: 'aggTrade'; readonly body: WireAggTrade }
  | { readonly kind: 'depthUpdate'; readonly body: WireDepthUpdate }
  | { readonly kind: 'bookTicker'; readonly body: WireBookTicker }
  | {
      readonly kind: 'depthSnapshot';
      readonly symbol: string;
      readonly limit: number | undefined;
      readonly body: WireDepthSnapshot;
    }
  /** The newest trades by REST. */
  | { readonly kind: 'trades'; readonly symbol: string; readonly body: readonly WireAnsweredTrade[] }
  | { readonly kind: 'exchangeInfo'; readonly body: WireExchangeInfo }
  /** Known, and of no use to Deckle; `symbol` where it is about one. */
  | { readonly kind: 'not_modelled'; readonly name: string; readonly symbol?: string | undefined }
  | { readonly kind: 'acknowledgement' }
  | { readonly kind: 'venue_error'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly detail: string }
  | {
      readonly kind: 'malformed';
      readonly detail: string;
      readonly symbol: string | undefined;
      readonly topic: Topic;
    };

const NOT_MODELLED: ReadonlySet<string> = new Set([
  'kline',
  '24hrTicker',
  '24hrMiniTicker',
  '1hTicker',
  '4hTicker',
  '1dTicker',
  'avgPrice',
  'referencePrice',
  'blockTrade',
  'serverShutdown',
]);
/** Lines that a recorder writes about its own connection. */
const RECORDER_EVENTS: ReadonlySet<string> = new Set([
  'connect',
  'disconnect',
  'send',
  'ws_connected',
  'ws_closed',
]);

/** REST answers of no use to the reader of a feed. */
const ANSWERS_NOT_MODELLED: ReadonlySet<string> = new Set([
  'klines',
  'uiKlines',
  'aggTrades',
  'historicalTrades',
  'avgPrice',
  'ticker',
  'ticker/24hr',
  'ticker/price',
  'ticker/bookTicker',
  'referencePrice',
  'executionRules',
]);

/** Reads any message in any layout. Never throws; a malformed message says which field is wrong. */
export function parseMessage(frame: Frame): WireMessage {
  if (RECORDER_EVENTS.has(frame.channel)) return { kind: 'not_modelled', name: frame.channel };
  const value = parseJson(frame.raw);
  if (value === undefined) return malformed(NOT_JSON.detail, undefined, channelTopic(frame.channel), frame);
  if (isRest(frame)) return parseRest(value, frame);
  const stream = streamOf(value, frame.channel);
  const data = isRecord(value) && 'stream' in value ? value.data : value;
  if (Array.isArray(data)) return { kind: 'not_modelled', name: stream };
  if (!isRecord(data)) return malformed('not an object', undefined, channelTopic(stream), frame);
  return parseStream(data, stream, frame);
}

const isRest = (frame: Frame): boolean => frame.channel === 'rest' || frame.channel.startsWith('rest:');

function parseStream(data: LooseObject, stream: string, frame: Frame): WireMessage {
  const event = data.e;
  if (event === 'trade') return parsed(trade, data, frame, (body) => ({ kind: 'trade', body }));
  if (event === 'aggTrade') return parsed(aggTrade, data, frame, (body) => ({ kind: 'aggTrade', body }));
  if (event === 'depthUpdate')
    return parsed(depthUpdate, data, frame, (body) => ({ kind: 'depthUpdate', body }));
  if (typeof event === 'string') {
    return NOT_MODELLED.has(event)
      ? { kind: 'not_modelled', name: event, symbol: symbolOf(data) }
      : unknown(short(event), `event '${short(event)}'`);
  }
  if (event !== undefined) return malformed('e must be a text', symbolOf(data), channelTopic(stream), frame);
  if ('lastUpdateId' in data) return { kind: 'not_modelled', name: 'partialDepth' };
  if (('u' in data && 's' in data) || stream.endsWith('@bookTicker')) {
    return parsed(bookTicker, data, frame, (body) => ({ kind: 'bookTicker', body }));
  }
  const error = data.error ?? (typeof data.code === 'number' ? data : undefined);
  if (error !== undefined) return { kind: 'venue_error', detail: errorText(error) };
  if ('result' in data && 'id' in data) return { kind: 'acknowledgement' };
  const topic = channelTopic(stream);
  if (topic !== 'other') return malformed('e is missing', symbolOf(data), topic, frame);
  return unknown('', `a message on '${short(stream)}' without an event type`);
}

function parseRest(value: unknown, frame: Frame): WireMessage {
  if (isRecord(value) && typeof value.code === 'number')
    return { kind: 'venue_error', detail: errorText(value) };
  const endpoint = endpointOf(frame);
  const symbol = restSymbol(frame);
  if (ANSWERS_NOT_MODELLED.has(endpoint)) return { kind: 'not_modelled', name: endpoint, symbol };
  if (endpoint === 'trades') return parseTrades(value, symbol, frame);
  if (!isRecord(value)) return malformed('a REST answer must be an object', undefined, 'other', frame);
  if ('symbols' in value || endpoint === 'exchangeInfo')
    return parsed(exchangeInfo, value, frame, (body) => ({ kind: 'exchangeInfo', body }));
  if ('lastUpdateId' in value || endpoint === 'depth') return parseSnapshot(value, symbol, frame);
  if ('serverTime' in value || Object.keys(value).length === 0) return { kind: 'not_modelled', name: 'rest' };
  return unknown('rest', `a REST answer on '${short(frame.channel)}'`);
}

function parseTrades(value: unknown, symbol: string | undefined, frame: Frame): WireMessage {
  if (symbol === undefined)
    return malformed('trades whose request names no symbol', undefined, 'other', frame);
  const trades = checked(answeredTrades, value);
  if (trades instanceof Unreadable) return malformed(trades.detail, symbol, 'other', frame);
  return { kind: 'trades', symbol, body: trades };
}

function parseSnapshot(value: LooseObject, symbol: string | undefined, frame: Frame): WireMessage {
  if (symbol === undefined)
    return malformed('a depth snapshot whose request names no symbol', undefined, 'other', frame);
  const limit = Number(/[?&]limit=(\d{1,5})(?:&|$)/.exec(frame.url ?? '')?.[1] ?? Number.NaN);
  return parsed(depthSnapshot, value, frame, (body) => ({
    kind: 'depthSnapshot',
    symbol,
    limit: Number.isNaN(limit) ? undefined : limit,
    body,
  }));
}

/** What was asked for: `depth` of `rest:depth:btcusdt`, else of the request's address. */
function endpointOf(frame: Frame): string {
  const [, named] = frame.channel.split(':');
  return named ?? /\/api\/v\d+\/([^?]+)/.exec(frame.url ?? '')?.[1] ?? '';
}

/** From `rest:depth:btcusdt` or `rest:klines:1m:btcusdt`, else from the request's `symbol=`. */
function restSymbol(frame: Frame): string | undefined {
  const named = frame.channel.split(':').slice(2).at(-1);
  if (named !== undefined && named !== '') return named.toUpperCase();
  const asked = /[?&]symbol=([^&]+)/.exec(frame.url ?? '')?.[1];
  if (asked === undefined) return undefined;
  try {
    return decodeURIComponent(asked).toUpperCase();
  } catch {
    return undefined;
  }
}

function parsed<T>(
  schema: Parameters<typeof checked<T>>[0],
  data: LooseObject,
  frame: Frame,
  use: (body: T) => WireMessage,
): WireMessage {
  const result = checked(schema, data);
  if (!(result instanceof Unreadable)) return use(result);
  const topic = typeof data.e === 'string' ? eventTopic(data.e) : channelTopic(frame.channel);
  return malformed(result.detail, symbolOf(data), topic, frame);
}

function malformed(detail: string, symbol: string | undefined, topic: Topic, frame: Frame): WireMessage {
  const fromChannel = /^([^@:]+)@/.exec(frame.channel)?.[1]?.toUpperCase();
  return {
    kind: 'malformed',
    detail: `${short(frame.channel)}: ${detail}`,
    symbol: symbol ?? fromChannel,
    topic,
  };
}

const unknown = (name: string, detail: string): WireMessage => ({ kind: 'unknown', name, detail });

function streamOf(value: unknown, channel: string): string {
  const stream = isRecord(value) ? value.stream : undefined;
  return typeof stream === 'string' ? stream : channel;
}

const symbolOf = (data: LooseObject): string | undefined => (typeof data.s === 'string' ? data.s : undefined);

const eventTopic = (event: string): Topic =>
  event === 'depthUpdate' ? 'depthUpdate' : event === 'trade' || event === 'aggTrade' ? 'trade' : 'other';

function channelTopic(channel: string): Topic {
  if (/@depth(@\d+ms)?$/.test(channel)) return 'depthUpdate';
  if (/@(trade|aggTrade)$/.test(channel)) return 'trade';
  return channel.endsWith('@bookTicker') ? 'bookTicker' : 'other';
}
