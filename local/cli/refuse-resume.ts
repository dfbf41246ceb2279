import { rebasePeak } from '../../core/ledger/equity.ts';
import { LANES } from '../../core/paper/order.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { isoTime } from '../../core/time.ts';
import type { DeskView } from '../desk-view.ts';
import { CommandError } from './terminal.ts';

/** Refuses to resume what would be halted again at once, with what to do first; with `rebasePeak` it does that. */
export async function refuseWhatWouldHaltAgain(
  mode: ModeState,
  view: DeskView,
  options: { readonly rebasePeak?: true },
): Promise<void> {
  if (mode.cause === 'daily_loss' && mode.until !== null)
    throw new CommandError(
      `the daily loss limit was reached: ${mode.reason}. It ends by itself at ${isoTime(mode.until)}`,
    );
  if (mode.cause === 'reconciliation')
    for (const account of view.accounts) {
      const found = (await view.records.reconciliation(account))?.discrepancies.length ?? 0;
      if (found > 0)
        throw new CommandError(
          `account ${account} still has ${found} discrepancies; look at them with ${view.command} reconcile`,
        );
    }
  if (mode.cause === 'drawdown') {
    if (!options.rebasePeak)
      throw new CommandError(
        `${mode.reason}. The guard would halt again within a minute; add --rebase-peak to measure the drawdown from the current equity from now on`,
      );
    for (const account of view.accounts)
      for (const lane of LANES) {
        const record = await view.ledger.equity(account, lane);
        if (record && (await view.ledger.commitEquity(record, rebasePeak(record.value))) === 'conflict')
          throw new CommandError('the account was marked at this very moment; try again');
      }
  }
}
