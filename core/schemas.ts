import * as z from 'zod/mini';
import './schema-words.ts';
import type { Money, Price, Quantity, Rate } from './amounts.ts';
import { parseUnits } from './amounts.ts';
import type { EquityRecord } from './ledger/equity.ts';
import type { EntryFacts, JournalEntry, LedgerAccount } from './ledger/journal.ts';
import type { LaneAccount } from './ledger/lane-account.ts';
import { type Contract, type Instrument, type InstrumentId, VENUES } from './market/instrument.ts';
import type { FeedId, Print } from './market/window.ts';
import type { FeeSchedule } from './paper/fees.ts';
import type { Fill } from './paper/fill.ts';
import type { AccountId, FillId, LaneOrder, Order, OrderId, SignalId, StrategyId } from './paper/order.ts';
import { LANES } from './paper/order.ts';
import type { Holding } from './paper/step.ts';
import type { FeedMarks, Hole, StrategyMemory } from './ports.ts';
import type { Decision } from './risk/assess.ts';
import { RISK_RULES } from './risk/guards.ts';
import type { ModeState } from './risk/trading-mode.ts';
import type { JsonValue, Signal } from './strategy/strategy.ts';
import type { EpochMs } from './time.ts';

/**
 * Wire and table shapes of the domain's values: amounts are decimal strings, everything else as it is in memory. What
 * `formatUnits` writes these read back; an unreadable value is an error that names its field.
 */
const amountOf = <T extends bigint>() =>
  z.pipe(
    z.string(),
    z.transform((text, context): T => {
      const units = parseUnits(text);
      if (units === undefined) {
        const message = 'must be a decimal text with at most 8 places';
        context.issues.push({ code: 'custom', input: text, message });
        return z.NEVER;
      }
      return units as T;
    }),
  );
const named = <T extends string>() =>
  z.pipe(
    z.string().check(z.minLength(1), z.maxLength(256)),
    z.transform((text) => text as T),
  );

export const amountSchema = amountOf<Money>();
export const priceSchema = amountOf<Price>();
export const quantitySchema = amountOf<Quantity>();
const rateSchema = amountOf<Rate>();
export const epochMsSchema = z.pipe(
  z.int().check(z.minimum(0)),
  z.transform((ms) => ms as EpochMs),
);
const sideSchema = z.enum(['buy', 'sell']);
const laneSchema = z.enum(LANES);
export const instrumentIdSchema = named<InstrumentId>();
export const feedIdSchema = named<FeedId>();
export const accountIdSchema = named<AccountId>();
export const strategyIdSchema = named<StrategyId>();
export const signalIdSchema = named<SignalId>();
export const orderIdSchema = named<OrderId>();
export const lanesOf = <T extends z.ZodMiniType>(schema: T) =>
  z.object({ optimistic: schema, base: schema, pessimistic: schema });

const contractSchema: z.ZodMiniType<Contract, unknown> = z.object({
  event: z.string(),
  title: z.string(),
  outcome: z.string(),
  opposite: z.nullable(z.string()),
  series: z.nullable(z.string()),
  opensAt: z.nullable(epochMsSchema),
  closesAt: z.nullable(epochMsSchema),
  strike: z.nullable(
    z.object({ kind: z.string(), floor: z.nullable(z.string()), cap: z.nullable(z.string()) }),
  ),
  settlementSource: z.nullable(z.string()),
});

/** An instrument's rules as stored: amounts as decimal text. */
export const instrumentSchema: z.ZodMiniType<Instrument, unknown> = z.object({
  id: instrumentIdSchema,
  venue: z.enum(VENUES),
  symbol: z.string().check(z.minLength(1)),
  baseAsset: z.string().check(z.minLength(1)),
  quoteAsset: z.string().check(z.minLength(1)),
  tickSize: priceSchema,
  priceRanges: z.optional(z.array(z.object({ start: priceSchema, end: priceSchema, step: priceSchema }))),
  lotSize: quantitySchema,
  quantityMin: quantitySchema,
  quantityMax: quantitySchema,
  notionalMin: amountSchema,
  priceMin: priceSchema,
  priceMax: priceSchema,
  contract: z.optional(contractSchema),
});

export const signalSchema: z.ZodMiniType<Signal, unknown> = z.object({
  id: signalIdSchema,
  strategyId: strategyIdSchema,
  closedAt: epochMsSchema,
  n: z.int().check(z.minimum(1)),
  instrumentId: instrumentIdSchema,
  side: sideSchema,
  confidence: z.number().check(z.minimum(0), z.maximum(1)),
  edgeBps: z.nullable(z.number()),
  reason: z.string(),
});

const laneOrderSchema: z.ZodMiniType<LaneOrder, unknown> = z.object({
  status: z.enum(['accepted', 'working', 'filled', 'canceled', 'expired', 'rejected']),
  effectiveAt: epochMsSchema,
  filled: quantitySchema,
  queueAhead: z.nullable(quantitySchema),
  joinedAt: z.nullable(epochMsSchema),
  queueAtJoin: z.nullable(quantitySchema),
  waiting: z.boolean(),
  reserved: amountSchema,
  steppedAt: z.nullable(epochMsSchema),
  endedAt: z.nullable(epochMsSchema),
  endReason: z.nullable(
    z.enum([
      'filled',
      'unfilled_remainder',
      'opposite_signal',
      'halted',
      'reducing',
      'expired',
      'post_only_would_cross',
      'self_trade',
      'venue_rules',
    ]),
  ),
});

export const orderSchema: z.ZodMiniType<Order, unknown> = z.object({
  id: orderIdSchema,
  accountId: accountIdSchema,
  strategyId: strategyIdSchema,
  signalId: signalIdSchema,
  feedId: feedIdSchema,
  instrumentId: instrumentIdSchema,
  side: sideSchema,
  type: z.enum(['market', 'limit']),
  timeInForce: z.enum(['GTC', 'IOC']),
  postOnly: z.boolean(),
  limitPrice: priceSchema,
  quantity: quantitySchema,
  decidedAt: epochMsSchema,
  seenThrough: epochMsSchema,
  latencyMs: lanesOf(z.int().check(z.minimum(0))),
  expiresAt: z.nullable(epochMsSchema),
  cancelAt: z.nullable(epochMsSchema),
  lanes: lanesOf(laneOrderSchema),
});

export const decisionSchema: z.ZodMiniType<Decision, unknown> = z.object({
  signal: signalSchema,
  accountId: accountIdSchema,
  outcome: z.enum(['accepted', 'denied']),
  rule: z.nullable(z.enum(RISK_RULES)),
  detail: z.string(),
  guards: z.array(
    z.object({
      rule: z.enum(RISK_RULES),
      outcome: z.enum(['allow', 'deny', 'unjudged']),
      detail: z.string(),
    }),
  ),
  orderId: z.nullable(orderIdSchema),
  cancels: z.array(z.object({ orderId: orderIdSchema, cancelAt: epochMsSchema })),
  modeVersion: z.int(),
  seenThrough: epochMsSchema,
  made: z.int().check(z.minimum(0)),
  late: z.boolean(),
});

const feesSchema: z.ZodMiniType<FeeSchedule, unknown> = z.object({
  version: z.string(),
  makerRate: rateSchema,
  takerRate: rateSchema,
  charge: z.enum(['received', 'quote']),
  quadraticStep: z.optional(amountSchema),
});

export const printSchema: z.ZodMiniType<Print, unknown> = z.object({
  price: priceSchema,
  quantity: quantitySchema,
  aggressor: sideSchema,
  trades: z.int().check(z.minimum(1)),
  firstTradeId: z.string(),
  lastTradeId: z.string(),
});

const takerEvidenceSchema = z.object({
  kind: z.literal('taker'),
  side: sideSchema,
  limitPrice: priceSchema,
  wanted: quantitySchema,
  cap: z.nullable(quantitySchema),
  levels: z.array(z.object({ price: priceSchema, shown: quantitySchema, taken: quantitySchema })),
});

const makerEvidenceSchema = z.object({
  kind: z.literal('maker'),
  lane: laneSchema,
  side: sideSchema,
  price: priceSchema,
  wanted: quantitySchema,
  cap: z.nullable(quantitySchema),
  queueAtJoin: z.nullable(quantitySchema),
  queueBefore: z.nullable(quantitySchema),
  prints: z.array(printSchema),
  usedByOthers: quantitySchema,
  touch: z.nullable(priceSchema),
});

export const fillSchema: z.ZodMiniType<Fill, unknown> = z.object({
  id: named<FillId>(),
  orderId: orderIdSchema,
  accountId: accountIdSchema,
  strategyId: strategyIdSchema,
  lane: laneSchema,
  instrumentId: instrumentIdSchema,
  side: sideSchema,
  closedAt: epochMsSchema,
  liquidity: z.enum(['maker', 'taker']),
  lines: z.array(z.object({ price: priceSchema, quantity: quantitySchema })),
  quantity: quantitySchema,
  notional: amountSchema,
  fee: z.object({ asset: z.enum(['base', 'quote']), amount: amountSchema, inQuote: amountSchema }),
  realized: amountSchema,
  evidence: z.object({
    model: z.string(),
    feedId: feedIdSchema,
    closedAt: epochMsSchema,
    instrumentId: instrumentIdSchema,
    decidedAt: epochMsSchema,
    latencyMs: z.int().check(z.minimum(0)),
    effectiveAt: epochMsSchema,
    joinedAt: z.nullable(epochMsSchema),
    market: z.discriminatedUnion('kind', [takerEvidenceSchema, makerEvidenceSchema]),
    fees: feesSchema,
  }),
  evidenceHash: z.string(),
  entry: z.int().check(z.minimum(1)),
});

const entryFactsShape = {
  kind: z.enum(['deposit', 'reserve', 'fill', 'release']),
  accountId: accountIdSchema,
  lane: laneSchema,
  windowTime: epochMsSchema,
  causeId: z.string(),
  line: z.int().check(z.minimum(0)),
  postings: z.array(
    z.object({ account: named<LedgerAccount>(), currency: z.string(), amount: amountSchema }),
  ),
};
export const entryFactsSchema: z.ZodMiniType<EntryFacts, unknown> = z.object(entryFactsShape);
export const journalEntrySchema: z.ZodMiniType<JournalEntry, unknown> = z.object({
  ...entryFactsShape,
  n: z.int().check(z.minimum(1)),
  evidenceHash: z.nullable(z.string()),
  chain: z.string(),
});

export const laneAccountSchema: z.ZodMiniType<LaneAccount, unknown> = z.object({
  accountId: accountIdSchema,
  lane: laneSchema,
  currency: z.string(),
  cash: amountSchema,
  reserved: amountSchema,
  fees: amountSchema,
  realized: amountSchema,
  opening: amountSchema,
  entries: z.int().check(z.minimum(0)),
  chain: z.string(),
});

export const holdingSchema: z.ZodMiniType<Holding, unknown> = z.object({
  position: z.object({
    instrumentId: instrumentIdSchema,
    quantity: quantitySchema,
    cost: amountSchema,
    realized: amountSchema,
  }),
  consumption: z.object({
    levels: z.array(z.object({ side: z.enum(['bid', 'ask']), price: priceSchema, taken: quantitySchema })),
    printsAt: z.nullable(epochMsSchema),
    prints: z.array(z.object({ side: sideSchema, price: priceSchema, quantity: quantitySchema })),
  }),
  revisedAt: z.optional(epochMsSchema),
});

export const equitySchema: z.ZodMiniType<EquityRecord, unknown> = z.object({
  accountId: accountIdSchema,
  lane: laneSchema,
  at: epochMsSchema,
  equity: amountSchema,
  unrealized: amountSchema,
  exposure: amountSchema,
  peak: amountSchema,
  drawdown: amountSchema,
  drawdownBps: z.number(),
  drawdownMax: amountSchema,
  day: epochMsSchema,
  dayOpen: amountSchema,
  lastDay: z.nullable(z.object({ day: epochMsSchema, open: amountSchema, close: amountSchema })),
  blind: z.array(instrumentIdSchema),
  beatAt: epochMsSchema,
  beatPeak: amountSchema,
});

export const feedMarksSchema: z.ZodMiniType<FeedMarks, unknown> = z.object({
  feedId: feedIdSchema,
  at: epochMsSchema,
  marks: z.array(z.object({ instrumentId: instrumentIdSchema, price: priceSchema, at: epochMsSchema })),
});

export const modeSchema: z.ZodMiniType<ModeState, unknown> = z.object({
  mode: z.enum(['active', 'reducing', 'halted']),
  version: z.int(),
  cause: z.enum(['start', 'person', 'drawdown', 'daily_loss', 'reconciliation', 'marks_old', 'feed_silence']),
  reason: z.string(),
  author: z.string(),
  changedAt: epochMsSchema,
  until: z.nullable(epochMsSchema),
});

const jsonSchema: z.ZodMiniType<JsonValue, unknown> = z.json();
export const memorySchema: z.ZodMiniType<StrategyMemory, unknown> = z.object({
  cursor: epochMsSchema,
  state: jsonSchema,
});
export const holeSchema: z.ZodMiniType<Hole, unknown> = z.object({
  after: epochMsSchema,
  through: epochMsSchema,
  half: z.optional(
    z.object({
      closedAt: epochMsSchema,
      met: z.array(orderIdSchema),
      revised: z.array(z.object({ lane: laneSchema, instrumentId: instrumentIdSchema })),
    }),
  ),
});
export const cursorShape = z.object({
  appliedThrough: epochMsSchema,
  applying: z.nullable(epochMsSchema),
  afterHole: z.boolean(),
  working: z.int().check(z.minimum(0)),
  watching: z.int().check(z.minimum(0)),
  version: z.int(),
});
