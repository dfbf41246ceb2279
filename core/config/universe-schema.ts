import * as z from 'zod/mini';
import type { Money, Price } from '../amounts.ts';
import { LEAGUES } from '../market/game.ts';
import { VENUES } from '../market/instrument.ts';
import { MINUTE_MS } from '../time.ts';
import type { UniverseRule } from '../universe/rules.ts';
import { address, amount, choice, name, text, whole } from './fields.ts';

const orNull = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null);

/** A list of names or patterns; a name is short, and a rule does not need more of them. */
const names = (what: string, example: string) =>
  z._default(
    z
      .array(text(what, example).check(z.maxLength(100, 'must have at most 100 characters')), {
        error: `must be a list, e.g. [${example}]`,
      })
      .check(z.maxLength(50, 'must have at most 50 items')),
    [],
  );

const days = z
  .number({ error: 'must be days: a number from 0 to 3650' })
  .check(z.minimum(0, 'must be days: at least 0'), z.maximum(3_650, 'must be days: at most 3650'));

const rule = z
  .strictObject({
    name: name('a name for the rule'),
    venue: choice(VENUES),
    symbols: names("the venue's symbol or a pattern with * and ?", "'*USDT'"),
    series: names("the venue's name of a series", 'KXBTC15M'),
    exclude: names("the venue's symbol or a pattern with * and ?", "'*UP*'"),
    rolling: z._default(z.boolean({ error: 'must be true or false' }), false),
    leadMinutes: z._default(whole('minutes', 0, 1_440), 5),
    volume24hMin: orNull(amount<Money>('an amount in the quote asset', '1000000', true)),
    spreadMax: orNull(amount<Price>('a price difference in the quote asset', '0.02', true)),
    spreadBpsMax: orNull(whole('basis points', 0, 10_000)),
    depthMin: orNull(amount<Money>('an amount in the quote asset', '500', true)),
    daysToExpiryMin: orNull(days),
    daysToExpiryMax: orNull(days),
    limit: z._default(whole('instruments', 1, 200), 20),
  })
  .check(
    z.refine(({ venue, symbols, series }) => !isTooWide(venue, symbols, series), {
      path: ['series'],
      message:
        'must name a series, or symbols without * and ?: this venue has more contracts than can be looked through',
    }),
    z.refine(({ venue, series }) => isContractVenue(venue) || series.length === 0, {
      path: ['series'],
      message: 'belongs to kalshi and polymarket only: assets have no series',
    }),
    z.refine(({ rolling, series }) => !rolling || series.length > 0, {
      path: ['rolling'],
      message: 'needs the series that rolls, e.g. series: [KXBTC15M]',
    }),
  );

const isContractVenue = (venue: string): boolean => venue === 'kalshi' || venue === 'polymarket';
const isTooWide = (venue: string, symbols: readonly string[], series: readonly string[]): boolean =>
  isContractVenue(venue) &&
  series.length === 0 &&
  (symbols.length === 0 || symbols.some((symbol) => /[*?]/.test(symbol)));

/** What the feed follows beyond the instruments of strategies, by rules over the venues' own lists. */
export const universeSchema = z._default(
  z.strictObject({
    refreshMinutes: z._default(whole('minutes', 5, 1_440), 15),
    rules: z._default(z.array(rule).check(z.maxLength(20, 'must have at most 20 items')), []),
  }),
  { refreshMinutes: 15, rules: [] },
);

/** Leagues whose games are followed, and where they are asked for: null is the source's own host. */
export const scoresSchema = z._default(
  z.strictObject({
    leagues: z._default(z.array(choice(LEAGUES)).check(z.maxLength(4, 'must have at most 4 items')), []),
    host: orNull(address('http')),
  }),
  { leagues: [], host: null },
);

export type RawUniverse = z.output<typeof universeSchema>;

export const toRules = ({ rules }: RawUniverse): readonly UniverseRule[] =>
  rules.map(({ leadMinutes, ...one }) => ({ ...one, leadMs: leadMinutes * MINUTE_MS }));
