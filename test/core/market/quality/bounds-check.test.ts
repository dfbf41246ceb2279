import { expect, test } from 'vitest';
import { asPrice, price } from '../../../../core/amounts.ts';
import { BoundsCheck, type PriceRules } from '../../../../core/market/quality/bounds-check.ts';
import { ELM, OAK } from '../samples.ts';
import { RAIN } from './contract.ts';

/** Ticks of 0.01 over the whole range, as most contracts have, with bounds that leave the judgement to the contract. */
const SNOW: PriceRules = {
  tickSize: price('0.01'),
  priceMin: price('0'),
  priceMax: price('1'),
  contract: RAIN.contract,
};

test.each([
  ['an asset', OAK, '0.01', null],
  ['an asset', OAK, '99999.99', null],
  ['an asset', OAK, '100000', null],
  ['an asset', OAK, '100000.01', 'out_of_bounds'],
  ['an asset', OAK, '0', 'out_of_bounds'],
  ['an asset', OAK, '-5', 'out_of_bounds'],
  ['an asset', OAK, '0.005', 'out_of_bounds'], // below the lowest price, and off the tick
  ['an asset', OAK, '12.345', 'off_tick'],
  ['a tick of 0.0025', ELM, '2.5025', null],
  ['a tick of 0.0025', ELM, '2.501', 'off_tick'],
  ['tapered ticks', RAIN, '0.029', null],
  ['tapered ticks', RAIN, '0.1', null], // the seam belongs to both ranges
  ['tapered ticks', RAIN, '0.105', 'off_tick'],
  ['tapered ticks', RAIN, '0.325', 'off_tick'],
  ['tapered ticks', RAIN, '0.9', null],
  ['tapered ticks', RAIN, '0.939', null],
  ['tapered ticks', RAIN, '0.9395', 'off_tick'],
  ['tapered ticks', RAIN, '0.9995', 'out_of_bounds'],
  ['whole cents', SNOW, '0.01', null],
  ['whole cents', SNOW, '0.029', 'off_tick'],
  ['whole cents', SNOW, '0', 'out_of_bounds'], // what is worth nothing no longer trades
  ['whole cents', SNOW, '1', 'out_of_bounds'],
] as const)('%s: $2 at %s', (_what, rules, text, fault) => {
  expect(new BoundsCheck(rules).faultOf(price(text))).toBe(fault);
});

test('old orders off the tick are told once each, however often their prices are seen', () => {
  const check = new BoundsCheck(OAK);
  const seen = ['10.005', '10.01', '10.015', '10.005', '10.02', '10.015', '10.005'].map((text) =>
    check.faultOf(price(text)),
  );
  expect(seen).toEqual(['off_tick', null, 'off_tick', null, null, null, null]);
});

test('a venue that made its tick finer shows many prices off ours, and each is told', () => {
  const check = new BoundsCheck(OAK);
  const seen = Array.from({ length: 200 }, (_, n) =>
    check.faultOf(asPrice(1_000_500_000n + BigInt(n) * 1_000_000n)),
  );
  expect(seen.filter((fault) => fault === 'off_tick')).toHaveLength(200);
});

test('a price out of bounds is told each time', () => {
  const check = new BoundsCheck(OAK);
  expect([1, 2, 3].map(() => check.faultOf(price('0')))).toEqual([
    'out_of_bounds',
    'out_of_bounds',
    'out_of_bounds',
  ]);
});
