import { issueWords } from '../config/issue-words.ts';
import type { CandleInterval } from '../market/candle.ts';
import type { MarketWindow } from '../market/window.ts';
import { smaCrossover } from './sma-crossover.ts';
import type { JsonValue, StepResult, Strategy, StrategyContext } from './strategy.ts';

/** A strategy with its types folded away, as configuration and the signals function handle it. */
export interface RegisteredStrategy {
  readonly type: string;
  parseParams(raw: unknown): ParsedParams;
}

export type ParsedParams =
  | { readonly kind: 'valid'; readonly params: JsonValue; readonly runner: StrategyRunner }
  | {
      readonly kind: 'invalid';
      readonly issues: readonly { readonly path: string; readonly message: string }[];
    };

/** One strategy instance ready to step: its parameters are inside. */
export interface StrategyRunner {
  readonly intervals: readonly CandleInterval[];
  initialState(): JsonValue;
  step(
    state: JsonValue,
    window: MarketWindow,
    instruments: StrategyContext<unknown>['instruments'],
  ): StepResult<JsonValue>;
}

function register<Params, State extends JsonValue>(strategy: Strategy<Params, State>): RegisteredStrategy {
  return {
    type: strategy.type,
    parseParams(raw) {
      const parsed = strategy.params.safeParse(raw, { error: issueWords });
      if (!parsed.success)
        return {
          kind: 'invalid',
          issues: parsed.error.issues.map((one) => ({ path: one.path.join('.'), message: one.message })),
        };
      const params = parsed.data;
      return {
        kind: 'valid',
        params: params as JsonValue,
        runner: {
          intervals: strategy.intervals(params),
          initialState: () => strategy.initialState(params),
          step: (state, window, instruments) =>
            strategy.step(state as State, window, { params, instruments }),
        },
      };
    },
  };
}

/** The built-in strategies by type. */
export const STRATEGIES: Readonly<Record<string, RegisteredStrategy>> = {
  [smaCrossover.type]: register(smaCrossover),
};
