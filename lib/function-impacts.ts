import type { FunctionName } from '../lambdas/topology.ts';
import type { Severity } from './alert-topics.ts';

export interface FunctionImpact {
  readonly severity: Severity;
  /** Whom it hurts when the function keeps failing. */
  readonly impact: string;
}

/**
 * What a person must know when a function keeps failing; a function that is not in here does not compile. Null for one
 * without an alarm of its own.
 */
export const FUNCTION_IMPACTS: Readonly<Record<FunctionName, FunctionImpact | null>> = {
  fills: {
    severity: 'critical',
    impact: 'Working orders do not fill and marks grow old: balances and equity stand still.',
  },
  signals: {
    severity: 'critical',
    impact: 'Strategies do not see the market: windows are lost to them and no signal is raised.',
  },
  risk: {
    severity: 'critical',
    impact: 'Signals are not decided: no order is placed, and what should be closed stays open.',
  },
  relay: {
    severity: 'critical',
    impact: 'News of fills, orders and the trading mode is not told: alerts arrive late or not at all.',
  },
  alerts: {
    severity: 'critical',
    impact: 'Nobody is told of a stopped desk, a drawdown or a silent feed except by alarms like this one.',
  },
  guard: {
    severity: 'critical',
    impact: 'Drawdown, daily loss and silence are not checked: nothing would halt trading.',
  },
  reconcile: {
    severity: 'notice',
    impact: 'Balances are not compared with the journal: a wrong number would not be noticed.',
  },
  report: { severity: 'notice', impact: 'The report of the day is not written.' },
  universe: null,
};
