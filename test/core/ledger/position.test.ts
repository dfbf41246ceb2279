import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asMoney,
  asQuantity,
  formatUnits,
  money,
  notionalCeil,
  notionalFloor,
  price,
  quantity,
} from '../../../core/amounts.ts';
import type { Position } from '../../../core/ledger/position.ts';
import { averagePrice, bookBaseFee, bookExecution, flat } from '../../../core/ledger/position.ts';
import { COIN } from '../../support/values.ts';

type Deal = readonly [side: 'buy' | 'sell', quantity: string, price: string];
/** Books the deals and shows the position after the last one, with what that one did to cash. */
function after(...deals: readonly Deal[]) {
  let position: Position = flat(COIN.id);
  let cash = '';
  for (const [side, of, at] of deals) {
    const booking = bookExecution(position, side, quantity(of), notionalCeil(price(at), quantity(of)));
    position = booking.position;
    cash = formatUnits(booking.cashDelta);
  }
  const [held, cost, realized] = [position.quantity, position.cost, position.realized].map((one) =>
    formatUnits(one),
  );
  return { held, cost, realized, cash };
}

test.each([
  {
    says: 'a buy from flat',
    deals: [['buy', '2', '100']],
    held: '2',
    cost: '200',
    realized: '0',
    cash: '-200',
  },
  {
    says: 'a second buy averages: (200 + 110) / 3',
    deals: [
      ['buy', '2', '100'],
      ['buy', '1', '110'],
    ],
    held: '3',
    cost: '310',
    realized: '0',
    cash: '-110',
  },
  {
    says: 'a partial sell realizes 1 x (130 - 103.33333334)',
    deals: [
      ['buy', '2', '100'],
      ['buy', '1', '110'],
      ['sell', '1', '130'],
    ],
    held: '2',
    cost: '206.66666666',
    realized: '26.66666666',
    cash: '130',
  },
  {
    says: 'selling all leaves nothing: 3 x 90 - 310',
    deals: [
      ['buy', '2', '100'],
      ['buy', '1', '110'],
      ['sell', '3', '90'],
    ],
    held: '0',
    cost: '0',
    realized: '-40',
    cash: '270',
  },
  {
    says: 'a shadow lane may go short',
    deals: [['sell', '2', '100']],
    held: '-2',
    cost: '-200',
    realized: '0',
    cash: '200',
  },
  {
    says: 'and covers: 2 x (100 - 90)',
    deals: [
      ['sell', '2', '100'],
      ['buy', '2', '90'],
    ],
    held: '0',
    cost: '0',
    realized: '20',
    cash: '-180',
  },
  {
    says: 'through zero: 2 close at +20, 1 opens at 90',
    deals: [
      ['sell', '2', '100'],
      ['buy', '3', '90'],
    ],
    held: '1',
    cost: '90',
    realized: '20',
    cash: '-270',
  },
  {
    says: 'through zero from above: 2 close at -20, 1 opens at 90',
    deals: [
      ['buy', '2', '100'],
      ['sell', '3', '90'],
    ],
    held: '-1',
    cost: '-90',
    realized: '-20',
    cash: '270',
  },
] as const)('$says', ({ deals, says: _, ...expected }) => {
  expect(after(...deals)).toEqual(expected);
});

const anyDeal = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  quantity: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  price: fc.bigInt({ min: 1n, max: 10n ** 12n }),
});

test('cash, cost and realized gain always balance, and the quantity is the sum of the deals', () => {
  fc.assert(
    fc.property(fc.array(anyDeal, { maxLength: 30 }), (deals) => {
      let [position, cash, net] = [flat(COIN.id), 0n, 0n];
      for (const deal of deals) {
        const [at, of] = [price(formatUnits(deal.price)), asQuantity(deal.quantity)];
        const notional = deal.side === 'buy' ? notionalCeil(at, of) : notionalFloor(at, of);
        const booking = bookExecution(position, deal.side, of, notional);
        expect(booking.cashDelta + booking.costDelta - booking.realized).toBe(0n);
        expect(booking.position.cost - position.cost).toBe(booking.costDelta);
        ({ position } = booking);
        cash += booking.cashDelta;
        net += deal.side === 'buy' ? of : -of;
      }
      expect(position.quantity).toBe(net);
      expect(cash + position.cost - position.realized).toBe(0n);
      if (net === 0n) expect(position.cost).toBe(0n);
      if (net > 0n) expect(position.cost >= 0n).toBe(true);
      if (net < 0n) expect(position.cost <= 0n).toBe(true);
    }),
    { seed: 31, numRuns: 300 },
  );
});

test('a fee in the base asset shrinks the holding and moves its value from cost to fees', () => {
  const bought = bookExecution(flat(COIN.id), 'buy', quantity('2'), money('200')).position;
  expect(bookBaseFee(bought, money('0.002'), money('0.2'))).toEqual({
    ...bought,
    quantity: quantity('1.998'),
    cost: money('199.8'),
  });
});

test('the average price is cost over quantity, and none when flat', () => {
  expect(averagePrice({ ...flat(COIN.id), quantity: quantity('3'), cost: money('310') })).toBe(
    price('103.33333333'),
  );
  expect(
    averagePrice({ ...flat(COIN.id), quantity: asQuantity(-200_000_000n), cost: asMoney(-20_000_000_000n) }),
  ).toBe(price('100'));
  expect(averagePrice(flat(COIN.id))).toBeNull();
});
