import * as z from 'zod/mini';
import { type JsonObject, listOf } from '../json-fields.ts';

/**
 * The stream's messages. Prices and sizes are texts, and their fields end in `_dollars` and `_fp`; whatever else a message
 * carries is ignored. The frequent ones are looked at by hand first: a schema costs more than all the rest of a message.
 */

const ticker = z.string().check(z.minLength(1));
const sid = z.int().check(z.minimum(0));
const seq = z.int().check(z.minimum(0));
/** Milliseconds; older messages carry `ts` instead, as text on deltas and in seconds on trades. */
const times = { ts_ms: z.optional(z.number()), ts: z.optional(z.union([z.string(), z.number()])) };
const level = z.tuple([z.string(), z.string()], z.unknown());
/** A side without levels may be absent. */
const side = z.nullish(listOf(level));

const snapshot = z.object({
  sid,
  seq,
  msg: z.object({ market_ticker: ticker, yes_dollars_fp: side, no_dollars_fp: side }),
});

const delta = z.object({
  sid,
  seq,
  msg: z.object({
    market_ticker: ticker,
    price_dollars: z.string(),
    delta_fp: z.string(),
    side: z.enum(['yes', 'no']),
    ...times,
  }),
});

/** Sides that are empty show as 0 and 1 dollar with size 0. */
const tickerMessage = z.object({
  sid: z.optional(sid),
  msg: z.object({
    market_ticker: ticker,
    yes_bid_dollars: z.string(),
    yes_ask_dollars: z.string(),
  }),
});

const trade = z.object({
  sid: z.optional(sid),
  /** Not documented, but recorded: a count of its own. */
  seq: z.optional(seq),
  msg: z.object({
    market_ticker: ticker,
    trade_id: z.string().check(z.minLength(1)),
    yes_price_dollars: z.string(),
    count_fp: z.string(),
    taker_book_side: z.optional(z.string()),
    taker_outcome_side: z.optional(z.string()),
    taker_side: z.optional(z.string()),
    is_block_trade: z.optional(z.boolean()),
    ...times,
  }),
});

/** A range of prices with its step, in dollars. */
export const priceRange = z.object({ start: z.string(), end: z.string(), step: z.string() });

const lifecycle = z.object({
  msg: z.object({
    event_type: z.string(),
    market_ticker: ticker,
    open_ts: z.optional(z.number()),
    close_ts: z.optional(z.number()),
    price_level_structure: z.optional(z.string()),
    price_ranges: z.optional(listOf(priceRange)),
    result: z.optional(z.string()),
    settlement_value: z.optional(z.string()),
    determination_ts: z.optional(z.number()),
    settled_ts: z.optional(z.number()),
    strike_type: z.optional(z.string()),
    floor_strike: z.nullish(z.number()),
    cap_strike: z.nullish(z.number()),
    yes_sub_title: z.optional(z.string()),
    additional_metadata: z.optional(
      z.looseObject({
        event_ticker: z.optional(z.string()),
        title: z.optional(z.string()),
        yes_sub_title: z.optional(z.string()),
        strike_type: z.optional(z.string()),
        floor_strike: z.nullish(z.number()),
        cap_strike: z.nullish(z.number()),
      }),
    ),
  }),
});

/** A refused command. `market_ticker` names the one of several markets that was refused. */
export const errorMessage = z.object({
  id: z.optional(z.int()),
  msg: z.object({ code: z.int(), msg: z.optional(z.string()), market_ticker: z.optional(z.string()) }),
});

export type WireSnapshot = z.output<typeof snapshot>;
export type WireDelta = z.output<typeof delta>;
export type WireTicker = z.output<typeof tickerMessage>;
export type WireTrade = z.output<typeof trade>;
export type WireLifecycle = z.output<typeof lifecycle>['msg'];
export type WirePriceRange = z.output<typeof priceRange>;
export type WireLevels = readonly (readonly [string, string, ...unknown[]])[];

export const SCHEMAS = {
  orderbook_snapshot: snapshot,
  orderbook_delta: delta,
  ticker: tickerMessage,
  trade,
  market_lifecycle_v2: lifecycle,
  error: errorMessage,
};

/** Known, and of no use to Deckle. */
export const NOT_MODELLED: ReadonlySet<string> = new Set([
  'event_lifecycle',
  'event_fee_update',
  'multivariate_market_lifecycle',
  'multivariate_lookup',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
  'cfbenchmarks_index_list',
  'pyth_value',
  'pyth_underlying_list',
  'fill',
  'user_order',
  'user_orders',
  'market_position',
  'market_positions',
  'order_group_updates',
  'communications',
]);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isMaybe = (value: unknown, type: 'string' | 'number' | 'boolean'): boolean =>
  value === undefined || typeof value === type;
const isTicker = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Whether a delta is as its schema demands. */
export function isDelta(value: object): value is WireDelta {
  const { sid: of, seq: at, msg } = value as Loose;
  if (!isCount(of) || !isCount(at) || typeof msg !== 'object' || msg === null) return false;
  const { market_ticker, price_dollars, delta_fp, side: on, ts_ms, ts } = msg;
  return (
    isTicker(market_ticker) &&
    typeof price_dollars === 'string' &&
    typeof delta_fp === 'string' &&
    (on === 'yes' || on === 'no') &&
    isMaybe(ts_ms, 'number') &&
    (isMaybe(ts, 'string') || typeof ts === 'number')
  );
}

export function isTickerMessage(value: object): value is WireTicker {
  const { sid: of, msg } = value as Loose;
  if (!(of === undefined || isCount(of)) || typeof msg !== 'object' || msg === null) return false;
  const { market_ticker, yes_bid_dollars, yes_ask_dollars } = msg;
  return (
    isTicker(market_ticker) && typeof yes_bid_dollars === 'string' && typeof yes_ask_dollars === 'string'
  );
}

export function isTrade(value: object): value is WireTrade {
  const { sid: of, seq: at, msg } = value as Loose;
  if (!(of === undefined || isCount(of)) || !(at === undefined || isCount(at))) return false;
  if (typeof msg !== 'object' || msg === null || !isTicker(msg['trade_id'])) return false;
  return (
    isTicker(msg['market_ticker']) &&
    typeof msg['yes_price_dollars'] === 'string' &&
    typeof msg['count_fp'] === 'string' &&
    isMaybe(msg['taker_book_side'], 'string') &&
    isMaybe(msg['taker_outcome_side'], 'string') &&
    isMaybe(msg['taker_side'], 'string') &&
    isMaybe(msg['is_block_trade'], 'boolean') &&
    isMaybe(msg['ts_ms'], 'number') &&
    (isMaybe(msg['ts'], 'string') || typeof msg['ts'] === 'number')
  );
}

interface Loose {
  readonly sid?: unknown;
  readonly seq?: unknown;
  readonly msg?: JsonObject | null;
}
