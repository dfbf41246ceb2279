import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Ledger, RecordStore } from '../../core/ports.ts';
import type { GuardedAccount } from '../../core/risk/limit-check.ts';
import { checkLimits } from '../../core/risk/limit-check.ts';
import type { EpochMs } from '../../core/time.ts';
import type { ChangeModeServices } from './change-mode.ts';
import { changeMode } from './change-mode.ts';

export interface GuardServices extends ChangeModeServices {
  readonly config: DeskConfig;
  readonly ledger: Ledger;
  readonly records: RecordStore;
}

/** Judges the limits from the store alone, at event time `now`, and changes the trading mode where one demands it. */
export async function guard(now: EpochMs, services: GuardServices): Promise<void> {
  services.metrics.add('guard_checks_total', 1);
  const { onDailyLoss } = services.config.guard;
  await changeMode(async (mode) => {
    const action = checkLimits(await guardedAccounts(services), mode, onDailyLoss, now);
    return action && { ...action, changedAt: now };
  }, services);
}

async function guardedAccounts({
  config,
  ledger,
  records,
}: GuardServices): Promise<readonly GuardedAccount[]> {
  const guarded: GuardedAccount[] = [];
  for (const account of config.accounts) {
    const equity = await ledger.equity(account.id, 'base');
    const cursor = await ledger.cursor(account.id);
    if (!equity || !cursor) continue;
    const held = await ledger.holdings(account.id, 'base');
    guarded.push({
      account,
      equity: equity.value,
      exposed: cursor.working > 0 || held.some((one) => one.value.position.quantity !== 0n),
      discrepancies: (await records.reconciliation(account.id))?.discrepancies.length ?? 0,
    });
  }
  return guarded;
}
