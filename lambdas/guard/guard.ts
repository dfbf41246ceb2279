import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { Ledger, ModeStore, RecordStore } from '../../core/ports.ts';
import type { GuardedAccount } from '../../core/risk/limit-check.ts';
import { checkLimits } from '../../core/risk/limit-check.ts';
import type { EpochMs } from '../../core/time.ts';

export interface GuardServices {
  readonly config: DeskConfig;
  readonly ledger: Ledger;
  readonly records: RecordStore;
  readonly modes: ModeStore;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** A halt is tried again until it commits; a conflict only means that somebody else changed the mode meanwhile. */
const ATTEMPTS_MAX = 20;

/** Judges the limits from the store alone, at event time `now`, and changes the trading mode where one demands it. */
export async function guard(now: EpochMs, services: GuardServices): Promise<void> {
  const { config, modes, metrics, log } = services;
  metrics.add('guard_checks_total', 1);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const mode = await modes.mode();
    const action = checkLimits(await guardedAccounts(services), mode, config.guard.onDailyLoss, now);
    if (!action) return;
    if ((await modes.setMode(mode, { ...action, author: 'guard', changedAt: now })) === 'conflict') continue;
    metrics.add('guard_actions_total', 1, { cause: action.cause });
    log.error('trading mode changed by the guard', {
      mode: action.mode,
      cause: action.cause,
      reason: action.reason,
      at: now,
    });
    return;
  }
  throw new Error(`the trading mode could not be changed, ${ATTEMPTS_MAX} conflicts`);
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
