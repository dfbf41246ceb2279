import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Shard, spread } from '../../../../adapters/venues/session/shards.ts';

const shard = (n: number, symbols: string): Shard => ({ n, symbols: symbols.split('') });

test.each([
  {
    why: 'fills connections in order',
    before: [],
    wanted: 'ABCDE',
    after: [shard(0, 'AB'), shard(1, 'CD'), shard(2, 'E')],
  },
  {
    why: 'leaves those in place that stay',
    before: [shard(0, 'AB'), shard(1, 'CD')],
    wanted: 'BCD',
    after: [shard(0, 'B'), shard(1, 'CD')],
  },
  {
    why: 'puts a new one where there is room',
    before: [shard(0, 'B'), shard(1, 'CD')],
    wanted: 'BCDX',
    after: [shard(0, 'BX'), shard(1, 'CD')],
  },
  {
    why: 'opens another where there is none',
    before: [shard(0, 'AB')],
    wanted: 'ABX',
    after: [shard(0, 'AB'), shard(1, 'X')],
  },
  {
    why: 'ends a connection without symbols',
    before: [shard(0, 'AB'), shard(1, 'CD')],
    wanted: 'CD',
    after: [shard(1, 'CD')],
  },
  {
    why: 'uses a number again that is free',
    before: [shard(1, 'CD')],
    wanted: 'CDX',
    after: [shard(0, 'X'), shard(1, 'CD')],
  },
  { why: 'takes each symbol once', before: [], wanted: 'AABB', after: [shard(0, 'AB')] },
  { why: 'has none for nothing', before: [shard(0, 'AB')], wanted: '', after: [] },
])('$why', ({ before, wanted, after }) => {
  expect(spread(before, wanted, 2)).toEqual(after);
});

test('lets the emptier connection die out: a new symbol joins the fuller one', () => {
  expect(spread([shard(0, 'A'), shard(1, 'BC')], 'ABCX', 3)).toEqual([shard(0, 'A'), shard(1, 'BCX')]);
});

test('moves what does not fit any more', () => {
  expect(spread([shard(0, 'ABC')], 'ABC', 2)).toEqual([shard(0, 'AB'), shard(1, 'C')]);
});

test('refuses connections without room', () => {
  expect(() => spread([], 'A', 0)).toThrow('a connection carries at least one symbol, not 0');
});

const symbols = fc.uniqueArray(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')), { maxLength: 26 });

test('whatever is followed in turn, each symbol has one connection, none is too full, and none moves that stays', () => {
  fc.assert(
    fc.property(fc.array(symbols, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (steps, perShard) => {
      let shards: readonly Shard[] = [];
      for (const wanted of steps) {
        const homes = new Map(shards.flatMap(({ n, symbols: some }) => some.map((one) => [one, n] as const)));
        shards = spread(shards, wanted, perShard);
        const carried = shards.flatMap((one) => one.symbols);
        expect([...carried].sort()).toEqual([...wanted].sort());
        for (const { n, symbols: some } of shards) {
          expect(some.length).toBeLessThanOrEqual(perShard);
          expect(some.length).toBeGreaterThan(0);
          for (const one of some) expect(homes.get(one) ?? n).toBe(n);
        }
        expect(new Set(shards.map(({ n }) => n)).size).toBe(shards.length);
      }
    }),
    { seed: 5, numRuns: 300 },
  );
});
