import { formatUnits } from '../../core/amounts.ts';
import type { AccountId } from '../../core/paper/order.ts';
import { isoTime } from '../../core/time.ts';
import type { DeskView } from '../desk-view.ts';
import { table } from './terminal.ts';

/** One account as `status` shows it; null is unknown. */
export interface AccountLook {
  readonly account: AccountId;
  readonly equity: bigint | null;
  readonly cash: bigint | null;
  readonly reserved: bigint | null;
  readonly realizedPnl: bigint | null;
  readonly feesPaid: bigint | null;
  readonly drawdownBps: number | null;
  readonly workingOrders: number;
  readonly lastReconciliation: string | null;
  readonly discrepancies: number | null;
}

/** The accounts of a desk in their base lane. */
export const lookAtAccounts = (
  view: Pick<DeskView, 'accounts' | 'ledger' | 'records'>,
): Promise<readonly AccountLook[]> =>
  Promise.all(
    view.accounts.map(async (id) => {
      const loaded = await view.ledger.load(id);
      const equity = (await view.ledger.equity(id, 'base'))?.value;
      const reconciled = await view.records.reconciliation(id);
      return {
        account: id,
        equity: equity && equity.blind.length === 0 ? equity.equity : null,
        cash: loaded?.lanes.base.cash ?? null,
        reserved: loaded?.lanes.base.reserved ?? null,
        realizedPnl: loaded?.lanes.base.realized ?? null,
        feesPaid: loaded?.lanes.base.fees ?? null,
        drawdownBps: equity?.drawdownBps ?? null,
        workingOrders: loaded?.cursor.working ?? 0,
        lastReconciliation: reconciled ? isoTime(reconciled.at) : null,
        discrepancies: reconciled?.discrepancies.length ?? null,
      };
    }),
  );

/** The accounts as a table for people. */
export const accountsTable = (accounts: readonly AccountLook[]): string =>
  table(
    [
      'account',
      'equity',
      'cash',
      'reserved',
      'realized',
      'fees',
      'drawdown bps',
      'working',
      'reconciled',
      'discrepancies',
    ],
    accounts.map((one) => [
      one.account,
      amount(one.equity),
      amount(one.cash),
      amount(one.reserved),
      amount(one.realizedPnl),
      amount(one.feesPaid),
      one.drawdownBps ?? 'unknown',
      one.workingOrders,
      one.lastReconciliation ?? 'never',
      one.discrepancies ?? 'unknown',
    ]),
  );

const amount = (of: bigint | null): string => (of === null ? 'unknown' : formatUnits(of));
