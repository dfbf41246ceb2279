import * as z from 'zod/mini';
import { formatUnits, ratioBps } from '../amounts.ts';
import { CANDLE_INTERVALS } from '../market/candle.ts';
import type { InstrumentId } from '../market/instrument.ts';
import { instrumentOf } from '../market/window.ts';
import type { SignalDraft, Strategy } from './strategy.ts';

const params = z
  .strictObject({
    /** Candles in the fast average. */
    fast: z.int().check(z.minimum(1), z.maximum(500)),
    /** Candles in the slow average; more than fast. */
    slow: z.int().check(z.minimum(2), z.maximum(1_000)),
    /** Of the candles. */
    interval: z.enum(CANDLE_INTERVALS),
    /** Signals below this confidence are not raised. */
    minConfidence: z.number().check(z.minimum(0), z.maximum(1)),
    /** Distance of the averages, in basis points, that counts as full confidence. */
    fullConfidenceBps: z._default(z.number().check(z.positive(), z.maximum(10_000)), 10),
  })
  .check(z.refine((one) => one.slow > one.fast, { path: ['slow'], message: 'must be larger than fast' }));

export type SmaParams = z.output<typeof params>;

/** Per instrument: the closes in units of 10^-8 as text, and which side of the slow average the fast one was last seen on. */
interface InstrumentState {
  readonly closes: readonly string[];
  readonly above: boolean | null;
  /** A crossing whose confidence has not reached the minimum yet. */
  readonly pending: boolean;
  readonly [key: string]: string | boolean | null | readonly string[];
}
type SmaState = { readonly [instrument: string]: InstrumentState };

const EMPTY: InstrumentState = { closes: [], above: null, pending: false };

/**
 * Simple moving average crossover: buys when the fast average of closes crosses above the slow one, sells when it
 * crosses below. Confidence is the distance of the averages against `fullConfidenceBps`; a crossing that begins below
 * the minimum is raised once it reaches it, unless the averages cross back first. Incomplete candles are not used.
 */
export const smaCrossover: Strategy<SmaParams, SmaState> = {
  type: 'sma-crossover',
  params,
  intervals: (one) => [one.interval],
  initialState: () => ({}),
  step(state, window, context) {
    const signals: SignalDraft[] = [];
    let next = state;
    for (const id of context.instruments) {
      for (const candle of instrumentOf(window, id)?.candles ?? []) {
        if (candle.interval !== context.params.interval || !candle.complete) continue;
        const result = onClose(next[id] ?? EMPTY, candle.close, id, context.params);
        next = { ...next, [id]: result.state };
        if (result.signal) signals.push(result.signal);
      }
    }
    return { state: next, signals };
  },
};

function onClose(
  state: InstrumentState,
  close: bigint,
  instrumentId: InstrumentId,
  { fast, slow, minConfidence, fullConfidenceBps }: SmaParams,
): { state: InstrumentState; signal: SignalDraft | null } {
  const closes = [...state.closes, close.toString()].slice(-slow);
  if (closes.length < slow) return { state: { ...state, closes }, signal: null };
  const values = closes.map(BigInt);
  const fastSum = values.slice(-fast).reduce((a, b) => a + b, 0n);
  const slowSum = values.reduce((a, b) => a + b, 0n);
  // Averages compared over a common denominator, so that no division can blur a crossing.
  const difference = fastSum * BigInt(slow) - slowSum * BigInt(fast);
  if (difference === 0n) return { state: { ...state, closes }, signal: null };
  const above = difference > 0n;
  const pending = state.above === null ? false : above !== state.above || state.pending;
  const distanceBps = ratioBps((above ? difference : -difference) * 100n, slowSum * BigInt(fast)) / 100;
  const confidence = Math.min(1, distanceBps / fullConfidenceBps);
  const raises = pending && confidence >= minConfidence;
  const average = (sum: bigint, count: number): string => formatUnits(sum / BigInt(count));
  const signal: SignalDraft | null = raises
    ? {
        instrumentId,
        side: above ? 'buy' : 'sell',
        confidence,
        edgeBps: null,
        reason: `SMA ${fast} ${average(fastSum, fast)} crossed ${above ? 'above' : 'below'} SMA ${slow} ${average(slowSum, slow)}`,
      }
    : null;
  return { state: { closes, above, pending: pending && !raises }, signal };
}
