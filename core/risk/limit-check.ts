import { formatUnits } from '../amounts.ts';
import type { AccountConfig } from '../config/desk-config.ts';
import type { EquityRecord } from '../ledger/equity.ts';
import { MARK_AGE_MS_MAX } from '../ledger/equity.ts';
import type { EpochMs } from '../time.ts';
import { DAY_MS, dayStart } from '../time.ts';
import type { ModeCause, ModeState, TradingMode } from './trading-mode.ts';
import { modeAt } from './trading-mode.ts';

/** What the guard reads about one account; it knows nothing of the desk that wrote it. */
export interface GuardedAccount {
  readonly account: AccountConfig;
  readonly equity: EquityRecord;
  /** Whether anything is held or can fill: then old marks are dangerous. */
  readonly exposed: boolean;
  /** Discrepancies found by the newest reconciliation. */
  readonly discrepancies: number;
}

/** A change of the trading mode that a limit demands. */
export interface LimitAction {
  readonly mode: Exclude<TradingMode, 'active'>;
  readonly cause: ModeCause;
  readonly reason: string;
  readonly until: EpochMs | null;
}

/**
 * The strictest change that the limits demand at event time `now`, or null. Drawdown, a mismatch and old marks halt, and
 * only a person resumes; the daily loss reduces until the next 00:00 UTC, or halts where so configured.
 */
export function checkLimits(
  accounts: readonly GuardedAccount[],
  mode: ModeState,
  onDailyLoss: 'reducing' | 'halted',
  now: EpochMs,
): LimitAction | null {
  const current = modeAt(mode, now);
  if (current === 'halted') return null;
  const actions = accounts.flatMap((one) => breaches(one, onDailyLoss, now));
  const halt = actions.find((one) => one.mode === 'halted');
  if (halt) return halt;
  return current === 'reducing' ? null : (actions[0] ?? null);
}

function breaches(guarded: GuardedAccount, onDailyLoss: 'reducing' | 'halted', now: EpochMs): LimitAction[] {
  const { account, equity, exposed, discrepancies } = guarded;
  const { limits, currency } = account;
  const halted = (cause: ModeCause, reason: string): LimitAction => ({
    mode: 'halted',
    cause,
    reason,
    until: null,
  });
  const found: LimitAction[] = [];
  if (discrepancies > 0)
    found.push(
      halted('reconciliation', `account ${account.id}: reconciliation found ${discrepancies} discrepancies`),
    );
  if (equity.drawdownBps >= limits.drawdownBpsMax) {
    const fall = `${formatUnits(equity.drawdown)} ${currency} (${equity.drawdownBps} bps)`;
    found.push(
      halted(
        'drawdown',
        `account ${account.id}: equity is ${fall} below its peak, limit ${limits.drawdownBpsMax} bps`,
      ),
    );
  }
  if (exposed && equity.at > 0 && (now - equity.at > MARK_AGE_MS_MAX || equity.blind.length > 0))
    found.push(
      halted(
        'marks_old',
        `account ${account.id}: holdings have no mark younger than ${MARK_AGE_MS_MAX / 1_000} s`,
      ),
    );
  const loss = equity.day === dayStart(now) ? equity.dayOpen - equity.equity : 0n;
  if (loss >= limits.dailyLossMax) {
    const reason = `account ${account.id}: lost ${formatUnits(loss)} ${currency} today, limit ${formatUnits(limits.dailyLossMax)}`;
    found.push(
      onDailyLoss === 'halted'
        ? halted('daily_loss', reason)
        : { mode: 'reducing', cause: 'daily_loss', reason, until: (dayStart(now) + DAY_MS) as EpochMs },
    );
  }
  return found;
}
