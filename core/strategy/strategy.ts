import type * as z from 'zod/mini';
import type { CandleInterval } from '../market/candle.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { MarketWindow, Side } from '../market/window.ts';
import type { SignalId, StrategyId } from '../paper/order.ts';
import type { EpochMs } from '../time.ts';

/** Anything that survives JSON: a strategy's whole memory. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What a strategy observed. It carries no size: risk decides that. */
export interface SignalDraft {
  readonly instrumentId: InstrumentId;
  readonly side: Side;
  /** 0 to 1. */
  readonly confidence: number;
  /** Expected gain in basis points where the strategy can state one. */
  readonly edgeBps: number | null;
  /** For people: why, with the numbers it rests on. */
  readonly reason: string;
}

/** A draft with its place: `n` counts the strategy's signals in this window, in the order they were raised. */
export interface Signal extends SignalDraft {
  readonly id: SignalId;
  readonly strategyId: StrategyId;
  readonly closedAt: EpochMs;
  readonly n: number;
}

export const signalId = (
  strategy: StrategyId,
  instrument: InstrumentId,
  closedAt: EpochMs,
  n: number,
): SignalId => `${strategy}/${instrument}/${closedAt}/${n}` as SignalId;

export interface StrategyContext<Params> {
  readonly params: Params;
  /** Instruments this instance trades, sorted. */
  readonly instruments: readonly InstrumentId[];
}

export interface StepResult<State extends JsonValue> {
  /** The same reference when nothing changed: only a changed state is stored. */
  readonly state: State;
  readonly signals: readonly SignalDraft[];
}

/**
 * A strategy: pure, so that live, replay and backtest yield the same signals. `step` sees every window of its feed once
 * and in order; after a hole it simply continues with what it gets.
 */
export interface Strategy<Params, State extends JsonValue> {
  readonly type: string;
  readonly params: z.ZodMiniType<Params>;
  /** Candle intervals it listens to; the cloud wakes it only for windows that close one. Empty: every window. */
  intervals(params: Params): readonly CandleInterval[];
  initialState(params: Params): State;
  step(state: State, window: MarketWindow, context: StrategyContext<Params>): StepResult<State>;
}
