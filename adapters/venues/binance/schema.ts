import * as z from 'zod';
import type { Frame } from '../frame-source.ts';

/** Milliseconds; a time of another length means that the venue was asked for microseconds. */
const time = z
  .int()
  .min(1e12, 'a time must be in milliseconds')
  .max(9_999_999_999_999, 'a time must be in milliseconds');
const id = z.int().min(0);
/** Price and quantity as text; anything the venue may append later is ignored. */
const level = z.tuple([z.string(), z.string()]).rest(z.unknown());

const trade = z.object({
  e: z.literal('trade'),
  E: time,
  s: z.string(),
  t: id,
  p: z.string(),
  q: z.string(),
  T: time,
  m: z.boolean(),
});

const aggTrade = z
  .object({
    e: z.literal('aggTrade'),
    E: time,
    s: z.string(),
    a: id,
    p: z.string(),
    q: z.string(),
    f: id,
    l: id,
    T: time,
    m: z.boolean(),
  })
  .refine((one) => one.f <= one.l, { path: ['l'], message: 'the last trade id is before the first' });

const depthUpdate = z
  .object({
    e: z.literal('depthUpdate'),
    E: time,
    s: z.string(),
    U: id,
    u: id,
    b: z.array(level),
    a: z.array(level),
  })
  .refine((one) => one.U <= one.u, { path: ['u'], message: 'the last update id is before the first' });

const bookTicker = z.object({
  u: id,
  s: z.string(),
  b: z.string(),
  B: z.string(),
  a: z.string(),
  A: z.string(),
});

/** A new, empty symbol reports -1. */
const depthSnapshot = z.object({ lastUpdateId: z.int().min(-1), bids: z.array(level), asks: z.array(level) });

const exchangeInfo = z.object({ symbols: z.array(z.looseObject({ symbol: z.string() })) });

/** One symbol's rules; filters of other types are ignored. */
export const exchangeSymbol = z.object({
  symbol: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  filters: z.array(
    z.looseObject({
      filterType: z.string(),
      minPrice: z.string().optional(),
      maxPrice: z.string().optional(),
      tickSize: z.string().optional(),
      minQty: z.string().optional(),
      maxQty: z.string().optional(),
      stepSize: z.string().optional(),
      minNotional: z.string().optional(),
    }),
  ),
});

export type WireTrade = z.output<typeof trade>;
export type WireAggTrade = z.output<typeof aggTrade>;
export type WireDepthUpdate = z.output<typeof depthUpdate>;
export type WireBookTicker = z.output<typeof bookTicker>;
export type WireDepthSnapshot = z.output<typeof depthSnapshot>;
export type WireExchangeInfo = z.output<typeof exchangeInfo>;
export type WireExchangeSymbol = z.output<typeof exchangeSymbol>;

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

/** Reads any message in any layout. Never throws; a malformed message says which field is wrong. */
export function parseMessage(frame: Frame): WireMessage {
  if (RECORDER_EVENTS.has(frame.channel)) return { kind: 'not_modelled', name: frame.channel };
  let value: unknown;
  try {
    value = JSON.parse(frame.raw);
  } catch {
    return malformed('not JSON', undefined, channelTopic(frame.channel), frame);
  }
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
  if (!isRecord(value)) return malformed('a REST answer must be an object', undefined, 'other', frame);
  if (typeof value.code === 'number') return { kind: 'venue_error', detail: errorText(value) };
  const path = frame.url?.split('?')[0] ?? frame.channel;
  if ('symbols' in value || path.endsWith('exchangeInfo'))
    return parsed(exchangeInfo, value, frame, (body) => ({ kind: 'exchangeInfo', body }));
  if ('lastUpdateId' in value || path.endsWith('/depth')) {
    const symbol = restSymbol(frame);
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
  if ('serverTime' in value || Object.keys(value).length === 0) return { kind: 'not_modelled', name: 'rest' };
  return unknown('rest', `a REST answer on '${short(frame.channel)}'`);
}

/** From `rest:depth:btcusdt`, else from the request's `symbol=`. */
function restSymbol(frame: Frame): string | undefined {
  const [, , named] = frame.channel.split(':');
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
  schema: z.ZodType<T>,
  data: LooseObject,
  frame: Frame,
  use: (body: T) => WireMessage,
): WireMessage {
  const result = schema.safeParse(data);
  if (result.success) return use(result.data);
  const issue = result.error.issues[0];
  const event = typeof data.e === 'string' ? data.e : undefined;
  const topic = event === undefined ? channelTopic(frame.channel) : eventTopic(event);
  const field = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return malformed(`${field}${issue?.message ?? 'unreadable'}`, symbolOf(data), topic, frame);
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

function errorText(error: unknown): string {
  if (!isRecord(error)) return short(String(error));
  return `${String(error.code)}: ${short(String(error.msg))}`;
}

/** Venue text is shown to people; a broken frame must not flood a log. */
const short = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 120)}…`);

/** Any JSON object; the keys that tell messages apart, nothing said of what they hold. */
interface LooseObject {
  readonly stream?: unknown;
  readonly data?: unknown;
  readonly e?: unknown;
  readonly s?: unknown;
  readonly code?: unknown;
  readonly msg?: unknown;
  readonly error?: unknown;
}

const isRecord = (value: unknown): value is LooseObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
