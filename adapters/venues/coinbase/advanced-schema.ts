import * as z from 'zod/mini';
import { checked, isObject, listOf, Unreadable } from '../json-fields.ts';

const sequence = z.int().check(z.minimum(0));
const type = z.enum(['snapshot', 'update']);

/** What every message of Advanced Trade is wrapped in. */
const envelope = z.object({
  channel: z.string(),
  timestamp: z.string(),
  sequence_num: sequence,
  events: z.array(z.unknown()),
});
export type WireEnvelope = z.output<typeof envelope>;

const levelEvent = z.object({
  type,
  product_id: z.string(),
  updates: listOf(
    z.object({ side: z.enum(['bid', 'offer']), price_level: z.string(), new_quantity: z.string() }),
  ),
});
export type WireLevelEvent = z.output<typeof levelEvent>;

const trade = z.object({
  trade_id: z.string(),
  product_id: z.string(),
  price: z.string(),
  size: z.string(),
  side: z.enum(['BUY', 'SELL']),
  time: z.string(),
});
export type WireAdvancedTrade = z.output<typeof trade>;

const tradesEvent = z.object({ type, trades: listOf(trade) });
export type WireTradesEvent = z.output<typeof tradesEvent>;

/** `ticker_batch` carries no best prices. */
const tickerEvent = z.object({
  tickers: listOf(
    z.object({ product_id: z.string(), best_bid: z.optional(z.string()), best_ask: z.optional(z.string()) }),
  ),
});
export type WireTickerEvent = z.output<typeof tickerEvent>;

const statusEvent = z.object({ products: listOf(z.object({ id: z.string(), status: z.string() })) });
export type WireStatusEvent = z.output<typeof statusEvent>;

const restLevel = z.object({ price: z.string(), size: z.string() });
const productBook = z.object({
  pricebook: z.object({
    product_id: z.string(),
    bids: listOf(restLevel),
    asks: listOf(restLevel),
    time: z.optional(z.string()),
  }),
});
export type WireProductBook = z.output<typeof productBook>;

const restTrades = z.object({ trades: listOf(trade) });
export type WireRestTrades = z.output<typeof restTrades>;

/** Only what tells products apart: the rules of those that are followed are read one by one. */
const productList = z.object({ products: listOf(z.looseObject({ product_id: z.string() })) });
export type WireProductList = z.output<typeof productList>;

export function toEnvelope(value: unknown): WireEnvelope | Unreadable {
  if (!isObject(value)) return new Unreadable('not an object');
  const { channel, timestamp, sequence_num: number, events } = value;
  if (typeof channel !== 'string' || typeof timestamp !== 'string' || !Array.isArray(events))
    return checked(envelope, value);
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0
    ? { channel, timestamp, sequence_num: number, events }
    : checked(envelope, value);
}

export const toLevelEvent = (value: unknown, path: string): WireLevelEvent | Unreadable =>
  isLevelEvent(value) ? value : checked(levelEvent, value, path);

export const toTradesEvent = (value: unknown, path: string): WireTradesEvent | Unreadable =>
  isTradesEvent(value) ? value : checked(tradesEvent, value, path);

export const toTickerEvent = (value: unknown, path: string): WireTickerEvent | Unreadable =>
  isTickerEvent(value) ? value : checked(tickerEvent, value, path);

export const toStatusEvent = (value: unknown, path: string): WireStatusEvent | Unreadable =>
  checked(statusEvent, value, path);
export const toProductBook = (value: unknown): WireProductBook | Unreadable => checked(productBook, value);
export const toRestTrades = (value: unknown): WireRestTrades | Unreadable => checked(restTrades, value);
export const toProductList = (value: unknown): WireProductList | Unreadable => checked(productList, value);

/** All events of a message, or what is wrong with the first that is malformed. */
export function parseEvents<T>(
  events: readonly unknown[],
  parse: (event: unknown, path: string) => T | Unreadable,
): readonly T[] | Unreadable {
  const parsed: T[] = [];
  for (const [n, event] of events.entries()) {
    const one = parse(event, `events.${n}`);
    if (one instanceof Unreadable) return one;
    parsed.push(one);
  }
  return parsed;
}

/** The product that an event is about, as far as a broken one still shows. */
export const productOf = (event: unknown): string | undefined =>
  isObject(event) && typeof event['product_id'] === 'string' ? event['product_id'] : undefined;

/** The products that the events of a message name, or the entries of their lists, as far as broken ones still show. */
export function productsOf(events: readonly unknown[]): ReadonlySet<string> {
  const products = new Set<string>();
  for (const event of events) {
    const lists = isObject(event) ? Object.values(event).filter((value) => Array.isArray(value)) : [];
    for (const one of [event, ...lists.flat()]) {
      const product = productOf(one);
      if (product !== undefined) products.add(product);
    }
  }
  return products;
}

const isType = (value: unknown): boolean => value === 'update' || value === 'snapshot';

/** The looks by hand below accept what the schemas accept; a busy book would pay more for the schema than for all the rest. */
function isLevelEvent(value: unknown): value is WireLevelEvent {
  if (!isObject(value) || !isType(value['type']) || typeof value['product_id'] !== 'string') return false;
  const { updates } = value;
  return Array.isArray(updates) && updates.every(isLevel);
}

const isLevel = (value: unknown): boolean =>
  isObject(value) &&
  (value['side'] === 'bid' || value['side'] === 'offer') &&
  typeof value['price_level'] === 'string' &&
  typeof value['new_quantity'] === 'string';

const isTradesEvent = (value: unknown): value is WireTradesEvent =>
  isObject(value) &&
  isType(value['type']) &&
  Array.isArray(value['trades']) &&
  value['trades'].every(isTrade);

const isTrade = (value: unknown): boolean =>
  isObject(value) &&
  (value['side'] === 'BUY' || value['side'] === 'SELL') &&
  ['trade_id', 'product_id', 'price', 'size', 'time'].every((field) => typeof value[field] === 'string');

const isTickerEvent = (value: unknown): value is WireTickerEvent =>
  isObject(value) && Array.isArray(value['tickers']) && value['tickers'].every(isTicker);

const isTicker = (value: unknown): boolean =>
  isObject(value) &&
  ['product_id', 'best_bid', 'best_ask'].every((field) => typeof value[field] === 'string');
