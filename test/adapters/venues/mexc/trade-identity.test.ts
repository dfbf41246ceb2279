import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deal } from '../../../../adapters/venues/mexc/deals.ts';
import { TradeIdentity } from '../../../../adapters/venues/mexc/trade-identity.ts';
import { at } from './frames.ts';

const deal = (id: string | null, ms = 0): Deal => ({
  id,
  occurredAt: at(ms),
  ticks: 5,
  lots: 7,
  aggressor: 'buy',
});
const KEY = `${at(0)}:5:7:buy`;

test('what was seen without an id is not told again with one, nor the other way round', () => {
  const identity = new TradeIdentity();
  expect(identity.idsOf([deal(null), deal(null)])).toEqual([`${KEY}#1`, `${KEY}#2`]);
  expect(identity.idsOf([deal('a'), deal('b'), deal('c')])).toEqual([null, null, 'c']);
  expect(identity.idsOf([deal(null), deal(null), deal(null), deal(null)])).toEqual([
    null,
    null,
    null,
    `${KEY}#4`,
  ]);
});

test('the oldest are forgotten, so that no stream of trades grows memory', () => {
  const identity = new TradeIdentity();
  for (let ms = 0; ms < 10_000; ms += 1) identity.idsOf([deal(`id ${ms}`, ms)]);
  expect(identity.idsOf([deal('id 9999', 9_999)])).toEqual([null]);
  // At least the newest 1 024 are known; 10 000 - 2 x 1 024 = 7 952 are certainly forgotten.
  expect(identity.idsOf([deal('id 8976', 8_976)])).toEqual([null]);
  expect(identity.idsOf([deal('id 7951', 7_951)])).toEqual(['id 7951']);
});

test('over any messages, with ids and without, the larger count of each print is told', () => {
  const message = fc.oneof(
    fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 }),
    fc.array(fc.constant(null), { maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      const identity = new TradeIdentity();
      const told = messages.flatMap((ids) => identity.idsOf(ids.map((id) => deal(id))));
      const named = new Set(messages.flat().filter((id) => id !== null)).size;
      const unnamed = Math.max(0, ...messages.map((ids) => ids.filter((id) => id === null).length));
      const fresh = told.filter((id) => id !== null);
      expect(fresh).toHaveLength(Math.max(named, unnamed));
      expect(new Set(fresh).size).toBe(fresh.length);
    }),
    { seed: 42, numRuns: 500 },
  );
});
