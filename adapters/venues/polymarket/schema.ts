import * as z from 'zod';
import { listOf } from '../json-fields.ts';

const text = z.string().nullish();

const level = z.object({ price: z.string(), size: z.string() });

/** A whole book: of the stream, or an answer by REST, which has all fields. */
export const wireBook = z.object({
  market: z.string(),
  asset_id: z.string(),
  timestamp: text,
  hash: text,
  bids: listOf(level),
  asks: listOf(level),
  min_order_size: text,
  tick_size: text,
  neg_risk: z.boolean().nullish(),
  last_trade_price: text,
});

const change = z.object({
  asset_id: z.string(),
  price: z.string(),
  size: z.string(),
  side: z.string(),
  hash: text,
  best_bid: text,
  best_ask: text,
});

export const wireChanges = z.object({
  market: z.string(),
  timestamp: text,
  price_changes: listOf(change),
});

export const wireTrade = z.object({
  market: text,
  asset_id: z.string(),
  price: z.string(),
  size: z.string(),
  side: z.string(),
  timestamp: z.string(),
});

export const wireTickChange = z.object({
  asset_id: z.string(),
  new_tick_size: z.string(),
  timestamp: text,
});

export const wireBest = z.object({
  asset_id: z.string(),
  best_bid: text,
  best_ask: text,
  timestamp: text,
});

export const wireResolved = z.object({
  market: text,
  assets_ids: z.nullish(listOf(z.string())),
  winning_asset_id: text,
  timestamp: text,
});

export type WireBook = z.output<typeof wireBook>;
export type WireLevel = z.output<typeof level>;
export type WireChange = z.output<typeof change>;
export type WireChanges = z.output<typeof wireChanges>;
export type WireTrade = z.output<typeof wireTrade>;
export type WireTickChange = z.output<typeof wireTickChange>;
export type WireBest = z.output<typeof wireBest>;
export type WireResolved = z.output<typeof wireResolved>;
