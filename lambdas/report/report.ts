import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { EquityRecord } from '../../core/ledger/equity.ts';
import type { Log } from '../../core/metrics.ts';
import type { Fill } from '../../core/paper/fill.ts';
import type { Lane } from '../../core/paper/order.ts';
import { LANES } from '../../core/paper/order.ts';
import type { Ledger, ModeStore, RecordStore, ReportSink } from '../../core/ports.ts';
import type { DailyReport } from '../../core/report/daily.ts';
import { dailyReport } from '../../core/report/daily.ts';
import { reportMarkdown } from '../../core/report/markdown.ts';
import { modeAt } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';

export interface ReportServices {
  readonly config: DeskConfig;
  readonly ledger: Ledger;
  readonly records: RecordStore;
  readonly modes: ModeStore;
  readonly sink: ReportSink;
  readonly log: Log;
}

/** Writes the report of the UTC day that holds `dayAt` for every account; writing it again replaces it. */
export async function report(dayAt: EpochMs, services: ReportServices): Promise<readonly DailyReport[]> {
  const { config, ledger, records, modes, sink, log } = services;
  const reports: DailyReport[] = [];
  for (const account of config.accounts) {
    const equity: Partial<Record<Lane, EquityRecord>> = {};
    const fills: Partial<Record<Lane, Fill[]>> = {};
    for (const lane of LANES) {
      const record = await ledger.equity(account.id, lane);
      if (record) equity[lane] = record.value;
      fills[lane] = await Array.fromAsync(ledger.fills(account.id, lane));
    }
    if (!isComplete(equity) || !isComplete(fills)) continue;
    const written = dailyReport({
      account,
      dayAt,
      mode: modeAt(await modes.mode(), equity.base.at),
      equity,
      fills,
      decisions: await Array.fromAsync(ledger.decisions(account.id)),
      orders: await Array.fromAsync(ledger.orders(account.id)),
    });
    await records.putReport(written);
    await sink.write(written, reportMarkdown(written));
    log.info('report written', { account: account.id, day: written.day });
    reports.push(written);
  }
  return reports;
}

const isComplete = <T>(lanes: Partial<Record<Lane, T>>): lanes is Record<Lane, T> =>
  LANES.every((lane) => lanes[lane] !== undefined);
