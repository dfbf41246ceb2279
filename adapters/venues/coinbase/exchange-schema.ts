import * as z from 'zod/mini';
import { checked, isObject, listOf, type Unreadable } from '../json-fields.ts';

const id = z.int().check(z.minimum(0));
/** Price and size; REST adds the number of orders. */
const level = z.tuple([z.string(), z.string()], z.unknown());

const snapshot = z.object({
  product_id: z.string(),
  bids: listOf(level),
  asks: listOf(level),
  time: z.optional(z.string()),
});
export type WireSnapshot = z.output<typeof snapshot>;

const l2update = z.object({
  product_id: z.string(),
  time: z.optional(z.string()),
  changes: listOf(z.tuple([z.enum(['buy', 'sell']), z.string(), z.string()], z.unknown())),
});
export type WireL2Update = z.output<typeof l2update>;

const trade = z.object({
  trade_id: id,
  price: z.string(),
  size: z.string(),
  side: z.enum(['buy', 'sell']),
  time: z.string(),
});
export type WireExchangeTrade = z.output<typeof trade>;

const match = z.extend(trade, { product_id: z.string() });
export type WireMatch = z.output<typeof match>;

const heartbeat = z.object({ product_id: z.string(), last_trade_id: id, time: z.optional(z.string()) });
export type WireHeartbeat = z.output<typeof heartbeat>;

/** `ticker_batch` and products without a trade may lack the best prices. */
const ticker = z.object({
  product_id: z.string(),
  best_bid: z.optional(z.string()),
  best_ask: z.optional(z.string()),
});
export type WireTicker = z.output<typeof ticker>;

const status = z.object({ products: listOf(z.looseObject({ id: z.string() })) });
export type WireStatus = z.output<typeof status>;

const restBook = z.object({ bids: listOf(level), asks: listOf(level), time: z.optional(z.string()) });
export type WireRestBook = z.output<typeof restBook>;
const restTrades = listOf(trade);
/** Only what tells products apart: the rules of those that are followed are read one by one. */
const productList = listOf(z.looseObject({ id: z.string() }));
export type WireProductList = z.output<typeof productList>;

export const toSnapshot = (value: unknown): WireSnapshot | Unreadable =>
  isSnapshot(value) ? value : checked(snapshot, value);
export const toL2Update = (value: unknown): WireL2Update | Unreadable =>
  isL2Update(value) ? value : checked(l2update, value);
export const toMatch = (value: unknown): WireMatch | Unreadable =>
  isMatch(value) ? value : checked(match, value);
export const toHeartbeat = (value: unknown): WireHeartbeat | Unreadable => checked(heartbeat, value);
export const toTicker = (value: unknown): WireTicker | Unreadable =>
  isTicker(value) ? value : checked(ticker, value);
export const toStatus = (value: unknown): WireStatus | Unreadable => checked(status, value);
export const toRestBook = (value: unknown): WireRestBook | Unreadable =>
  isObject(value) && isSides(value) && typeof value['time'] === 'string'
    ? (value as WireRestBook)
    : checked(restBook, value);
export const toRestTrades = (value: unknown): readonly WireExchangeTrade[] | Unreadable =>
  checked(restTrades, value);
export const toProductList = (value: unknown): WireProductList | Unreadable => checked(productList, value);

/** The looks by hand below accept what the schemas accept; a busy book would pay more for the schema than for all the rest. */
const isSnapshot = (value: unknown): value is WireSnapshot =>
  isObject(value) && typeof value['product_id'] === 'string' && isSides(value);

const isSides = (value: Readonly<Record<string, unknown>>): boolean =>
  isLevels(value['bids']) && isLevels(value['asks']);

const isLevels = (value: unknown): boolean => Array.isArray(value) && value.every(isLevel);

const isLevel = (value: unknown): boolean =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string';

function isL2Update(value: unknown): value is WireL2Update {
  if (!isObject(value) || typeof value['product_id'] !== 'string' || typeof value['time'] !== 'string')
    return false;
  const { changes } = value;
  return Array.isArray(changes) && changes.every(isChange);
}

const isChange = (value: unknown): boolean =>
  Array.isArray(value) &&
  (value[0] === 'buy' || value[0] === 'sell') &&
  typeof value[1] === 'string' &&
  typeof value[2] === 'string';

function isMatch(value: unknown): value is WireMatch {
  if (!isObject(value)) return false;
  const { trade_id: number, side } = value;
  return (
    typeof number === 'number' &&
    Number.isSafeInteger(number) &&
    number >= 0 &&
    (side === 'buy' || side === 'sell') &&
    ['product_id', 'price', 'size', 'time'].every((field) => typeof value[field] === 'string')
  );
}

const isTicker = (value: unknown): value is WireTicker =>
  isObject(value) &&
  ['product_id', 'best_bid', 'best_ask'].every((field) => typeof value[field] === 'string');
