import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { fromItem, toItem } from '../../../adapters/store/table.ts';
import {
  asMoney,
  asPrice,
  asQuantity,
  formatUnits,
  money,
  ONE,
  price,
  quantity,
  rateFromBps,
} from '../../../core/amounts.ts';
import { fillBooking } from '../../../core/ledger/order-facts.ts';
import { flat } from '../../../core/ledger/position.ts';
import {
  type FeeSchedule,
  type FillLine,
  feeFor,
  type LiquiditySide,
  lineTotals,
  reservationFor,
} from '../../../core/paper/fees.ts';
import { type Fill, type FillEvidence, hashEvidence, recomputeFill } from '../../../core/paper/fill.ts';
import type { Order } from '../../../core/paper/order.ts';
import { fillSchema } from '../../../core/schemas.ts';
import { anOrder, FEES } from '../../support/values.ts';

const CENTICENT = '0.0001';
const CENT = '0.01';
/** Polymarket's fees have five decimals. */
const FIVE_DECIMALS = '0.00001';

const line = (of: string, at: string): FillLine => ({ price: price(at), quantity: quantity(of) });

/** `0.07` as a rate: basis points without the factor. */
const rateOf = (text: string) => rateFromBps(formatUnits(price(text) * 10_000n));
const schedule = (rate: string, step: string): FeeSchedule => ({
  version: 'test-quadratic',
  makerRate: rateOf(rate),
  takerRate: rateOf(rate),
  charge: 'quote',
  quadraticStep: money(step),
});

/** The fee of one fill under a rate, as text. */
function feeOf(rate: string, step: string, ...lines: readonly FillLine[]): string {
  const fee = feeFor('buy', lines, 'taker', schedule(rate, step));
  expect(fee).toEqual({ asset: 'quote', amount: fee.inQuote, inQuote: fee.inQuote });
  return formatUnits(fee.amount);
}

test.each([
  // 0.07, the taker rate, x contracts x p x (1 - p); in full, up to 0.0001, up to a cent
  ['K1', '0.07', '1', '0.50', '0.0175', '0.0175', '0.02'],
  ['K2', '0.07', '10', '0.50', '0.175', '0.175', '0.18'],
  ['K3', '0.07', '100', '0.50', '1.75', '1.75', '1.75'],
  ['K4', '0.07', '100', '0.25', '1.3125', '1.3125', '1.32'],
  ['K5', '0.07', '100', '0.05', '0.3325', '0.3325', '0.34'],
  ['K6', '0.07', '3', '0.45', '0.051975', '0.052', '0.06'],
  ['K7', '0.07', '1', '0.01', '0.000693', '0.0007', '0.01'],
  ['K8', '0.07', '7', '0.63', '0.114219', '0.1143', '0.12'],
  ['K9', '0.07', '2.5', '0.37', '0.0407925', '0.0408', '0.05'],
  ['K10', '0.07', '0.5', '0.50', '0.00875', '0.0088', '0.01'],
  ['K11', '0.07', '40', '0.935', '0.17017', '0.1702', '0.18'], // tapered tick
  ['K12', '0.07', '250', '0.005', '0.0870625', '0.0871', '0.09'],
  ['K13', '0.035', '100', '0.55', '0.86625', '0.8663', '0.87'], // baseball before the first pitch: half of 0.07
  ['K14', '0.0175', '2', '0.67', '0.0077385', '0.0078', '0.01'], // maker
  ['K15', '0.0175', '2', '0.12', '0.003696', '0.0037', '0.01'], // maker
  ['K16', '0.0175', '100', '0.50', '0.4375', '0.4375', '0.44'], // maker
  ['K17', '0.035', '100', '0.50', '0.875', '0.875', '0.88'], // maker of a combo
  ['K18', '0', '12', '0.34', '0', '0', '0'], // maker of a plain series
  ['K19', '0.07', '100', '0.60', '1.68', '1.68', '1.68'], // 1.6800000000000002 in floating point, which is not 1.69
] as const)(
  '%s: %s x %s contracts at %s cost %s, charged as %s to the hundredth of a cent, %s to the cent',
  (_row, rate, contracts, at, exact, centicent, cent) => {
    const filled = line(contracts, at);
    expect(feeOf(rate, '0.00000001', filled)).toBe(exact);
    expect(feeOf(rate, CENTICENT, filled)).toBe(centicent);
    expect(feeOf(rate, CENT, filled)).toBe(cent);
  },
);

test.each([
  // The venue's own fee where it rounds down, as far as its fills show; ours is never less, and less than 0.00001 more.
  ['P1', '0.07', '100', '0.50', '1.75', '1.75'],
  ['P2', '0.07', '100', '0.05', '0.3325', '0.3325'],
  ['P3', '0.07', '580.677591', '0.52705857', '10.1321', '10.13209'], // 10.1320972; an average price, of one digit less
  ['P4', '0.05', '100', '0.50', '1.25', '1.25'],
  ['P5', '0.05', '12.5', '0.333', '0.13882', '0.13881'], // 0.138819375
  ['P6', '0.04', '100', '0.05', '0.19', '0.19'],
  ['P7', '0.04', '5', '0.001', '0.0002', '0.00019'], // 0.0001998
  ['P8', '0', '100', '0.50', '0', '0'], // without fees
] as const)(
  '%s: %s x %s shares at %s cost %s where the venue takes %s',
  (_row, rate, shares, at, ours, venues) => {
    expect(feeOf(rate, FIVE_DECIMALS, line(shares, at))).toBe(ours);
    const over = money(ours) - money(venues);
    expect(over === 0n || over === money(FIVE_DECIMALS)).toBe(true);
  },
);

test('P9: a set of both outcomes three cents under a dollar loses half a cent', () => {
  const fees = [line('1', '0.48'), line('1', '0.49')].map((one) => money(feeOf('0.07', FIVE_DECIMALS, one)));
  expect(fees.map(formatUnits)).toEqual(['0.01748', '0.0175']); // 0.017472 and 0.017493
  const gain = ONE - price('0.48') - price('0.49') - fees.reduce((sum, fee) => sum + fee, 0n);
  expect(formatUnits(gain)).toBe('-0.00498'); // 0.03 - 0.03498; 0.03 - 0.034965 without rounding
});

test('a fill at several prices is rounded once', () => {
  const lines = [line('0.1', '0.48'), line('0.1', '0.49')]; // 0.0017472 and 0.0017493, 0.0034965 together
  expect(feeOf('0.07', CENTICENT, ...lines)).toBe('0.0035'); // each by itself 0.0018
  expect(feeOf('0.07', CENT, ...lines)).toBe('0.01'); // each by itself a cent
});

test.each(['buy', 'sell'] as const)(
  'a %s pays the rate of its side of the trade, out of the quote asset',
  (side) => {
    const fees: FeeSchedule = { ...schedule('0.07', CENT), makerRate: rateOf('0.0175') };
    const fee = (liquidity: LiquiditySide) => feeFor(side, [line('100', '0.5')], liquidity, fees);
    expect(fee('maker')).toEqual({ asset: 'quote', amount: money('0.44'), inQuote: money('0.44') });
    expect(fee('taker')).toEqual({ asset: 'quote', amount: money('1.75'), inQuote: money('1.75') });
    expect(feeFor(side, [], 'taker', fees)).toEqual({ asset: 'quote', amount: 0n, inQuote: 0n });
  },
);

test('nothing is charged at the ends, where nothing is open', () => {
  expect([feeOf('0.07', CENT, line('100', '0')), feeOf('0.07', CENT, line('100', '1'))]).toEqual(['0', '0']);
});

test.each(['1.00000001', '-0.01'])('a contract cannot trade at %s', (at) => {
  expect(() => feeOf('0.07', CENT, line('1', at))).toThrow(`between 0 and 1, not at ${at}`);
});

test.each([
  ['buy', '0.05', '100', '5.34'], // 5 and 0.3325, to the cent
  ['buy', '0.5', '100', '51.75'], // 50 and 1.75
  ['buy', '0.95', '100', '96.75'], // 95 and 1.75: it may fill at 0.5
  ['buy', '0.5', '0', '0'],
  ['sell', '0.5', '100', '0'], // covered by what is held
] as const)('a %s at %s of %s contracts sets aside %s', (side, limit, contracts, reserved) => {
  expect(formatUnits(reservationFor(side, price(limit), quantity(contracts), schedule('0.07', CENT)))).toBe(
    reserved,
  );
});

test('the dearer of the two rates is set aside', () => {
  const makersPay: FeeSchedule = { ...schedule('0.07', CENT), makerRate: rateOf('0.1') };
  expect(formatUnits(reservationFor('buy', price('0.5'), quantity('100'), makersPay))).toBe('52.5');
});

/** Any price of a tick of 0.0001 and any count of hundredths: finer than both venues have. */
const anyPrice = fc.integer({ min: 1, max: 9_999 }).map((ticks) => asPrice(BigInt(ticks) * (ONE / 10_000n)));
const anyQuantity = fc
  .integer({ min: 1, max: 1_000_000 })
  .map((lots) => asQuantity(BigInt(lots) * (ONE / 100n)));
const anyLine = fc.record({ price: anyPrice, quantity: anyQuantity });
const anyLines = fc.array(anyLine, { minLength: 1, maxLength: 6 });
const anySchedule = fc
  .record({
    maker: fc.integer({ min: 0, max: 20_000 }),
    taker: fc.integer({ min: 0, max: 20_000 }),
    step: fc.constantFrom(CENT, CENTICENT, FIVE_DECIMALS, '0.00000001'),
  })
  .map(({ maker, taker, step }) => ({
    ...schedule('0', step),
    makerRate: rateFromBps(String(maker)),
    takerRate: rateFromBps(String(taker)),
  }));
const anyLiquidity = fc.constantFrom<LiquiditySide>('maker', 'taker');

test('a fee is a multiple of its step, at least what the formula says, and less than a step more', () => {
  fc.assert(
    fc.property(anyLines, anyLiquidity, anySchedule, (lines, liquidity, fees) => {
      const { amount } = feeFor('buy', lines, liquidity, fees);
      const rate = liquidity === 'maker' ? fees.makerRate : fees.takerRate;
      const exact = lines.reduce((sum, one) => sum + rate * one.quantity * one.price * (ONE - one.price), 0n);
      const step = fees.quadraticStep ?? 0n;
      expect(amount).toBeGreaterThanOrEqual(0n);
      expect(amount % step).toBe(0n);
      expect(amount * ONE ** 3n).toBeGreaterThanOrEqual(exact);
      expect((amount - step) * ONE ** 3n).toBeLessThan(exact === 0n ? 1n : exact);
    }),
    { seed: 51, numRuns: 2_000 },
  );
});

const costOf = (lines: readonly FillLine[], liquidity: LiquiditySide, fees: FeeSchedule): bigint =>
  lineTotals('buy', lines).notional + feeFor('buy', lines, liquidity, fees).amount;
const worstOf = (lines: readonly FillLine[]) =>
  lines.reduce((worst, one) => (one.price > worst ? one.price : worst), asPrice(0n));

test('what is set aside pays any fill within the limit', () => {
  fc.assert(
    fc.property(anyLines, anyLiquidity, anySchedule, fc.nat(3_000), (lines, liquidity, fees, above) => {
      // A limit at the worst of its prices, or above.
      const limit = asPrice(BigInt(worstOf(lines)) + BigInt(above) * (ONE / 10_000n));
      const reserved = reservationFor('buy', limit, lineTotals('buy', lines).quantity, fees);
      expect(reserved).toBeGreaterThanOrEqual(costOf(lines, liquidity, fees));
    }),
    { seed: 52, numRuns: 2_000 },
  );
});

test('an order that fills in parts never needs more than a step for each further part', () => {
  fc.assert(
    fc.property(fc.array(anyLines, { minLength: 1, maxLength: 5 }), anySchedule, (parts, fees) => {
      const all = parts.flat();
      const reserved = reservationFor('buy', worstOf(all), lineTotals('buy', all).quantity, fees);
      const cost = parts.reduce((sum, lines) => sum + costOf(lines, 'taker', fees), 0n);
      const further = BigInt(parts.length - 1) * (fees.quadraticStep ?? 0n);
      expect(reserved + further).toBeGreaterThanOrEqual(cost);
    }),
    { seed: 53, numRuns: 2_000 },
  );
});

const evidence: FillEvidence = {
  model: 'paper-1',
  feedId: 'main' as FillEvidence['feedId'],
  closedAt: 1_000 as FillEvidence['closedAt'],
  instrumentId: 'kalshi:KXM-1' as FillEvidence['instrumentId'],
  decidedAt: 0 as FillEvidence['decidedAt'],
  latencyMs: 100,
  effectiveAt: 100 as FillEvidence['effectiveAt'],
  joinedAt: null,
  market: {
    kind: 'taker',
    side: 'buy',
    limitPrice: price('0.5'),
    wanted: quantity('3'),
    cap: null,
    levels: [
      { price: price('0.45'), shown: quantity('1'), taken: quantity('0') },
      { price: price('0.46'), shown: quantity('5'), taken: quantity('0') },
    ],
  },
  fees: schedule('0.07', CENT),
};

test('the evidence of a fill gives its fee again, and another step is another evidence', () => {
  // 0.07 x (1 x 0.45 x 0.55 + 2 x 0.46 x 0.54) = 0.017325 + 0.034776 = 0.052101
  const { fee, notional } = recomputeFill(evidence);
  expect([formatUnits(notional), formatUnits(fee.amount)]).toEqual(['1.37', '0.06']);
  const finer = { ...evidence, fees: { ...evidence.fees, quadraticStep: asMoney(10_000n) } };
  expect(formatUnits(recomputeFill(finer).fee.amount)).toBe('0.0522');
  expect(hashEvidence(sha256, finer)).not.toBe(hashEvidence(sha256, evidence));
});

test.each([
  // 100 at 0.5 cost 50 and 1.75: no cash moves, since 51.75 were set aside
  [
    'buy',
    ['fees 1.75 USD', 'holding 100 KXM-1', 'position 50 USD', 'reserved -51.75 USD', 'venue -100 KXM-1'],
  ],
  // held at 0.5, and sold for 50 less 1.75
  ['sell', ['cash 48.25 USD', 'fees 1.75 USD', 'holding -100 KXM-1', 'position -50 USD', 'venue 100 KXM-1']],
] as const)('a %s is booked with its fee in cash', (side, expected) => {
  const fees = schedule('0.07', CENT);
  const id = evidence.instrumentId;
  const before = anOrder({ side, limit: '0.5', size: '100', fees });
  const kept = { ...before.lanes.base, reserved: money('0') };
  const filled: Order = { ...before, lanes: { ...before.lanes, base: kept } };
  const held = { ...flat(id), quantity: quantity('100'), cost: money('50') };
  const { facts } = fillBooking(
    before,
    filled,
    'base',
    { lines: [line('100', '0.5')], liquidity: 'taker' },
    side === 'buy' ? flat(id) : held,
    { id, baseAsset: 'KXM-1', quoteAsset: 'USD' },
    fees,
    evidence.closedAt,
  );
  const posted = facts.postings.map(
    ({ account, amount, currency }) => `${account.split(':')[0]} ${formatUnits(amount)} ${currency}`,
  );
  expect(posted).toEqual(expected);
});

test('a stored fill keeps the step, so that its evidence still has its hash', () => {
  const recomputed = recomputeFill(evidence);
  const fill: Fill = {
    ...recomputed,
    id: '00000000000000aa.base.1000' as Fill['id'],
    orderId: '00000000000000aa' as Fill['orderId'],
    accountId: 'main' as Fill['accountId'],
    strategyId: 'sma' as Fill['strategyId'],
    lane: 'base',
    instrumentId: evidence.instrumentId,
    closedAt: evidence.closedAt,
    realized: money('0'),
    evidence,
    evidenceHash: hashEvidence(sha256, evidence),
    entry: 1,
  };
  const stored = fromItem(fillSchema, toItem({ pk: 'A', sk: 'F' }, 'fill', fill, 1));
  expect(stored).toEqual(fill);
  expect(hashEvidence(sha256, stored.evidence)).toBe(fill.evidenceHash);
});

test('a share of the value is charged where no step is named', () => {
  expect(feeFor('buy', [line('100', '0.5')], 'taker', { ...FEES, charge: 'quote' }).amount).toBe(
    money('0.05'),
  );
});
