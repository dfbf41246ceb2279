import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Consumption } from '../../../core/paper/consumption.ts';
import {
  NO_CONSUMPTION,
  reviseConsumption,
  takeLevels,
  takenAt,
  usedPrints,
  usePrints,
} from '../../../core/paper/consumption.ts';
import type { LevelText } from '../../support/values.ts';
import { at, levels, market } from '../../support/values.ts';

const taking = (...asks: readonly LevelText[]): Consumption =>
  takeLevels(NO_CONSUMPTION, 'ask', levels(asks));
const taken = (consumption: Consumption, at: string) => takenAt(consumption, 'ask', price(at));

test.each([
  { says: 'stays taken while the level shows as much', asks: [['100', '5']], left: '3' },
  { says: 'stays taken when the level grows', asks: [['100', '9']], left: '3' },
  { says: 'is never more than the level shows', asks: [['100', '2']], left: '2' },
  {
    says: 'is forgotten when the level is gone',
    asks: [
      ['99', '5'],
      ['101', '5'],
    ],
    left: '0',
  },
  { says: 'is forgotten when the price moved above it', asks: [['101', '5']], left: '0', complete: true },
  {
    says: 'is forgotten where the shown depth does not reach any more',
    asks: [
      ['98', '5'],
      ['99', '5'],
    ],
    left: '0',
  },
] as const)('what was taken $says', ({ asks, left, ...rest }) => {
  const revised = reviseConsumption(taking(['100', '3']), market({ asks, bids: [['97', '1']], ...rest }));
  expect(taken(revised, '100')).toBe(quantity(left));
});

test('a picture that changes nothing gives the same value back, so that nothing is written', () => {
  const before = taking(['100', '3']);
  expect(reviseConsumption(before, market({ asks: [['100', '5']] }))).toBe(before);
});

test('taking again adds up, by side and price', () => {
  const twice = takeLevels(taking(['100', '1'], ['101', '2']), 'ask', levels([['100', '0.5']]));
  expect([taken(twice, '100'), taken(twice, '101'), taken(twice, '102')]).toEqual([
    quantity('1.5'),
    quantity('2'),
    quantity('0'),
  ]);
  expect(takenAt(twice, 'bid', price('100'))).toBe(0n);
});

test('the order in which levels were taken leaves no trace', () => {
  const one = takeLevels(taking(['100', '1']), 'bid', levels([['99', '1']]));
  const other = takeLevels(
    takeLevels(NO_CONSUMPTION, 'bid', levels([['99', '1']])),
    'ask',
    levels([['100', '1']]),
  );
  expect(one).toEqual(other);
});

test('prints used up count within their window only', () => {
  const once = usePrints(NO_CONSUMPTION, at(1), 'buy', price('100'), quantity('2'));
  const twice = usePrints(once, at(1), 'buy', price('100'), quantity('1'));
  expect(usedPrints(twice, at(1), 'buy', price('100'))).toBe(quantity('3'));
  expect(usedPrints(twice, at(1), 'sell', price('100'))).toBe(0n);
  expect(usedPrints(twice, at(2), 'buy', price('100'))).toBe(0n);
  const later = usePrints(twice, at(2), 'buy', price('99'), quantity('1'));
  expect(usedPrints(later, at(2), 'buy', price('100'))).toBe(0n);
  expect(usePrints(later, at(3), 'buy', price('99'), quantity('0'))).toBe(later);
});
