import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import { acquireSessionLock } from '../../adapters/store/session-lock.ts';
import { accountPk, fromItem } from '../../adapters/store/table.ts';
import { reconcile } from '../../core/reconcile/reconcile.ts';
import type { DailyReport } from '../../core/report/daily.ts';
import { reportJson, reportMarkdown } from '../../core/report/markdown.ts';
import { dailyReportSchema } from '../../core/report/schema.ts';
import { isoDay } from '../../core/time.ts';
import type { DeskView } from '../desk-view.ts';
import { archiveSession, sessionPath } from '../session/session-file.ts';
import type { CommonOptions } from './cli.ts';
import { json } from './explain.ts';
import { chooseSession } from './session-view.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';
import { withDesk } from './with-desk.ts';

/** `reconcile`: compares now, beside the desk, and records the outcome; 1 when there are discrepancies. */
export async function reconcileNow(options: CommonOptions, terminal: Terminal): Promise<number> {
  return withDesk(options, async (view) => {
    const at = (await view.eventTime()) ?? systemClock.now();
    const found: { account: string; entries: number; discrepancies: ReturnType<typeof reconcile> }[] = [];
    for (const account of view.accounts) {
      // One moment, however fast a desk beside this writes on.
      const books = await view.snapshot(() => loadBooks(view.ledger, account));
      if (!books) continue;
      const entries = books.lanes.reduce((total, lane) => total + lane.journal.length, 0);
      const discrepancies = reconcile(books, sha256);
      await view.records.putReconciliation({
        accountId: account,
        at,
        entries,
        discrepancies,
      });
      found.push({ account, entries, discrepancies });
    }
    if (options.json) terminal.stdout(`${json(found)}\n`);
    else
      for (const one of found) {
        terminal.stdout(
          `account ${one.account}: ${one.entries} journal entries, ${one.discrepancies.length} discrepancies\n`,
        );
        for (const { kind, lane, detail } of one.discrepancies)
          terminal.stdout(`  ${kind}${lane ? ` (${lane})` : ''}: ${detail}\n`);
      }
    return found.every((one) => one.discrepancies.length === 0) ? 0 : 1;
  });
}

/** `report`: prints what the report function stored: Markdown, or JSON. */
export async function reportNow(
  options: CommonOptions & { readonly day?: string },
  terminal: Terminal,
): Promise<number> {
  if (options.day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(options.day))
    throw new CommandError(`--day must look like 2026-11-21, not '${options.day}'`, 2);
  return withDesk(options, async (view) => {
    const reports: DailyReport[] = [];
    for (const account of view.accounts) {
      const stored = await storedReports(view, account);
      const wanted =
        options.day === undefined ? stored.at(-1) : stored.find((one) => one.day === options.day);
      if (wanted) reports.push(wanted);
    }
    if (reports.length === 0) {
      const through = await view.eventTime();
      const day = options.day ?? (through === null ? 'any day' : isoDay(through));
      throw new CommandError(
        `there is no report of ${day} in ${view.title} yet; one is written at 00:05 UTC, and when a session is finished`,
      );
    }
    // One document, also where there are several accounts.
    if (options.json) terminal.stdout(`[${reports.map((one) => reportJson(one).trimEnd()).join(',')}]\n`);
    else for (const one of reports) terminal.stdout(reportMarkdown(one));
    return 0;
  });
}

async function storedReports(
  view: DeskView,
  account: DeskView['accounts'][number],
): Promise<readonly DailyReport[]> {
  const reports: DailyReport[] = [];
  for await (const item of queryAll(view.store, { pk: accountPk(account), prefix: 'REPORT#' }))
    reports.push(fromItem(dailyReportSchema, item));
  return reports;
}

/** `reset`: archives the session's files; nothing is deleted. */
export async function reset(options: CommonOptions, terminal: Terminal): Promise<number> {
  const name = chooseSession(options.dir, options.session);
  const lock = acquireSessionLock(sessionPath(options.dir, name));
  if (lock.kind === 'held') throw new CommandError(`a desk is running on session ${name}; stop it first`);
  try {
    const archived = archiveSession(options.dir, name);
    if (options.json) terminal.stdout(`${JSON.stringify({ session: name, archived })}\n`);
    else terminal.stdout(`archived ${name} as ${archived}; the next start begins anew\n`);
    return 0;
  } finally {
    lock.release();
  }
}
