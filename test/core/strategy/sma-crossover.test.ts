import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Candle, CandleInterval } from '../../../core/market/candle.ts';
import { STRATEGIES } from '../../../core/strategy/registry.ts';
import type { JsonValue, SignalDraft } from '../../../core/strategy/strategy.ts';
import { at, COIN, GEM, market, windowOf } from '../../support/values.ts';

const PARAMS = { fast: 1, slow: 2, interval: '1s', minConfidence: 0 };

function runnerOf(params: object) {
  const parsed = STRATEGIES['sma-crossover']?.parseParams(params);
  if (parsed?.kind !== 'valid') throw new Error(JSON.stringify(parsed));
  return parsed.runner;
}
type Close =
  | string
  | { readonly close: string; readonly complete?: boolean; readonly interval?: CandleInterval };
const candle = (n: number, close: Close): Candle => {
  const { close: text, complete = true, interval = '1s' } = typeof close === 'string' ? { close } : close;
  const of = price(text);
  return {
    interval,
    start: at(n - 1),
    open: of,
    high: of,
    low: of,
    close: of,
    volume: quantity('1'),
    trades: 1,
    complete,
  };
};

/** Steps a strategy through windows that each close one candle; returns what it raised, by window. */
function run(params: object, closes: readonly Close[], id = COIN.id) {
  const runner = runnerOf({ ...PARAMS, ...params });
  let state: JsonValue = runner.initialState();
  const raised: (readonly [n: number, signal: SignalDraft])[] = [];
  closes.forEach((close, i) => {
    const window = windowOf(i + 1, [{ ...market({ id }), candles: [candle(i + 1, close)] }]);
    const result = runner.step(state, window, [COIN.id, GEM.id]);
    // Memory survives the table: what JSON would lose must not matter.
    state = JSON.parse(JSON.stringify(result.state)) as JsonValue;
    for (const signal of result.signals) raised.push([i + 1, signal]);
  });
  return raised;
}
const sides = (raised: ReturnType<typeof run>) => raised.map(([n, { side }]) => [n, side]);

test('buys on a cross above and sells on a cross below, not on the first side it sees', () => {
  expect(sides(run({}, ['100', '99', '101', '102', '100']))).toEqual([
    [3, 'buy'], // 101 over (99 + 101) / 2
    [5, 'sell'], // 100 under (102 + 100) / 2
  ]);
});

test('nothing is known before the slow average is complete', () => {
  expect(run({ fast: 2, slow: 4 }, ['100', '90', '110'])).toEqual([]);
  // 4: (110 + 120)/2 over 105 is the first side; 5: (120 + 60)/2 = 90 under 95
  expect(sides(run({ fast: 2, slow: 4 }, ['100', '90', '110', '120', '60']))).toEqual([[5, 'sell']]);
});

test('equal averages are no side: a touch that goes back raises nothing', () => {
  expect(sides(run({}, ['100', '99', '99', '98', '98', '99']))).toEqual([[6, 'buy']]);
});

test('confidence is the distance of the averages against what counts as full', () => {
  // At 3 the averages are 100.05 and 100: 5 bps of the slow one, half of 10.
  const [first] = run({ fullConfidenceBps: 10 }, ['100', '99.95', '100.05']);
  expect(first?.[1]).toMatchObject({ side: 'buy', confidence: 0.5, edgeBps: null, instrumentId: COIN.id });
  expect(first?.[1].reason).toBe('SMA 1 100.05 crossed above SMA 2 100');
  expect(run({ fullConfidenceBps: 1 }, ['100', '99.95', '100.05'])[0]?.[1].confidence).toBe(1);
});

test('a crossing too weak waits until it reaches the minimum, unless the averages cross back first', () => {
  const weak = ['100', '99', '99.02']; // 99.02 over 99.01: 1 bps
  expect(run({ minConfidence: 0.5 }, weak)).toEqual([]);
  expect(sides(run({ minConfidence: 0.5 }, [...weak, '99.5']))).toEqual([[4, 'buy']]);
  expect(sides(run({ minConfidence: 0.5 }, [...weak, '99.5', '99.9']))).toEqual([[4, 'buy']]); // once
  expect(sides(run({ minConfidence: 0.5 }, [...weak, '99.01', '99.02']))).toEqual([]);
  expect(sides(run({ minConfidence: 0.5 }, [...weak, '98']))).toEqual([[4, 'sell']]);
});

test('incomplete candles and those of other intervals are not used', () => {
  const broken = { close: '500', complete: false };
  const longer = { close: '500', interval: '5s' } as const;
  expect(sides(run({}, ['100', broken, '99', longer, '101']))).toEqual([[5, 'buy']]);
});

test('a window without a candle of its own leaves the very same state', () => {
  const runner = runnerOf(PARAMS);
  const state = runner.initialState();
  expect(runner.step(state, windowOf(1, [market()]), [COIN.id]).state).toBe(state);
  expect(runner.step(state, windowOf(1, []), [COIN.id])).toEqual({ state, signals: [] });
});

test('each instrument has a memory of its own', () => {
  const runner = runnerOf(PARAMS);
  let state = runner.initialState();
  const closes = [
    ['100', '100'],
    ['99', '101'],
    ['101', '99'],
  ] as const;
  const raised = closes.flatMap(([coin, gem], i) => {
    const one = (id: typeof COIN.id, close: string) => ({
      ...market({ id }),
      candles: [candle(i + 1, close)],
    });
    const result = runner.step(state, windowOf(i + 1, [one(COIN.id, coin), one(GEM.id, gem)]), [
      COIN.id,
      GEM.id,
    ]);
    state = result.state;
    return result.signals.map((signal) => [signal.instrumentId, signal.side]);
  });
  expect(raised).toEqual([
    [COIN.id, 'buy'],
    [GEM.id, 'sell'],
  ]);
});

test.each([
  [{ fast: 4, slow: 4 }, 'slow', 'must be larger than fast'],
  [{ fast: 0 }, 'fast', 'at least 1'],
  [{ interval: '2s' }, 'interval', '1s'],
  [{ minConfidence: 2 }, 'minConfidence', 'at most 1'],
  [{ speed: 1 }, '', 'speed'],
] as const)('refuses the parameters %j at %s', (change, path, message) => {
  const parsed = STRATEGIES['sma-crossover']?.parseParams({ ...PARAMS, ...change });
  expect(parsed).toMatchObject({ kind: 'invalid', issues: [{ path }] });
  expect(JSON.stringify(parsed)).toContain(message);
});
