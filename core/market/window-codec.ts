import * as z from 'zod/mini';
import '../schema-words.ts';
import { asPrice, asQuantity, formatUnits, type Price, parseUnits, type Quantity } from '../amounts.ts';
import { type EpochMs, epochMs } from '../time.ts';
import { CANDLE_INTERVALS, type Candle } from './candle.ts';
import { gameSchema } from './game-schema.ts';
import { type InstrumentId, VENUES } from './instrument.ts';
import { QUALITY_FLAGS } from './quality.ts';
import {
  type FeedId,
  type InstrumentWindow,
  type Level,
  type MarketWindow,
  type Print,
  type Settlement,
  feedId as toFeedId,
} from './window.ts';

/** Raised when a text or object is no market window; the message names the field and says what was expected. */
export class WindowFormatError extends Error {
  override readonly name = 'WindowFormatError';
}

/**
 * A window as plain JSON: amounts are decimal strings, levels are `[price, quantity]`, and whatever has its usual value is
 * left out, so that an instrument to which nothing happened is written in short form.
 */
export type WireWindow = z.input<typeof wireWindow>;
type WireInstrument = NonNullable<WireWindow['instruments']>[number];

export function encodeWindow(window: MarketWindow): WireWindow {
  return {
    feedId: window.feedId,
    closedAt: window.closedAt,
    previousClosedAt: window.previousClosedAt,
    seq: window.seq,
    epoch: window.epoch,
    configHash: window.configHash,
    ...(Object.keys(window.clockOffsets).length > 0 && { clockOffsets: { ...window.clockOffsets } }),
    ...(window.closes.length > 0 && { closes: [...window.closes] }),
    instruments: window.instruments.map(encodeInstrument),
    ...(window.settlements.length > 0 && { settlements: window.settlements.map(encodeSettlement) }),
    ...(window.games.length > 0 && { games: [...window.games] }),
  };
}

/** @throws WindowFormatError naming the first wrong field. */
export function decodeWindow(value: unknown): MarketWindow {
  const result = wireWindow.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new WindowFormatError(
    `not a market window: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'unreadable'}`,
  );
}

const amount = (what: string) =>
  z.pipe(
    z.string(),
    z.transform((text, context): bigint => {
      const units = parseUnits(text);
      if (units !== undefined && units >= 0n) return units;
      context.issues.push({
        code: 'custom',
        input: text,
        message: `${what} must be an unsigned decimal of at most 8 places, got '${text}'`,
      });
      return z.NEVER;
    }),
  );

const wirePrice = z.pipe(
  amount('a price'),
  z.transform((units): Price => asPrice(units)),
);
const wireQuantity = z.pipe(
  amount('a quantity'),
  z.transform((units): Quantity => asQuantity(units)),
);
const count = z.int().check(z.minimum(0));
const wireTime = z.pipe(
  count,
  z.transform((ms): EpochMs => epochMs(ms)),
);

const wireLevel = z.pipe(
  z.tuple([wirePrice, wireQuantity]),
  z.transform(([price, quantity]): Level => ({ price, quantity })),
);
const wireLevels = z._default(z.array(wireLevel), []);

const wirePrint = z.object({
  price: wirePrice,
  quantity: wireQuantity,
  aggressor: z.enum(['buy', 'sell']),
  trades: count,
  firstTradeId: z.string(),
  lastTradeId: z.string(),
}) satisfies z.ZodMiniType<Print>;

const wireCandle = z.object({
  interval: z.enum(CANDLE_INTERVALS),
  start: wireTime,
  open: wirePrice,
  high: wirePrice,
  low: wirePrice,
  close: wirePrice,
  volume: wireQuantity,
  trades: count,
  complete: z._default(z.boolean(), true),
}) satisfies z.ZodMiniType<Candle>;

const wireInstrumentId = z.pipe(
  z.string().check(z.regex(/^[^:]+:.+$/, 'an instrument id is <venue>:<symbol>')),
  z.transform((text): InstrumentId => text as InstrumentId),
);

const wireInstrument = z.object({
  instrumentId: wireInstrumentId,
  status: z._default(z.enum(['live', 'stale', 'halted', 'closed']), 'live'),
  bids: wireLevels,
  asks: wireLevels,
  bidsComplete: z._default(z.boolean(), false),
  asksComplete: z._default(z.boolean(), false),
  highestBid: z._default(z.nullable(wirePrice), null),
  lowestAsk: z._default(z.nullable(wirePrice), null),
  prints: z._default(z.array(wirePrint), []),
  lastPrice: z._default(z.nullable(wirePrice), null),
  venueSequence: z._default(z.string(), ''),
  occurredAt: z._default(z.nullable(wireTime), null),
  receivedAt: z._default(z.nullable(wireTime), null),
  quality: z._default(z.array(z.enum(QUALITY_FLAGS)), []),
  verdict: z._default(z.enum(['clean', 'degraded', 'blind']), 'clean'),
  candles: z._default(z.array(wireCandle), []),
}) satisfies z.ZodMiniType<InstrumentWindow>;

const wireSettlement = z.object({
  instrumentId: wireInstrumentId,
  payout: wirePrice,
  isFinal: z._default(z.boolean(), true),
  occurredAt: z._default(z.nullable(wireTime), null),
}) satisfies z.ZodMiniType<Settlement>;

const wireWindow = z.object({
  feedId: z.pipe(
    z.string(),
    z.transform((text): FeedId => toFeedId(text)),
  ),
  closedAt: wireTime,
  previousClosedAt: z.nullable(wireTime),
  seq: count,
  epoch: count,
  configHash: z.string(),
  clockOffsets: z._default(z.partialRecord(z.enum(VENUES), z.number()), {}),
  closes: z._default(z.array(z.enum(CANDLE_INTERVALS)), []),
  instruments: z.array(wireInstrument),
  settlements: z._default(z.array(wireSettlement), []),
  games: z._default(z.array(gameSchema), []),
}) satisfies z.ZodMiniType<MarketWindow>;

const text = (units: bigint): string => formatUnits(units);
const encodeLevels = (levels: readonly Level[]): [string, string][] =>
  levels.map((level) => [text(level.price), text(level.quantity)]);

function encodeInstrument(one: InstrumentWindow): WireInstrument {
  return {
    instrumentId: one.instrumentId,
    ...(one.status !== 'live' && { status: one.status }),
    ...(one.bids.length > 0 && { bids: encodeLevels(one.bids) }),
    ...(one.asks.length > 0 && { asks: encodeLevels(one.asks) }),
    ...(one.bidsComplete && { bidsComplete: true }),
    ...(one.asksComplete && { asksComplete: true }),
    ...(one.highestBid !== null && { highestBid: text(one.highestBid) }),
    ...(one.lowestAsk !== null && { lowestAsk: text(one.lowestAsk) }),
    ...(one.prints.length > 0 && { prints: one.prints.map(encodePrint) }),
    ...(one.lastPrice !== null && { lastPrice: text(one.lastPrice) }),
    ...(one.venueSequence !== '' && { venueSequence: one.venueSequence }),
    ...(one.occurredAt !== null && { occurredAt: one.occurredAt }),
    ...(one.receivedAt !== null && { receivedAt: one.receivedAt }),
    ...(one.quality.length > 0 && { quality: [...one.quality] }),
    ...(one.verdict !== 'clean' && { verdict: one.verdict }),
    ...(one.candles.length > 0 && { candles: one.candles.map(encodeCandle) }),
  };
}

const encodeSettlement = ({ payout, isFinal, occurredAt, ...rest }: Settlement) => ({
  ...rest,
  payout: text(payout),
  ...(!isFinal && { isFinal }),
  ...(occurredAt !== null && { occurredAt }),
});

const encodePrint = (print: Print) => ({
  ...print,
  price: text(print.price),
  quantity: text(print.quantity),
});

const encodeCandle = ({ complete, ...candle }: Candle) => ({
  ...candle,
  open: text(candle.open),
  high: text(candle.high),
  low: text(candle.low),
  close: text(candle.close),
  volume: text(candle.volume),
  ...(!complete && { complete }),
});
