import * as z from 'zod/mini';
import type { Money, Rate } from '../amounts.ts';
import { address, amount, bps, choice, text, whole } from './fields.ts';

const latency = z
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
  );

/** A share of the notional, as exchanges of assets charge. */
const proportionalFees = z.strictObject({
  version: text('a name for this fee schedule and its date', 'binance-spot-2026-05'),
  makerBps: bps('the maker fee', '10'),
  takerBps: bps('the taker fee', '10'),
  charge: choice(['received', 'quote']),
});

/** rate x quantity x p x (1 - p), as prediction markets charge. */
const quadraticFees = z.strictObject({
  version: text('a name for this fee schedule and its date', 'kalshi-2026-07-07'),
  makerRate: amount<Rate>('the maker rate, a factor of quantity x p x (1 - p)', '0.0175', true),
  takerRate: amount<Rate>('the taker rate, a factor of quantity x p x (1 - p)', '0.07', true),
  roundTo: amount<Money>('the step to which the fee of a fill is rounded up', '0.0001'),
});

const orNull = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null);

/** Other hosts than the venue's own: a mirror, a test server. Null is the venue's own. */
const hosts = z._default(z.strictObject({ ws: orNull(address('ws')), rest: orNull(address('http')) }), {
  ws: null,
  rest: null,
});

const pace = {
  spacingMs: orNull(whole('milliseconds between requests', 20, 60_000)),
  burst: orNull(whole('requests at once', 1, 20)),
  refreshSeconds: orNull(whole('seconds between looks at the instruments', 30, 86_400)),
};
const NO_PACE = { spacingMs: null, burst: null, refreshSeconds: null };

/** How a venue's REST interface is used. Null is what is safe at that venue. */
const rest = z._default(
  z.strictObject({ ...pace, batch: orNull(whole('instruments per request', 1, 100)) }),
  { ...NO_PACE, batch: null },
);

/** Where a request is about one instrument, or about all. */
const restOfOne = z._default(z.strictObject(pace), NO_PACE);

interface Paced {
  readonly hosts: { readonly rest: string | null };
  readonly rest: { readonly spacingMs: number | null; readonly burst: number | null };
}

/** The fastest that a venue's own host may be asked; what is at another address may take more. */
function noFasterThan(spacingMs: number, burst: number, limit: string) {
  const why = `at the venue's own host, ${limit}`;
  return [
    z.refine<Paced>((one) => one.hosts.rest !== null || (one.rest.spacingMs ?? spacingMs) >= spacingMs, {
      path: ['rest', 'spacingMs'],
      message: `must be at least ${spacingMs} ${why}`,
    }),
    z.refine<Paced>((one) => one.hosts.rest !== null || (one.rest.burst ?? burst) <= burst, {
      path: ['rest', 'burst'],
      message: `must be at most ${burst} ${why}`,
    }),
  ] as const;
}

const market = { hosts, rest, latency };

/** Venues of a desk; each is there or not. Keys never stand here: they come from the environment or a secret. */
export const venuesSchema = z
  .strictObject({
    // Its limit is by weight, which is counted whatever the pace.
    binance: z.optional(
      z.strictObject({
        environment: z._default(choice(['market-data', 'live', 'testnet', 'demo']), 'market-data'),
        ...market,
        fees: proportionalFees,
      }),
    ),
    coinbase: z.optional(
      z
        .strictObject({
          interface: z._default(choice(['advanced', 'exchange']), 'advanced'),
          environment: z._default(choice(['live', 'sandbox']), 'live'),
          tradeSide: z._default(choice(['maker', 'taker']), 'maker'),
          ...market,
          fees: proportionalFees,
        })
        .check(
          z.refine(({ interface: wire, environment }) => wire === 'exchange' || environment === 'live', {
            path: ['environment'],
            message:
              'must be live for the interface advanced, whose sandbox has no market data; or use the interface exchange',
          }),
          z.refine((one) => one.interface === 'advanced' || one.rest.batch === null, {
            path: ['rest', 'batch'],
            message: 'must be null for the interface exchange, where no request is about several instruments',
          }),
          ...noFasterThan(125, 2, 'which allows ten requests a second'),
        ),
    ),
    mexc: z.optional(
      z
        .strictObject({
          book: z._default(choice(['diff', 'top20']), 'diff'),
          hosts,
          rest: restOfOne,
          latency,
          fees: proportionalFees,
        })
        // Of which two are busy: books and trades.
        .check(...noFasterThan(75, 1, 'which allows ten requests a second of each endpoint')),
    ),
    polymarket: z.optional(
      z
        .strictObject({ ...market, fees: quadraticFees })
        .check(...noFasterThan(50, 20, 'whose narrowest service allows 200 requests in ten seconds')),
    ),
    kalshi: z.optional(
      z
        .strictObject({
          environment: z._default(choice(['live', 'demo']), 'live'),
          ...market,
          fees: quadraticFees,
        })
        .check(...noFasterThan(334, 2, 'which refuses some of more than three requests a second')),
    ),
  })
  .check(z.refine((all) => Object.values(all).some(Boolean), 'needs at least one venue'));

export type RawVenues = z.output<typeof venuesSchema>;
export type RawVenue = NonNullable<RawVenues[keyof RawVenues]>;
