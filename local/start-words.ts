import { join } from 'node:path';
import { formatRounded } from '../core/amounts.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { FeedReport } from '../fargate/feed-health.ts';
import type { FunctionName } from '../lambdas/topology.ts';
import type { DeskEnd } from './desk.ts';
import type { DeskInput } from './input.ts';
import type { SessionSummary } from './session/summary.ts';

type Say = (line: string) => void;

/** What a function says of itself as it comes up. */
export function partDetail(name: FunctionName, config: DeskConfig, directory: string): string {
  switch (name) {
    case 'signals':
      return config.strategies.map((one) => one.id).join(', ');
    case 'risk':
      return config.accounts
        .map((one) => `${one.id} (${formatRounded(one.openingEquity, 2)} ${one.currency})`)
        .join(', ');
    case 'fills':
      return 'optimistic, base and pessimistic lane';
    case 'reconcile':
      return `every ${config.reconcileEveryMs / 60_000} min and at 00:00 UTC`;
    case 'guard':
      return 'limits, at the first window of each minute';
    case 'report':
      return 'at 00:05 UTC and at the end';
    case 'universe':
      return config.universe.rules.length === 0
        ? 'without rules: what strategies trade is all that is followed'
        : `${config.universe.rules.length === 1 ? '1 rule' : `${config.universe.rules.length} rules`}, looked at every ${config.universe.refreshMs / 60_000} min when live`;
    case 'relay':
      return 'news of what was committed';
    default:
      return `terminal and ${join(directory, 'outbox.jsonl')}`;
  }
}

interface MetByFeed {
  report(): Pick<FeedReport, 'clockOffsets' | 'frames' | 'faults' | 'instruments' | 'windowsCrossed'>;
}

/** What the feed met that a person should know: offsets, gaps, what is not live at the end, frames that could not be read. */
export function feedWords(feed: MetByFeed, input: DeskInput['kind'], say: Say): void {
  const { clockOffsets, frames, faults, instruments, windowsCrossed } = feed.report();
  const clock = input === 'recording' ? "the recorder's clock" : "this machine's clock";
  for (const [venue, offsetMs] of Object.entries(clockOffsets))
    if (Math.abs(offsetMs) >= 100)
      say(
        `  feeds: ${clock} is ${Math.abs(offsetMs)} ms ${offsetMs > 0 ? 'behind' : 'ahead of'} that of ${venue}; data is judged against that offset`,
      );
  for (const { instrumentId, status, counts, trouble } of instruments) {
    if (counts.bookGaps > 0)
      say(`  feeds: ${instrumentId} lost messages ${counts.bookGaps} times; its book is ${status}`);
    if (trouble !== null) say(`  feeds: ${instrumentId} at the end: ${trouble}`);
  }
  if (frames.malformed > 0) say(`  feeds: ${frames.malformed} frames could not be read`);
  if (frames.unknown > 0) say(`  feeds: ${frames.unknown} frames of an unknown kind`);
  for (const [reason, count] of Object.entries(faults))
    if (count > 0) say(`  feeds: ${count} ${reason.replaceAll('_', ' ')} in the source`);
  if (windowsCrossed > 0) say(`  feeds: ${windowsCrossed} windows with a crossed book`);
}

/** What the session amounts to, for a person. */
export function printSummary(
  summary: SessionSummary,
  end: DeskEnd,
  config: DeskConfig,
  directory: string,
  wallMs: number,
  say: Say,
): void {
  const currency = config.accounts[0]?.currency ?? '';
  const amount = (of: bigint): string => `${formatRounded(of, 2)} ${currency}`;
  const { band } = summary;
  say('');
  say(
    `${end.finished ? 'The session is finished' : 'The session stopped'} after ${summary.windows} windows (${(wallMs / 1_000).toFixed(1)} s).`,
  );
  say(`  signals    ${summary.signals}: ${summary.accepted} accepted, ${summary.denied} denied`);
  say(
    `  fills      ${summary.fills}, of which ${summary.makerFills} as maker; open orders ${summary.openOrders}`,
  );
  say(
    `  equity     ${amount(summary.equity)}; realized ${amount(summary.realizedPnl)}, fees ${amount(summary.feesPaid)}`,
  );
  say(
    `  PnL band   optimistic ${amount(band.optimistic)}, base ${amount(band.base)}, pessimistic ${amount(band.pessimistic)}`,
  );
  say(`  ledger     ${summary.discrepancies} discrepancies, hash ${summary.ledgerHash}`);
  if (end.finished) say(`  report     ${join(directory, 'reports')}`);
}
