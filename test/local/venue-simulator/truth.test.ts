import { expect, test } from 'vitest';
import { ONE, price, quantity } from '../../../core/amounts.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { epochMs, plusMs } from '../../../core/time.ts';
import { SimFloor } from '../../../local/venue-simulator/sim-floor.ts';
import type { SimListing, SimMarket } from '../../../local/venue-simulator/sim-market.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { COIN } from '../../support/values.ts';

const START = epochMs(1_790_000_000_000);
const YES = { ...COIN, id: instrumentId('polymarket', 'YES'), venue: 'polymarket' as const, symbol: 'YES' };
const LISTING: SimListing = {
  instrument: YES,
  mirror: { ...YES, id: instrumentId('polymarket', 'NO'), symbol: 'NO' },
  aliases: ['YEA'],
  openingTicks: 40,
  ticksMin: 1,
  ticksMax: 99,
  usualLots: 500,
  levels: 10,
};

function open() {
  const timers = new VirtualTimers(START);
  const floor = new SimFloor({ seed: 7, timers, listings: [LISTING] });
  const market = floor.market('YES');
  if (market === undefined) throw new Error('YES is listed');
  return { timers, floor, market, pass: (ms: number) => timers.runUntil(plusMs(timers.now(), ms)) };
}

/** A reader's book with the levels that the market shows now. */
function copyOf({ book, instrument }: SimMarket, isMirrored = false): OrderBook {
  const copy = new OrderBook(instrument);
  const [tickSteps, lotSteps] = [
    Number(instrument.tickSize / copy.ticks.step),
    Number(instrument.lotSize / copy.lots.step),
  ];
  const one = Number(ONE / instrument.tickSize);
  for (const side of ['bids', 'asks'] as const) {
    const into = isMirrored ? (side === 'bids' ? 'asks' : 'bids') : side;
    for (const { tick, lots } of book.levels(side, 1_000))
      copy.set(into, (isMirrored ? one - tick : tick) * tickSteps, lots * lotSteps);
  }
  copy.sequence = book.updateId;
  return copy;
}

test('a book that the venue has is right, and stays right as one that it had', () => {
  const { floor, market, pass, timers } = open();
  const truth = new Truth(floor);
  const copy = copyOf(market);
  expect(truth.isRight(copy, 'YES')).toBe(true);
  pass(60_000);
  expect(truth.isRight(copy, 'YES')).toBe(true);
  expect(truth.behindMs(copy, 'YES', timers.now())).toBeGreaterThan(59_000);
  expect(truth.isRight(copyOf(market), 'YES')).toBe(true);
  expect(truth.behindMs(copyOf(market), 'YES', timers.now())).toBe(0);
});

test('one lot, one level or one side off is wrong', () => {
  const { floor, market, pass } = open();
  pass(5_000);
  const truth = new Truth(floor);
  const { book } = market;
  const lotSteps = Number(quantity('0.001') / copyOf(market).lots.step);
  const tickSteps = Number(price('0.01') / copyOf(market).ticks.step);
  const [best, lots] = [book.bestBid, book.lotsAt('bids', book.bestBid)];
  const off = (change: (copy: OrderBook) => void): string | null => {
    const copy = copyOf(market);
    change(copy);
    return truth.judge(copy, 'YES').why;
  };
  expect(off(() => undefined)).toBeNull();
  expect(off((copy) => copy.set('bids', best * tickSteps, (lots + 1) * lotSteps))).toBe(
    'YES: the venue never had this book',
  );
  expect(off((copy) => copy.set('bids', best * tickSteps, 0))).toBe('YES: the venue never had this book');
  expect(off((copy) => copy.set('asks', 99 * tickSteps, lotSteps * 7))).toBe(
    'YES: the venue never had this book',
  );
  expect(off((copy) => copy.set('bids', best * tickSteps, lots * lotSteps + 1))).toBe(
    'YES: a level between two steps of price or size',
  );
});

test('where updates are numbered, the right book under another number is wrong', () => {
  const { floor, market } = open();
  const copy = copyOf(market);
  copy.sequence += 1;
  expect(new Truth(floor, { numbersUpdates: false }).isRight(copy, 'YES')).toBe(true);
  expect(new Truth(floor, { numbersUpdates: true }).judge(copy, 'YES').why).toBe(
    `YES: the book of update ${market.book.updateId} under the number ${copy.sequence}`,
  );
});

test('the opposite outcome shows the same book turned over', () => {
  const { floor, market, pass } = open();
  pass(3_000);
  const truth = new Truth(floor);
  expect(truth.isRight(copyOf(market, true), 'NO')).toBe(true);
  expect(truth.isRight(copyOf(market), 'NO')).toBe(false);
  expect(truth.isRight(copyOf(market), 'YEA')).toBe(true);
  expect(truth.judge(copyOf(market), 'MAYBE').why).toBe('MAYBE is not listed');
});

test('a state that was too long ago is not remembered', () => {
  const { floor, market, pass } = open();
  const copy = copyOf(market);
  // Ten steps a second on average: after an hour some 36000 states came, of which 16384 are kept.
  pass(3_600_000);
  expect(new Truth(floor).isRight(copy, 'YES')).toBe(false);
});
