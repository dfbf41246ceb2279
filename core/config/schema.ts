import * as z from 'zod/mini';
import type { Money, Price, Quantity } from '../amounts.ts';
import { VENUES } from '../market/instrument.ts';
import { amount, choice, name, text, whole } from './fields.ts';
import { scoresSchema, universeSchema } from './universe-schema.ts';
import { venuesSchema } from './venues-schema.ts';

/** Shape of `deckle.yaml`. Messages say what is wrong and what to write instead; docs/configuration.md lists every field. */
export const limitsSchema = z.strictObject({
  exposurePerInstrumentMax: amount<Money>('an amount in the account currency', '2500'),
  exposureTotalMax: amount<Money>('an amount in the account currency', '5000'),
  dailyLossMax: amount<Money>('an amount in the account currency', '200'),
  drawdownBpsMax: whole('basis points below peak equity', 1, 10_000),
  dataAgeMsMax: z._default(whole('milliseconds', 100, 600_000), 5_000),
  openOrdersMax: z._default(whole('a number of orders', 1, 50), 20),
});

const instrumentSchema = z.strictObject({
  venue: choice(VENUES),
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
    source: z._default(choice(['demo', 'live']), 'demo'),
    windowMs: z._default(whole('milliseconds', 100, 5_000), 1_000),
    depth: z._default(whole('levels per side', 1, 50), 10),
    reconnect: z._default(
      z
        .strictObject({
          firstMs: z._default(whole('milliseconds', 100, 60_000), 1_000),
          maxMs: z._default(whole('milliseconds', 100, 300_000), 4_000),
        })
        .check(
          z.refine(({ firstMs, maxMs }) => firstMs <= maxMs, {
            path: ['maxMs'],
            message: 'must not be below feed.reconnect.firstMs',
          }),
        ),
      { firstMs: 1_000, maxMs: 4_000 },
    ),
  }),
  venues: venuesSchema,
  instruments: z._default(z.array(instrumentSchema), []),
  universe: universeSchema,
  scores: scoresSchema,
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
                z.regex(
                  new RegExp(`^(${VENUES.join('|')}):.+$`),
                  'must be <venue>:<symbol> of a known venue, e.g. binance:BTCUSDT',
                ),
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
