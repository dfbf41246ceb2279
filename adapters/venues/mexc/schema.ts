import * as z from 'zod/mini';
import { checked, isObject, listOf, Unreadable } from '../json-fields.ts';
import '../../../core/schema-words.ts';

/**
 * MEXC's messages in their decoded form. Binary frames come out of the protobuf decoder in exactly these shapes; the zod
 * schemas read the same form from JSON texts, in which some recorders keep it, and REST answers.
 */

/** A 64-bit number as the decoders give it: a number, a text, or two halves. */
export type Int64 = number | string | { readonly low: number; readonly high: number };

const text = z._default(z.string(), '');
const int64: z.ZodMiniType<Int64> = z.union([
  z.int(),
  z.string().check(z.regex(/^\d{1,19}$/, 'must be a whole number')),
]);
const time = z._default(int64, 0);

const level = z.object({ price: text, quantity: text });
const deals = z.object({
  deals: z._default(
    listOf(z.object({ price: text, quantity: text, tradeType: z._default(z.int(), 0), time, tradeId: text })),
    [],
  ),
});
const bookSides = { asks: z._default(listOf(level), []), bids: z._default(listOf(level), []) };
const aggreDepths = z.object({ ...bookSides, fromVersion: text, toVersion: text });
const limitDepths = z.object({ ...bookSides, version: text });
const bestPrices = { bidPrice: text, bidQuantity: text, askPrice: text, askQuantity: text };
const aggreBookTicker = z.object({ ...bestPrices, version: text });
const bookTickerBatch = z.object({ items: z._default(listOf(z.object(bestPrices)), []), version: text });
/** Known and of no use to Deckle: not looked into. */
const other = z.nullish(z.looseObject({}));

const push = z.object({
  channel: text,
  symbol: text,
  createTime: time,
  sendTime: time,
  publicDeals: z.nullish(deals),
  publicIncreaseDepths: other,
  publicLimitDepths: z.nullish(limitDepths),
  publicBookTicker: other,
  publicSpotKline: other,
  publicMiniTicker: other,
  publicMiniTickers: other,
  publicBookTickerBatch: z.nullish(bookTickerBatch),
  publicIncreaseDepthsBatch: other,
  publicAggreDepths: z.nullish(aggreDepths),
  publicAggreDeals: z.nullish(deals),
  publicAggreBookTicker: z.nullish(aggreBookTicker),
});

export type WireLevel = z.output<typeof level>;
export type WireDeals = z.output<typeof deals>;
export type WireAggreDepths = z.output<typeof aggreDepths>;
export type WireLimitDepths = z.output<typeof limitDepths>;
export type WireBestPrices = z.output<z.ZodMiniObject<typeof bestPrices>>;
export type WireAggreBookTicker = z.output<typeof aggreBookTicker>;
export type WireBookTickerBatch = z.output<typeof bookTickerBatch>;
/** `PushDataV3ApiWrapper`: a channel, a symbol, times in milliseconds, and one body. */
export type WirePush = z.output<typeof push>;

export const BODIES = [
  'publicAggreDepths',
  'publicAggreDeals',
  'publicAggreBookTicker',
  'publicLimitDepths',
  'publicDeals',
  'publicBookTickerBatch',
  'publicSpotKline',
  'publicMiniTicker',
  'publicMiniTickers',
  'publicBookTicker',
  'publicIncreaseDepths',
  'publicIncreaseDepthsBatch',
] as const satisfies readonly (keyof WirePush)[];
/** The wire's own name of a message: the body that it carries. */
export type BodyName = (typeof BODIES)[number];

export const isJsonPush = (value: LooseObject): boolean => typeof value.channel === 'string';

/** A message in its JSON form; a text names the wrong field. */
export const parsePush = (value: unknown): WirePush | string => parsed(push, value);

const restLevel = z.tuple([z.string(), z.string()], z.unknown());
const depthAnswer = z.object({
  lastUpdateId: z.int().check(z.minimum(0)),
  bids: listOf(restLevel),
  asks: listOf(restLevel),
  timestamp: z.optional(z.int().check(z.minimum(0))),
});
const tradesAnswer = listOf(
  z.object({
    id: z.nullish(z.union([z.string(), z.int()])),
    price: z.string(),
    qty: z.string(),
    time: z.int().check(z.minimum(0)),
    isBuyerMaker: z.boolean(),
  }),
);
const exchangeInfo = z.object({ symbols: listOf(z.looseObject({ symbol: z.string() })) });

/** A count of digits, as a number or as text. */
const digits = z.pipe(
  z.union([z.int(), z.pipe(z.string().check(z.regex(/^\d{1,2}$/)), z.transform(Number))]),
  z.int().check(z.minimum(0), z.maximum(99)),
);
const decimal = z.string().check(z.regex(/^\d{1,30}(?:\.\d{1,30})?$/, 'must be an unsigned decimal'));
/** The rules of one symbol as `exchangeInfo` tells them. */
const exchangeSymbol = z.object({
  symbol: z.string().check(z.minLength(1)),
  status: z.union([z.string(), z.pipe(z.int(), z.transform(String))]),
  baseAsset: z.string(),
  baseAssetPrecision: digits,
  quoteAsset: z.string(),
  quotePrecision: digits,
  baseSizePrecision: decimal,
  quoteAmountPrecision: decimal,
  isSpotTradingAllowed: z.optional(z.boolean()),
  makerCommission: z.optional(decimal),
  takerCommission: z.optional(decimal),
  tradeSideType: z.optional(
    z.union([z.int(), z.pipe(z.string().check(z.regex(/^\d$/)), z.transform(Number))]),
  ),
  fullName: z.optional(z.string()),
});

const dayTicker = z.object({
  symbol: z.string(),
  bidPrice: z.nullish(z.string()),
  bidQty: z.nullish(z.string()),
  askPrice: z.nullish(z.string()),
  askQty: z.nullish(z.string()),
  quoteVolume: z.nullish(z.string()),
});
const dayTickers = z.array(z.unknown());
/** Times in milliseconds; prices and volumes as text: open time, open, high, low, close, volume, close time, quote volume. */
const kline = z.tuple(
  [
    z.int().check(z.minimum(0)),
    decimal,
    decimal,
    decimal,
    decimal,
    decimal,
    z.int().check(z.minimum(0)),
    decimal,
  ],
  z.unknown(),
);

export type WireDepthAnswer = z.output<typeof depthAnswer>;
export type WireTradesAnswer = z.output<typeof tradesAnswer>;
export type WireExchangeSymbol = z.output<typeof exchangeSymbol>;
export type WireDayTicker = z.output<typeof dayTicker>;
export type WireKline = z.output<typeof kline>;

export const parseDepthAnswer = (value: unknown): WireDepthAnswer | string => parsed(depthAnswer, value);
export const parseTradesAnswer = (value: unknown): WireTradesAnswer | string => parsed(tradesAnswer, value);
export const parseExchangeInfo = (value: unknown): z.output<typeof exchangeInfo> | string =>
  parsed(exchangeInfo, value);
export const parseExchangeSymbol = (value: unknown): WireExchangeSymbol | string =>
  parsed(exchangeSymbol, value);
export const parseDayTickers = (value: unknown): readonly unknown[] | string => parsed(dayTickers, value);
export const parseDayTicker = (value: unknown): WireDayTicker | string => parsed(dayTicker, value);
export const parseKline = (value: unknown): WireKline | string => parsed(kline, value);

/** Any JSON object; the keys that tell messages apart, nothing said of what they hold. */
export interface LooseObject {
  readonly channel?: unknown;
  readonly id?: unknown;
  readonly code?: unknown;
  readonly msg?: unknown;
  readonly symbols?: unknown;
  readonly lastUpdateId?: unknown;
  readonly serverTime?: unknown;
}

export const isRecord: (value: unknown) => value is LooseObject = isObject;

function parsed<T>(schema: z.ZodMiniType<T>, value: unknown): T | string {
  const read = checked(schema, value);
  return read instanceof Unreadable ? read.detail : read;
}
