import * as z from 'zod';
import type { Frame } from '../frame-source.ts';
import {
  checked,
  isObject,
  type JsonObject,
  listOf,
  NOT_JSON,
  parseJson,
  short,
  Unreadable,
} from '../json-fields.ts';
import { type ListedMarket, marketsOf } from './listed-markets.ts';
import type { Malformed, VenueError } from './messages.ts';
import type { WireLevels, WireTrade } from './schema.ts';

/** An answer by REST, by the names of its fields. */
export type RestMessage =
  | {
      readonly kind: 'markets';
      readonly name: string;
      readonly markets: readonly ListedMarket[];
      /** The venue was asked for all it has, not for some markets. */
      readonly isWhole: boolean;
    }
  | { readonly kind: 'orderbooks'; readonly name: string; readonly books: readonly RestBook[] }
  /** A book of nobody knows which market, since a recorder did not keep the request. */
  | { readonly kind: 'nameless_book'; readonly name: string; readonly detail: string }
  | { readonly kind: 'trades'; readonly name: string; readonly trades: readonly WireTrade['msg'][] }
  /** Known, and of no use to a reader of the market. */
  | { readonly kind: 'not_modelled'; readonly name: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly detail: string }
  | VenueError
  | Malformed;

/** A whole picture of a book without any number that places it in the stream. */
export interface RestBook {
  readonly symbol: string;
  readonly yes: WireLevels;
  readonly no: WireLevels;
}

/** Answers that say nothing of books, trades or rules, by a field that each has. */
const ASIDE = [
  'series',
  'candlesticks',
  'market_candlesticks',
  'exchange_active',
  'schedule',
  'series_fee_change_arr',
  'event_fee_change_arr',
  'event_fee_changes',
] as const;

/** Reads an answer. Never throws; a malformed one says which field is wrong. */
export function parseRest(frame: Pick<Frame, 'raw' | 'channel' | 'url'>): RestMessage {
  const value = parseJson(frame.raw);
  if (value === undefined) return malformed(NOT_JSON.detail, frame);
  if (!isObject(value)) return malformed('not an object', frame);
  if ('error' in value || ('code' in value && 'message' in value)) return toError(value);
  if ('orderbooks' in value) return toBooks(value, frame);
  if ('orderbook_fp' in value || 'orderbook' in value) return toBook(value, frame);
  if ('trades' in value) return toTrades(value, frame);
  const markets = marketsOf(value);
  if (markets !== undefined)
    return { kind: 'markets', ...markets, isWhole: isWhole(markets.name, frame.url) };
  const aside = ASIDE.find((field) => field in value) ?? ('markets' in value ? 'candlesticks' : undefined);
  if (aside !== undefined) return { kind: 'not_modelled', name: aside };
  return { kind: 'unknown', name: 'rest', detail: `an answer on '${short(frame.channel)}'` };
}

const isWhole = (name: string, url = ''): boolean =>
  (name === 'markets' || name === 'events') && !/[?&](tickers|event_ticker|series_ticker)=/.test(url);

/** Older answers count contracts as whole numbers. */
const size = z.union([z.string(), z.int().min(0).transform(String)]);
const side = z.nullish(listOf(z.tuple([z.string(), size]).rest(z.unknown())));
const book = z.object({ yes_dollars: side, no_dollars: side });

function toBook(value: JsonObject, frame: Pick<Frame, 'channel' | 'url'>): RestMessage {
  const symbol = symbolOf(frame);
  if (symbol === undefined)
    return {
      kind: 'nameless_book',
      name: 'orderbook',
      detail: `${short(frame.channel)}: of which market is not known`,
    };
  const read = readBook(value, symbol, '');
  return read instanceof Unreadable
    ? malformed(read.detail, frame, symbol)
    : { kind: 'orderbooks', name: 'orderbook', books: [read] };
}

function toBooks(value: JsonObject, frame: Pick<Frame, 'channel' | 'url'>): RestMessage {
  const { orderbooks } = value;
  if (!Array.isArray(orderbooks)) return malformed('orderbooks: must be a list', frame);
  const books: RestBook[] = [];
  for (const [n, one] of orderbooks.entries()) {
    const symbol: unknown = isObject(one) ? one['ticker'] : undefined;
    const path = `orderbooks.${n}`;
    if (!isObject(one) || typeof symbol !== 'string')
      return malformed(`${path}.ticker: must be a text`, frame);
    const read = readBook(one, symbol, path);
    if (read instanceof Unreadable) return malformed(read.detail, frame, symbol);
    books.push(read);
  }
  return { kind: 'orderbooks', name: 'orderbooks', books };
}

function readBook(value: JsonObject, symbol: string, path: string): RestBook | Unreadable {
  const field = 'orderbook_fp' in value ? 'orderbook_fp' : 'orderbook';
  const read = checked(book, value[field], path === '' ? field : `${path}.${field}`);
  if (read instanceof Unreadable) return read;
  return { symbol, yes: read.yes_dollars ?? [], no: read.no_dollars ?? [] };
}

const restTrade = z.object({
  ticker: z.string().min(1),
  trade_id: z.string().min(1),
  yes_price_dollars: z.string(),
  count_fp: z.string().optional(),
  count: z.int().min(0).optional(),
  taker_book_side: z.string().optional(),
  taker_outcome_side: z.string().optional(),
  taker_side: z.string().optional(),
  is_block_trade: z.boolean().optional(),
  created_time: z.string(),
});

function toTrades(value: JsonObject, frame: Pick<Frame, 'channel' | 'url'>): RestMessage {
  const trades = checked(listOf(restTrade), value['trades'], 'trades');
  if (trades instanceof Unreadable) return malformed(trades.detail, frame);
  return {
    kind: 'trades',
    name: 'trades',
    trades: trades.map(({ ticker, count_fp, count, created_time, ...trade }) => ({
      ...trade,
      market_ticker: ticker,
      count_fp: count_fp ?? String(count ?? ''),
      ts: created_time,
    })),
  };
}

/** `{"error":"words"}` or `{"error":{"code":"word","message":"words"}}`. */
function toError(value: JsonObject): VenueError {
  const { error = value } = value;
  const { code, message }: { code?: unknown; message?: unknown } = isObject(error)
    ? error
    : { message: error };
  const words = [code, message].flatMap((one) => (typeof one === 'string' ? [short(one)] : []));
  return { kind: 'venue_error', code: undefined, detail: words.length > 0 ? words.join(': ') : 'no words' };
}

/** From `rest:orderbook:<ticker>`, else from the request's path. */
function symbolOf({ channel, url }: Pick<Frame, 'channel' | 'url'>): string | undefined {
  const [, , named] = channel.split(':');
  if (named !== undefined && named !== '') return named;
  return /\/markets\/([^/?]+)\/orderbook(?:\?|$)/.exec(url ?? '')?.[1];
}

const malformed = (detail: string, { channel }: Pick<Frame, 'channel'>, symbol?: string): Malformed => ({
  kind: 'malformed',
  detail: `${short(channel)} ${detail}`,
  type: 'rest',
  symbol,
  sid: undefined,
  seq: undefined,
});
