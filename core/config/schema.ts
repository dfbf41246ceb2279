import * as z from 'zod/mini';
import type { Money, Price, Quantity, Rate } from '../amounts.ts';
import { parseUnits, rateFromBps } from '../amounts.ts';

/** Shape of `deckle.yaml`. Messages say what is wrong and what to write instead; docs/configuration.md lists every field. */
const text = (what: string, example: string) =>
  z
    .string({ error: `must be ${what}, e.g. ${example}` })
    .check(z.minLength(1, `must be ${what}, e.g. ${example}`));

const amount = <T extends bigint>(what: string, example: string, allowsZero = false) =>
  z.pipe(
    z.union([z.string(), z.number()], { error: `must be ${what}, e.g. ${example}` }),
    z.transform((value, context): T => {
      const units = parseUnits(String(value));
      if (units === undefined || units < 0n || (units === 0n && !allowsZero)) {
        const got = JSON.stringify(value);
        context.issues.push({
          code: 'custom',
          input: value,
          message: `must be ${what} with at most 8 decimals, e.g. ${example} (got ${got})`,
        });
        return z.NEVER;
      }
      return units as T;
    }),
  );

const bps = (what: string, example: string) =>
  z.pipe(
    z.union([z.string(), z.number()], { error: `must be ${what} in basis points, e.g. ${example}` }),
    z.transform((value, context): Rate => {
      const units = parseUnits(String(value));
      if (units === undefined || units < 0n || units > 1_000_000_000_000n || units % 10_000n !== 0n) {
        context.issues.push({
          code: 'custom',
          input: value,
          message: `must be ${what} in basis points (0 to 10000, at most 4 decimals), e.g. ${example}`,
        });
        return z.NEVER;
      }
      return rateFromBps(String(value));
    }),
  );

const whole = (what: string, min: number, max: number) =>
  z
    .int({ error: `must be ${what}: a whole number from ${min} to ${max}` })
    .check(
      z.minimum(min, `must be ${what}: at least ${min}`),
      z.maximum(max, `must be ${what}: at most ${max}`),
    );

const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const name = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .check(z.regex(NAME, `must be ${what}: small letters, digits and dashes, at most 40`));

export const limitsSchema = z.strictObject({
  exposurePerInstrumentMax: amount<Money>('an amount in the account currency', '2500'),
  exposureTotalMax: amount<Money>('an amount in the account currency', '5000'),
  dailyLossMax: amount<Money>('an amount in the account currency', '200'),
  drawdownBpsMax: whole('basis points below peak equity', 1, 10_000),
  dataAgeMsMax: z._default(whole('milliseconds', 100, 600_000), 5_000),
  openOrdersMax: z._default(whole('a number of orders', 1, 50), 20),
});

const instrumentSchema = z.strictObject({
  venue: choice(['binance']),
  symbol: text("the venue's symbol", 'BTCUSDT'),
  baseAsset: text('the asset bought', 'BTC'),
  quoteAsset: text('the asset that pays for it', 'USDT'),
  tickSize: amount<Price>('the smallest price step', '0.01'),
  lotSize: amount<Quantity>('the smallest quantity step', '0.00001'),
  quantityMin: amount<Quantity>('the smallest quantity', '0.00001'),
  quantityMax: amount<Quantity>('the largest quantity', '9000'),
  notionalMin: amount<Money>('the smallest price x quantity', '5', true),
  priceMin: amount<Price>('the lowest price', '0.01'),
  priceMax: amount<Price>('the highest price', '1000000'),
});

const venueSchema = z.strictObject({
  fees: z.strictObject({
    version: text('a name for this fee schedule and its date', 'binance-spot-2026-05'),
    makerBps: bps('the maker fee', '10'),
    takerBps: bps('the taker fee', '10'),
    charge: choice(['received', 'quote']),
  }),
  latency: z
    .strictObject({
      minMs: whole('milliseconds', 0, 60_000),
      medianMs: whole('milliseconds', 0, 60_000),
      p99Ms: whole('milliseconds', 0, 60_000),
    })
    .check(
      z.refine(
        (one) => one.minMs <= one.medianMs && one.medianMs <= one.p99Ms,
        'must ascend: minMs, medianMs, p99Ms',
      ),
    ),
});

const executionSchema = z.strictObject({
  style: choice(['take', 'join', 'improve']),
  postOnly: z._default(z.boolean({ error: 'must be true or false' }), false),
  timeInForce: choice(['GTC', 'IOC']),
  expireAfterMs: z._default(z.nullable(whole('milliseconds', 1_000, 86_400_000)), null),
  onOppositeSignal: z._default(choice(['cancel', 'keep']), 'cancel'),
  collarBps: z._default(whole('basis points', 1, 2_000), 100),
});

const sizingSchema = z.strictObject({
  method: choice(['fixed-fraction']),
  fractionBps: whole('basis points of equity', 1, 10_000),
  byConfidence: z._default(z.boolean({ error: 'must be true or false' }), false),
  notionalMax: amount<Money>('an amount in the account currency', '1000'),
});

export const configSchema = z.strictObject({
  feed: z.strictObject({
    id: z._default(name('a name for the feed'), 'main'),
    windowMs: z._default(whole('milliseconds', 100, 5_000), 1_000),
    depth: z._default(whole('levels per side', 1, 50), 10),
  }),
  venues: z.strictObject({ binance: venueSchema }),
  instruments: z._default(z.array(instrumentSchema), []),
  accounts: z
    .array(
      z.strictObject({
        id: name('a name for the account'),
        currency: text('the currency the account is kept in', 'USDT'),
        openingEquity: amount<Money>('the money the account starts with', '10000'),
        limits: limitsSchema,
      }),
    )
    .check(z.minLength(1, 'needs at least one account')),
  strategies: z
    .array(
      z.strictObject({
        id: name('a name for the strategy'),
        type: z.string({ error: 'must name a strategy type, e.g. sma-crossover' }),
        account: z.string({ error: 'must name one of the accounts' }),
        instruments: z
          .array(
            z
              .string()
              .check(
                z.regex(/^binance:.+$/, 'must be <venue>:<symbol> of a known venue, e.g. binance:BTCUSDT'),
              ),
          )
          .check(z.minLength(1, 'needs at least one instrument')),
        params: z.record(z.string(), z.unknown(), { error: 'must hold the parameters of the strategy' }),
        execution: executionSchema,
        sizing: sizingSchema,
      }),
    )
    .check(z.minLength(1, 'needs at least one strategy')),
  guard: z._default(z.strictObject({ onDailyLoss: z._default(choice(['reducing', 'halted']), 'reducing') }), {
    onDailyLoss: 'reducing',
  }),
  reconcile: z._default(z.strictObject({ everyMinutes: z._default(whole('minutes', 1, 1_440), 15) }), {
    everyMinutes: 15,
  }),
  demo: z._default(
    z.strictObject({
      seed: z._default(whole('a seed', 0, 2_147_483_647), 7),
      seconds: z._default(whole('seconds of market', 10, 86_400), 1_800),
      scenario: z._default(choice(['fair', 'crash']), 'fair'),
      expectContents: z._default(z.boolean({ error: 'must be true or false' }), false),
    }),
    { seed: 7, seconds: 1_800, scenario: 'fair', expectContents: false },
  ),
});

export type RawConfig = z.output<typeof configSchema>;
