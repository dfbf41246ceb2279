import * as z from 'zod/mini';
import { isObject, listOf, short, wordOf } from '../json-fields.ts';
import '../../../core/schema-words.ts';

/** Milliseconds; a time of another length means that the venue was asked for microseconds. */
const time = z
  .int()
  .check(
    z.minimum(1e12, 'a time must be in milliseconds'),
    z.maximum(9_999_999_999_999, 'a time must be in milliseconds'),
  );
const id = z.int().check(z.minimum(0));
/** Price and quantity as text; anything the venue may append later is ignored. */
const level = z.tuple([z.string(), z.string()], z.unknown());

export const trade = z.object({
  e: z.literal('trade'),
  E: time,
  s: z.string(),
  t: id,
  p: z.string(),
  q: z.string(),
  T: time,
  m: z.boolean(),
});

export const aggTrade = z
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
  .check(
    z.refine((one) => one.f <= one.l, { path: ['l'], message: 'the last trade id is before the first' }),
  );

export const depthUpdate = z
  .object({
    e: z.literal('depthUpdate'),
    E: time,
    s: z.string(),
    U: id,
    u: id,
    b: listOf(level),
    a: listOf(level),
  })
  .check(
    z.refine((one) => one.U <= one.u, { path: ['u'], message: 'the last update id is before the first' }),
  );

export const bookTicker = z.object({
  u: id,
  s: z.string(),
  b: z.string(),
  B: z.string(),
  a: z.string(),
  A: z.string(),
});

/** A new, empty symbol reports -1. */
export const depthSnapshot = z.object({
  lastUpdateId: z.int().check(z.minimum(-1)),
  bids: listOf(level),
  asks: listOf(level),
});

/** Of the newest trades by REST. */
export const answeredTrades = listOf(
  z.object({ id, price: z.string(), qty: z.string(), time, isBuyerMaker: z.boolean() }),
);

export const exchangeInfo = z.object({
  symbols: listOf(z.looseObject({ symbol: z.string(), status: z.optional(z.unknown()) })),
});

/** One symbol's rules; filters of other types are ignored. */
export const exchangeSymbol = z.object({
  symbol: z.string(),
  status: z.string(),
  isSpotTradingAllowed: z.optional(z.boolean()),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  filters: listOf(
    z.looseObject({
      filterType: z.string(),
      minPrice: z.optional(z.string()),
      maxPrice: z.optional(z.string()),
      tickSize: z.optional(z.string()),
      minQty: z.optional(z.string()),
      maxQty: z.optional(z.string()),
      stepSize: z.optional(z.string()),
      minNotional: z.optional(z.string()),
    }),
  ),
});

/** A bar of the stream: `x` once it is closed. */
export const kline = z.object({
  e: z.literal('kline'),
  s: z.string(),
  k: z.object({
    t: time,
    i: z.string(),
    o: z.string(),
    h: z.string(),
    l: z.string(),
    c: z.string(),
    v: z.string(),
    n: z.int().check(z.minimum(0)),
    x: z.boolean(),
  }),
});

/** A bar of a REST answer: opening time, open, high, low, close, volume, closing time, quote volume, trades, and more. */
export const klineRow = z.tuple(
  [
    time,
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    time,
    z.string(),
    z.int().check(z.minimum(0)),
  ],
  z.unknown(),
);

/** Turnover and best prices of one symbol; what a shorter answer leaves out is absent. */
export const dayTicker = z.object({
  symbol: z.string(),
  quoteVolume: z.optional(z.string()),
  bidPrice: z.optional(z.string()),
  bidQty: z.optional(z.string()),
  askPrice: z.optional(z.string()),
  askQty: z.optional(z.string()),
});

export type WireTrade = z.output<typeof trade>;
export type WireAggTrade = z.output<typeof aggTrade>;
export type WireDepthUpdate = z.output<typeof depthUpdate>;
export type WireBookTicker = z.output<typeof bookTicker>;
export type WireDepthSnapshot = z.output<typeof depthSnapshot>;
export type WireExchangeInfo = z.output<typeof exchangeInfo>;
export type WireExchangeSymbol = z.output<typeof exchangeSymbol>;
export type WireAnsweredTrade = z.output<typeof answeredTrades>[number];
export type WireKline = z.output<typeof kline>;
export type WireKlineRow = z.output<typeof klineRow>;
export type WireDayTicker = z.output<typeof dayTicker>;

/** Any JSON object; the keys that tell messages apart, nothing said of what they hold. */
export interface LooseObject {
  readonly stream?: unknown;
  readonly data?: unknown;
  readonly e?: unknown;
  readonly s?: unknown;
  readonly id?: unknown;
  readonly code?: unknown;
  readonly msg?: unknown;
  readonly error?: unknown;
}

export const isRecord: (value: unknown) => value is LooseObject = isObject;

/** Code and words of an error, wherever the venue puts them. */
export function errorText(error: unknown): string {
  if (!isRecord(error)) return short(wordOf(error));
  return `${short(wordOf(error.code))}: ${short(wordOf(error.msg))}`;
}
