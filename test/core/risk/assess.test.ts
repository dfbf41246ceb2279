import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { money, price, quantity } from '../../../core/amounts.ts';
import { openingEquity } from '../../../core/ledger/equity.ts';
import { emptyAccount } from '../../../core/ledger/lane-account.ts';
import { flat } from '../../../core/ledger/position.ts';
import type { AccountId, Order, OrderId, StrategyId } from '../../../core/paper/order.ts';
import type { DecisionInput } from '../../../core/risk/assess.ts';
import { assess } from '../../../core/risk/assess.ts';
import { signalId } from '../../../core/strategy/strategy.ts';
import { epochMs, plusMs } from '../../../core/time.ts';
import type { OrderText } from '../../support/values.ts';
import { anOrder, at, COIN, FEES, GEM, market, T0 } from '../../support/values.ts';

const MAIN = 'main' as AccountId;
const STRATEGY = 'sma' as StrategyId;
const ACCOUNT = { ...emptyAccount(MAIN, 'base', 'USDT'), cash: money('1000') };
const HELD = { ...flat(COIN.id), quantity: quantity('2.0005'), cost: money('200') };

function input(changes: Partial<DecisionInput> = {}, side: 'buy' | 'sell' = 'buy'): DecisionInput {
  const id = signalId(STRATEGY, COIN.id, T0, 1);
  return {
    signal: {
      id,
      strategyId: STRATEGY,
      closedAt: T0,
      n: 1,
      instrumentId: COIN.id,
      side,
      confidence: 0.5,
      edgeBps: null,
      reason: '',
    },
    accountId: MAIN,
    execution: {
      style: 'join',
      postOnly: true,
      timeInForce: 'GTC',
      expireAfterMs: 5_000,
      onOppositeSignal: 'cancel',
      collarBps: 100,
    },
    sizing: { method: 'fixed-fraction', fractionBps: 1_000, byConfidence: false, notionalMax: money('500') },
    limits: {
      exposurePerInstrumentMax: money('500'),
      exposureTotalMax: money('600'),
      dailyLossMax: money('100'),
      drawdownBpsMax: 2_000,
      dataAgeMsMax: 5_000,
      openOrdersMax: 5,
    },
    instrument: COIN,
    fees: FEES,
    latency: { minMs: 100, medianMs: 200, p99Ms: 900 },
    feedId: anOrder().feedId,
    market: market(),
    marks: [{ instrumentId: COIN.id, price: price('100'), at: T0 }],
    mode: { mode: 'active', version: 7, cause: 'start', reason: '', author: '', changedAt: T0, until: null },
    account: ACCOUNT,
    positions: [],
    working: [],
    equity: openingEquity(ACCOUNT, T0),
    seenThrough: T0,
    made: 3,
    late: false,
    ...changes,
  };
}
const decide = (...given: Parameters<typeof input>) => assess(input(...given), sha256);
const working = (id: string, text: OrderText): Order =>
  anOrder({ id: id as OrderId, strategyId: STRATEGY, ...text });

test('an accepted signal becomes one order in all lanes, with its latency and its cash', () => {
  const { decision, order } = decide();
  if (!order) throw new Error('it was accepted');
  expect(decision).toMatchObject({
    outcome: 'accepted',
    rule: null,
    orderId: order.id,
    modeVersion: 7,
    seenThrough: T0,
    made: 3,
  });
  // 10 % of 1000 at 99.99 is 1.0001
  expect(order).toMatchObject({
    type: 'limit',
    postOnly: true,
    limitPrice: price('99.99'),
    quantity: quantity('1'),
  });
  for (const lane of ['optimistic', 'base', 'pessimistic'] as const)
    expect(order.lanes[lane]).toMatchObject({
      status: 'accepted',
      effectiveAt: plusMs(T0, order.latencyMs[lane]),
      reserved: money('99.99'),
    });
  expect(order.latencyMs.pessimistic).toBeGreaterThanOrEqual(order.latencyMs.base);
  expect(order.expiresAt).toBe(plusMs(T0, 5_000));
});

test('the same input gives the same order', () => {
  expect(decide()).toEqual(decide());
});

test('what is decided late arrives, expires and cancels from what was seen', () => {
  const resting = working('00000000000000c1', { side: 'sell', limit: '101' });
  const early = decide({ working: [resting] });
  const late = decide({ working: [resting], seenThrough: at(3), late: true });
  expect(late.order?.id).toBe(early.order?.id);
  expect((late.order?.lanes.base.effectiveAt ?? 0) - (early.order?.lanes.base.effectiveAt ?? 0)).toBe(3_000);
  expect((late.order?.expiresAt ?? 0) - (early.order?.expiresAt ?? 0)).toBe(3_000);
  expect((late.decision.cancels[0]?.cancelAt ?? 0) - (early.decision.cancels[0]?.cancelAt ?? 0)).toBe(3_000);
  const behind = decide({ seenThrough: epochMs(T0 - 5_000), late: true });
  expect(behind.order?.lanes.base.effectiveAt).toBe(early.order?.lanes.base.effectiveAt);
});

test('a sell closes what is held and not offered yet, rounded down to the lot', () => {
  expect(decide({ positions: [HELD] }, 'sell').order).toMatchObject({
    side: 'sell',
    quantity: quantity('2'),
    limitPrice: price('100.01'),
  });
  const offered = working('00000000000000c1', {
    side: 'sell',
    limit: '101',
    size: '1.5',
    strategyId: 'other' as StrategyId,
  });
  expect(decide({ positions: [HELD], working: [offered] }, 'sell').order?.quantity).toBe(quantity('0.5'));
  const all = working('00000000000000c1', {
    side: 'sell',
    limit: '101',
    size: '2',
    strategyId: 'other' as StrategyId,
  });
  expect(decide({ positions: [HELD], working: [all] }, 'sell').decision).toMatchObject({
    outcome: 'denied',
    rule: 'nothing_to_sell',
  });
  expect(decide({}, 'sell').decision.rule).toBe('nothing_to_sell');
});

test('exposure counts what is held at its mark and what working buys may cost', () => {
  const buys = [working('00000000000000c1', { limit: '100', size: '1.79' })];
  // 200.05 held + 179 working + 1.2 x 99.99 ordered is 499.038 of 500
  expect(decide({ positions: [HELD], working: buys }).decision.outcome).toBe('accepted');
  const more = [...buys, working('00000000000000c2', { limit: '1', size: '1' })];
  expect(decide({ positions: [HELD], working: more }).decision.rule).toBe('exposure_instrument');
  const elsewhere = working('00000000000000c3', { instrumentId: GEM.id, limit: '50', size: '4' });
  expect(decide({ positions: [HELD], working: [...buys, elsewhere] }).decision.rule).toBe('exposure_total');
});

test('orders that have ended in the base lane count no more', () => {
  const order = working('00000000000000c1', { limit: '100', size: '5' });
  const ended = {
    ...order.lanes.base,
    status: 'canceled' as const,
    endedAt: T0,
    endReason: 'halted' as const,
  };
  const shadow = { ...order, lanes: { ...order.lanes, base: ended } };
  expect(decide({ working: [order] }).decision.rule).toBe('exposure_instrument');
  expect(decide({ working: [shadow] }).decision.outcome).toBe('accepted');
});

test('an opposite signal cancels the working orders of its strategy in its instrument, and no others', () => {
  const mine = working('00000000000000c1', { side: 'sell', limit: '101' });
  const others = [
    working('00000000000000c2', { side: 'buy', limit: '90', size: '0.1' }),
    working('00000000000000c3', { side: 'sell', limit: '101', instrumentId: GEM.id }),
    working('00000000000000c4', { side: 'sell', limit: '101', strategyId: 'other' as StrategyId }),
    working('00000000000000c5', { side: 'sell', limit: '101', cancelAt: plusMs(T0, 100) }),
  ];
  expect(decide({ working: [mine, ...others] }).decision.cancels.map((one) => one.orderId)).toEqual([
    mine.id,
  ]);
  const keep = { ...input().execution, onOppositeSignal: 'keep' as const };
  expect(decide({ working: [mine], execution: keep }).decision.cancels).toEqual([]);
});

test('a denied signal still cancels', () => {
  const mine = working('00000000000000c1', { side: 'sell', limit: '101' });
  const { decision, order } = decide({ working: [mine], mode: { ...input().mode, mode: 'reducing' } });
  expect(decision).toMatchObject({
    outcome: 'denied',
    rule: 'trading_mode',
    cancels: [{ orderId: mine.id }],
  });
  expect(order).toBeNull();
});

test.each([
  ['no picture of the instrument', undefined],
  ['a stale book', market({ status: 'stale' })],
  ['an empty side', market({ bids: [] })],
] as const)('without a price nothing is ordered: %s', (_, shown) => {
  const { decision, order } = decide({ market: shown });
  expect(decision).toMatchObject({ outcome: 'denied', rule: 'data_quality', orderId: null });
  expect(decision.guards.filter((one) => one.outcome === 'unjudged').length).toBeGreaterThan(0);
  expect(order).toBeNull();
});

test('the fall is measured from the peak over beats, or from now when that is higher', () => {
  const fallen = { ...openingEquity(ACCOUNT, T0), beatPeak: money('1250'), peak: money('9999') };
  expect(decide({ equity: fallen }).decision.rule).toBe('drawdown'); // 250 of 1250 is 2000 bps
  const risen = { ...openingEquity(ACCOUNT, T0), beatPeak: money('500') };
  expect(decide({ equity: risen }).decision.outcome).toBe('accepted');
});

test("yesterday's opening is not today's: without a mark of the day nothing was lost in it", () => {
  const yesterday = { ...openingEquity(ACCOUNT, epochMs(T0 - 86_400_000)), dayOpen: money('5000') };
  expect(decide({ equity: yesterday }).decision.outcome).toBe('accepted');
  const today = { ...openingEquity(ACCOUNT, T0), dayOpen: money('1100') };
  expect(decide({ equity: today }).decision.rule).toBe('daily_loss');
});
