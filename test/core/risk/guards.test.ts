import { expect, test } from 'vitest';
import { money, price, quantity } from '../../../core/amounts.ts';
import type { GuardView, RiskRule } from '../../../core/risk/guards.ts';
import { firstDenial, RISK_RULES, runGuards } from '../../../core/risk/guards.ts';
import { plusMs } from '../../../core/time.ts';
import { COIN, market, T0 } from '../../support/values.ts';

const candidate = (size: string, limit = '100', reserve = '100') => ({
  terms: { type: 'limit', timeInForce: 'GTC', postOnly: false, limitPrice: price(limit) } as const,
  quantity: quantity(size),
  reserve: money(reserve),
});

/** A buy of 1 at 100 that every guard allows. */
const CALM: GuardView = {
  mode: 'active',
  at: T0,
  side: 'buy',
  instrument: COIN,
  currency: COIN.quoteAsset,
  market: market(),
  limits: {
    exposurePerInstrumentMax: money('500'),
    exposureTotalMax: money('800'),
    dailyLossMax: money('50'),
    drawdownBpsMax: 1_000,
    dataAgeMsMax: 5_000,
    openOrdersMax: 3,
  },
  equity: money('1000'),
  peak: money('1000'),
  dayOpen: money('1000'),
  cash: money('1000'),
  exposureInstrument: money('0'),
  exposureTotal: money('0'),
  openOrders: 0,
  candidate: candidate('1'),
};
const SELL = { side: 'sell', candidate: candidate('1', '100', '0') } as const;

const outcomeOf = (rule: RiskRule, changes: Partial<GuardView>) =>
  runGuards({ ...CALM, ...changes }).find((one) => one.rule === rule)?.outcome;

test('asks every guard in order and allows what is in order', () => {
  const results = runGuards(CALM);
  expect(results.map((one) => one.rule)).toEqual(RISK_RULES);
  expect(results.map((one) => one.outcome)).toEqual(RISK_RULES.map(() => 'allow'));
  expect(firstDenial(results)).toBeNull();
});

const CASES: readonly (readonly [RiskRule, 'allow' | 'deny' | 'unjudged', string, Partial<GuardView>])[] = [
  ['order_rules', 'deny', 'an instrument paid in another currency', { currency: 'EUR' }],
  ['open_orders', 'allow', 'a sell whatever is open: it only reduces', { openOrders: 3, ...SELL }],
  ['trading_mode', 'deny', 'anything while halted', { mode: 'halted' }],
  ['trading_mode', 'deny', 'a sell while halted', { mode: 'halted', ...SELL }],
  ['trading_mode', 'deny', 'a buy while reducing', { mode: 'reducing' }],
  ['trading_mode', 'allow', 'a sell while reducing', { mode: 'reducing', ...SELL }],
  ['data_quality', 'deny', 'an instrument that is not in the window', { market: undefined }],
  ['data_quality', 'deny', 'a stale book', { market: market({ status: 'stale' }) }],
  ['data_quality', 'deny', 'a halted instrument', { market: market({ status: 'halted' }) }],
  ['data_quality', 'deny', 'a crossed book', { market: market({ quality: ['crossed'] }) }],
  ['data_quality', 'deny', 'an empty side', { market: market({ asks: [] }) }],
  ['data_quality', 'allow', 'a book that was late but is proven', { market: market({ quality: ['late'] }) }],
  ['data_age', 'deny', 'a book that was never updated', { market: market({ receivedAt: null }) }],
  ['data_age', 'deny', 'an update of 5001 ms ago', { at: plusMs(T0, 5_001) }],
  ['data_age', 'allow', 'an update of 5000 ms ago', { at: plusMs(T0, 5_000) }],
  [
    'data_age',
    'allow',
    'an update stamped after the close',
    { market: market({ receivedAt: plusMs(T0, 10) }) },
  ],
  ['daily_loss', 'allow', 'a loss of 49.99999999', { dayOpen: money('1049.99999999') }],
  ['daily_loss', 'deny', 'a loss of exactly the limit of 50', { dayOpen: money('1050') }],
  ['daily_loss', 'allow', 'a sell after any loss', { dayOpen: money('2000'), ...SELL }],
  ['daily_loss', 'allow', 'a gain', { dayOpen: money('900') }],
  ['drawdown', 'allow', '999 bps: 1110.98 to 1000', { peak: money('1110.98') }],
  ['drawdown', 'deny', 'exactly 1000 bps: 1111.11111112 to 1000', { peak: money('1111.11111112') }],
  ['drawdown', 'allow', 'a sell after any fall', { peak: money('9000'), ...SELL }],
  ['nothing_to_sell', 'deny', 'a sell of nothing', { side: 'sell', candidate: candidate('0') }],
  ['nothing_to_sell', 'allow', 'a sell of something', SELL],
  ['nothing_to_sell', 'allow', 'a buy', {}],
  ['nothing_to_sell', 'unjudged', 'a sell that has no price', { side: 'sell', candidate: null }],
  ['order_rules', 'deny', 'a price off the tick', { candidate: candidate('1', '100.001') }],
  ['order_rules', 'deny', 'a quantity off the lot', { candidate: candidate('1.0005') }],
  ['order_rules', 'deny', 'no quantity', { candidate: candidate('0') }],
  ['order_rules', 'deny', 'more than the largest quantity', { candidate: candidate('1000.001') }],
  ['order_rules', 'deny', 'a notional of 0.99 where 1 is the least', { candidate: candidate('0.099', '10') }],
  ['order_rules', 'allow', 'a notional of exactly 1', { candidate: candidate('0.1', '10') }],
  ['order_rules', 'deny', 'a price above the bounds', { candidate: candidate('1', '100000.01') }],
  ['order_rules', 'unjudged', 'no order', { candidate: null }],
  ['open_orders', 'allow', 'the third of three', { openOrders: 2 }],
  ['open_orders', 'deny', 'a fourth', { openOrders: 3 }],
  ['exposure_instrument', 'allow', '400 + 100', { exposureInstrument: money('400') }],
  ['exposure_instrument', 'deny', '400.00000001 + 100', { exposureInstrument: money('400.00000001') }],
  ['exposure_instrument', 'allow', 'a sell at any exposure', { exposureInstrument: money('9000'), ...SELL }],
  ['exposure_instrument', 'unjudged', 'no order', { candidate: null }],
  ['exposure_total', 'allow', '700 + 100', { exposureTotal: money('700') }],
  ['exposure_total', 'deny', '700.00000001 + 100', { exposureTotal: money('700.00000001') }],
  ['buying_power', 'allow', 'an order that takes the last cent', { cash: money('100') }],
  ['buying_power', 'deny', 'an order that needs a hair more', { cash: money('99.99999999') }],
  ['buying_power', 'allow', 'a sell without cash', { cash: money('0'), ...SELL }],
  ['buying_power', 'unjudged', 'no order', { candidate: null }],
];

test.each(CASES)('%s: %s for %s', (rule, outcome, _, changes) => {
  expect(outcomeOf(rule, changes)).toBe(outcome);
});

test('every guard is seen to allow and to deny', () => {
  for (const outcome of ['allow', 'deny']) {
    const seen = CASES.filter((one) => one[1] === outcome).map((one) => one[0]);
    const calm = outcome === 'allow' ? RISK_RULES : [];
    expect(new Set([...seen, ...calm])).toEqual(new Set(RISK_RULES));
  }
});

test('the first denial decides, and the others are recorded', () => {
  const results = runGuards({ ...CALM, mode: 'halted', openOrders: 9 });
  expect(firstDenial(results)?.rule).toBe('trading_mode');
  expect(results.filter((one) => one.outcome === 'deny').map((one) => one.rule)).toEqual([
    'trading_mode',
    'open_orders',
  ]);
  expect(results.find((one) => one.rule === 'open_orders')?.detail).toBe('9 open orders, limit 3');
});
