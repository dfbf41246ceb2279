import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { TakerEvidence } from '../../../core/paper/taker.ts';
import { walkBook } from '../../../core/paper/taker.ts';

type Offer = readonly [price: string, shown: string, taken: string];
const walk = (
  side: 'buy' | 'sell',
  limit: string,
  wanted: string,
  cap: string | null,
  offers: readonly Offer[],
) => {
  const evidence: TakerEvidence = {
    kind: 'taker',
    side,
    limitPrice: price(limit),
    wanted: quantity(wanted),
    cap: cap === null ? null : quantity(cap),
    levels: offers.map(([at, shown, taken]) => ({
      price: price(at),
      shown: quantity(shown),
      taken: quantity(taken),
    })),
  };
  return walkBook(evidence).map((line) => [line.price, line.quantity]);
};
const lines = (...texts: readonly (readonly [string, string])[]) =>
  texts.map(([at, of]) => [price(at), quantity(of)]);

const ASKS = [
  ['100', '2', '0'],
  ['101', '3', '0'],
  ['102', '4', '0'],
] as const;

test.each([
  { wanted: '1', limit: '100', cap: null, filled: lines(['100', '1']) },
  { wanted: '2', limit: '100', cap: null, filled: lines(['100', '2']) },
  { wanted: '4', limit: '101', cap: null, filled: lines(['100', '2'], ['101', '2']) }, // 2 + 2
  { wanted: '9', limit: '101', cap: null, filled: lines(['100', '2'], ['101', '3']) }, // the limit ends the walk
  { wanted: '20', limit: '200', cap: null, filled: lines(['100', '2'], ['101', '3'], ['102', '4']) }, // the book ends it
  { wanted: '9', limit: '102', cap: '2.5', filled: lines(['100', '2'], ['101', '0.5']) }, // the wider lane got 2.5
  { wanted: '9', limit: '102', cap: '0', filled: [] },
  { wanted: '9', limit: '99.99', cap: null, filled: [] },
] as const)('a buy of $wanted up to $limit with cap $cap', ({ wanted, limit, cap, filled }) => {
  expect(walk('buy', limit, wanted, cap, ASKS)).toEqual(filled);
});

test('a sell walks the bids down to its limit', () => {
  const bids = [
    ['100', '1', '0'],
    ['99', '1', '0'],
    ['98', '1', '0'],
  ] as const;
  expect(walk('sell', '99', '5', null, bids)).toEqual(lines(['100', '1'], ['99', '1']));
});

test('what we took before is not there: a level used up is passed over, one overdrawn offers nothing', () => {
  const asks = [
    ['100', '2', '2'],
    ['101', '3', '1'],
    ['102', '1', '5'],
    ['103', '1', '0'],
  ] as const;
  expect(walk('buy', '103', '9', null, asks)).toEqual(lines(['101', '2'], ['103', '1']));
});

test('an empty side fills nothing', () => {
  expect(walk('buy', '100', '1', null, [])).toEqual([]);
});
