import { expect, test } from 'vitest';
import { toPriceRules } from '../../../../adapters/venues/kalshi/price-rules.ts';
import { formatUnits } from '../../../../core/amounts.ts';
import { LINEAR, TAPERED } from './frames.ts';

const text = (rules: ReturnType<typeof toPriceRules>) =>
  typeof rules === 'string'
    ? rules
    : {
        tick: formatUnits(rules.tickSize),
        min: formatUnits(rules.priceMin),
        max: formatUnits(rules.priceMax),
        ranges: rules.priceRanges?.map(({ start, step }) => `${formatUnits(start)} by ${formatUnits(step)}`),
      };

test('reads one range as one tick', () => {
  expect(text(toPriceRules(LINEAR, undefined))).toEqual({
    tick: '0.01',
    min: '0.01',
    max: '0.99',
    ranges: undefined,
  });
});

test('keeps several ranges beside the finest tick, in whatever order they come', () => {
  const tapered = {
    tick: '0.001',
    min: '0.001',
    max: '0.999',
    ranges: ['0 by 0.001', '0.1 by 0.01', '0.9 by 0.001'],
  };
  expect(text(toPriceRules(TAPERED, undefined))).toEqual(tapered);
  expect(text(toPriceRules(TAPERED.toReversed(), 'linear_cent'))).toEqual(tapered);
  expect(text(toPriceRules(undefined, 'tapered_deci_cent'))).toEqual(tapered);
});

test('counts by what divides all steps', () => {
  const ranges = [
    { start: '0', end: '0.5', step: '0.02' },
    { start: '0.5', end: '1', step: '0.005' },
  ];
  expect(text(toPriceRules(ranges, undefined))).toMatchObject({ tick: '0.005', min: '0.02', max: '0.995' });
});

test.each([
  {
    ranges: undefined,
    structure: 'center_half_edge_deci_cent',
    why: "price_ranges: missing, and price_level_structure 'center_half_edge_deci_cent' is not known",
  },
  {
    ranges: [],
    structure: undefined,
    why: "price_ranges: missing, and price_level_structure '' is not known",
  },
  {
    ranges: [{ start: '0', end: '0.9', step: '0.01' }],
    structure: undefined,
    why: 'price_ranges: they do not end at 1 dollar',
  },
  {
    ranges: [{ start: '0.1', end: '1', step: '0.01' }],
    structure: undefined,
    why: 'price_ranges: they leave a hole or overlap',
  },
  {
    ranges: [{ start: '0', end: '1', step: '0' }],
    structure: undefined,
    why: "price_ranges.0.step: no step, '0'",
  },
  {
    ranges: [{ start: '0', end: '1', step: '0.03' }],
    structure: undefined,
    why: "price_ranges.0.step: does not divide its range, '0.03'",
  },
  {
    ranges: [{ start: '0', end: '2', step: '0.01' }],
    structure: undefined,
    why: "price_ranges.0.end: no price above its start, '2'",
  },
  {
    ranges: [{ start: 'x', end: '1', step: '0.01' }],
    structure: undefined,
    why: "price_ranges.0.start: no price, 'x'",
  },
  {
    ranges: undefined,
    structure: 'toString',
    why: "price_ranges: missing, and price_level_structure 'toString' is not known",
  },
])('refuses: $why', ({ ranges, structure, why }) => {
  expect(toPriceRules(ranges, structure)).toBe(why);
});
