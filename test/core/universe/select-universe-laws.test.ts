import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMoney, asPrice, formatUnits, ONE } from '../../../core/amounts.ts';
import type { Listing } from '../../../core/market/listing.ts';
import { DAY_MS, plusMs } from '../../../core/time.ts';
import type { UniverseRule } from '../../../core/universe/rules.ts';
import { selectUniverse, type UniverseInput } from '../../../core/universe/select-universe.ts';
import { contract, input, NOON, rule } from './listings.ts';

const RUN = { seed: 20_261_121, numRuns: 400 } as const;

const decimal = fc.option(
  fc.bigInt({ min: 1n, max: 2_000n }).map((units) => formatUnits(units * (ONE / 10n))),
  { nil: null },
);
/** Some symbols of some series of one venue, most of them near the bounds of the rules below. */
const anyListing: fc.Arbitrary<Listing> = fc
  .record({
    n: fc.integer({ min: 0, max: 30 }),
    series: fc.constantFrom('S', 'T', null),
    opens: fc.option(fc.integer({ min: -100, max: 100 }), { nil: null }),
    closes: fc.option(fc.integer({ min: -20, max: 200 }), { nil: null }),
    tradable: fc.boolean(),
    volume24h: decimal,
    bestBid: decimal,
    bestAsk: decimal,
    depth: decimal,
  })
  .map(({ n, series, opens, closes, ...rest }) =>
    contract(
      `A${n}`,
      {
        series,
        opensAt: opens === null ? null : plusMs(NOON, opens * 60_000),
        closesAt: closes === null ? null : plusMs(NOON, closes * 60_000),
      },
      rest,
    ),
  );
const anyListings = fc.uniqueArray(anyListing, { selector: (one) => one.instrument.id, maxLength: 25 });
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const anyRule = (name: string): fc.Arbitrary<UniverseRule> =>
  fc
    .record({
      symbols: fc.constantFrom([], ['A1*'], ['A1', 'A2', 'A3']),
      series: fc.constantFrom([], ['S'], ['S', 'T']),
      exclude: fc.constantFrom([], ['*9']),
      rolling: fc.boolean(),
      volume24hMin: orNull(fc.constant(asMoney(100n * ONE))),
      spreadMax: orNull(fc.constant(asPrice(5n * ONE))),
      spreadBpsMax: orNull(fc.constant(5_000)),
      depthMin: orNull(fc.constant(asMoney(50n * ONE))),
      daysToExpiryMax: orNull(fc.constant((60 * 60_000) / DAY_MS)),
      limit: fc.integer({ min: 1, max: 5 }),
    })
    .map((more) => rule({ name, venue: 'kalshi', ...more }));
const anyRules = fc
  .tuple(anyRule('one'), anyRule('two'))
  .chain(([one, two]) => fc.constantFrom([one], [one, two], [two]));

/** A look at lists after an earlier one at others, with some of the rules unread. */
const anyInput: fc.Arbitrary<UniverseInput> = fc
  .record({
    rules: anyRules,
    earlier: anyListings,
    listings: anyListings,
    unread: fc.subarray(['one', 'two']),
    passed: fc.integer({ min: 0, max: 120 }),
  })
  .map(({ rules, earlier, listings, unread, passed }) => {
    const { members: before } = selectUniverse(input({ rules, listings: earlier }));
    return input({ rules, listings, before, unread: new Set(unread), now: plusMs(NOON, passed * 60_000) });
  });

const idsOf = (all: readonly { readonly instrument: { readonly id: string } }[]): string[] =>
  all.map(({ instrument }) => instrument.id);

test('the order of listings does not matter', () => {
  fc.assert(
    fc.property(anyInput, fc.infiniteStream(fc.nat()), (one, keys) => {
      const shuffled = one.listings
        .map((listing) => ({ listing, key: keys.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ listing }) => listing);
      expect(selectUniverse({ ...one, listings: shuffled })).toEqual(selectUniverse(one));
    }),
    RUN,
  );
});

test('what was there, with what was added and without what was removed, is what is there', () => {
  fc.assert(
    fc.property(anyInput, (one) => {
      const { members, added, removed } = selectUniverse(one);
      const ids = new Set(idsOf(one.before));
      for (const { instrumentId } of removed) expect(ids.delete(instrumentId)).toBe(true);
      for (const { instrumentId } of added) {
        expect(ids.has(instrumentId)).toBe(false);
        ids.add(instrumentId);
      }
      expect(idsOf(members)).toEqual([...ids].sort());
    }),
    RUN,
  );
});

test('a second look at the same lists changes nothing', () => {
  fc.assert(
    fc.property(anyInput, (one) => {
      const { members } = selectUniverse(one);
      const again = selectUniverse({ ...one, before: members });
      expect(again.members).toEqual(members);
      expect([...again.added, ...again.removed]).toEqual([]);
    }),
    RUN,
  );
});

test('every change has a reason that begins with its rule, and everything in scope is in or left out', () => {
  fc.assert(
    fc.property(anyInput, (one) => {
      const { added, removed, found, leftOut, members } = selectUniverse(one);
      for (const { reason } of [...added, ...removed]) expect(reason).toMatch(/^(one|two): \S/);
      for (const { rule: name, listed } of found) {
        const left = leftOut.filter((out) => out.rule === name).reduce((sum, { count }) => sum + count, 0);
        const inIt = members.filter((member) => member.rule === name).length;
        // Those that a rule admits and an earlier one has already are neither.
        if (listed !== null) expect(left + inIt).toBeLessThanOrEqual(listed);
        if (listed !== null && one.rules[0]?.name === name) expect(left + inIt).toBe(listed);
      }
    }),
    RUN,
  );
});

test('no rule gives nothing, whatever was there', () => {
  fc.assert(
    fc.property(anyInput, (one) => {
      const { members, removed } = selectUniverse({ ...one, rules: [] });
      expect(members).toEqual([]);
      expect(removed.map(({ instrumentId }) => instrumentId)).toEqual(idsOf(one.before));
    }),
    RUN,
  );
});
