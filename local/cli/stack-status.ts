import { systemClock } from '../../adapters/clock.ts';
import type { FeedSign } from '../../core/ports.ts';
import { feedTime, judgeFeed } from '../../core/risk/liveness.ts';
import { modeAt } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import { ageWords } from '../age-words.ts';
import { accountsTable, lookAtAccounts } from './accounts.ts';
import type { CommonOptions } from './cli.ts';
import { json } from './explain.ts';
import type { Terminal } from './terminal.ts';
import { requireStage } from './with-desk.ts';

/**
 * `status` on a stack: what its table says of it; 1 when trading is halted, a ledger does not reconcile, or the feed is
 * silent while it should run.
 */
export async function stackStatus(
  stack: string,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const stage = requireStage(stack);
  const { withStackView } = await import('../stack-view/stack-view.ts');
  const { lookAtTrouble } = await import('../stack-view/trouble.ts');
  return withStackView(stage, process.env, async (view) => {
    const now = systemClock.now();
    const mode = await view.modes.mode();
    const sign = await view.feeds.sign(view.feedId);
    const inForce = modeAt(mode, feedTime(sign, now) ?? now);
    const accounts = await lookAtAccounts(view);
    const trouble = await lookAtTrouble(view);
    const healthy = judgeFeed(sign, now) !== 'silent';
    const document = {
      stack: view.connection.place.stackName,
      region: view.connection.place.region,
      mode: inForce,
      modeReason: mode.reason,
      modeBy: mode.author,
      modeVersion: mode.version,
      modeAgeMs: mode.version === 0 ? null : now - mode.changedAt,
      feed: {
        id: view.feedId,
        phase: sign?.phase ?? null,
        ageMs: sign ? now - sign.at : null,
        eventTime: sign?.eventTime ? isoTime(sign.eventTime) : null,
        healthy,
      },
      configuration: {
        hash: view.stored.hash,
        pushedBy: view.stored.pushedBy,
        pushedAt: isoTime(view.stored.pushedAt),
      },
      ...trouble,
      accounts,
    };
    if (options.json) terminal.stdout(`${json(document)}\n`);
    else {
      const { putAside } = trouble;
      const lines = [
        `stack    ${document.stack} in ${document.region}`,
        `mode     ${inForce}: ${mode.reason} (by ${mode.author}${mode.version === 0 ? '' : `, ${ageWords(now - mode.changedAt)} ago`})`,
        `feed     ${feedWords(view.feedId, sign, now)}`,
        `config   ${view.stored.hash}, pushed ${ageWords(now - view.stored.pushedAt)} ago by ${view.stored.pushedBy}`,
        `trouble  ${trouble.lateDecisions} of ${trouble.decisions} decisions late, ${trouble.holes} ${trouble.holes === 1 ? 'hole' : 'holes'}, ${putAside.count}${putAside.more ? ' or more' : ''} put aside`,
        ...putAside.newest.map(
          (one) => `         put aside ${ageWords(now - one.at)} ago by ${one.function}: ${one.reason}`,
        ),
        accountsTable(accounts),
      ];
      terminal.stdout(`${lines.join('\n')}\n`);
    }
    const reconciles = accounts.every((one) => (one.discrepancies ?? 0) === 0);
    return inForce !== 'halted' && reconciles && healthy ? 0 : 1;
  });
}

function feedWords(id: string, sign: FeedSign | undefined, now: EpochMs): string {
  if (!sign) return `${id} has never run`;
  const age = `${ageWords(now - sign.at)} ago`;
  const window = sign.eventTime === null ? 'no window yet' : `newest window ${isoTime(sign.eventTime)}`;
  if (sign.phase !== 'running') return `${id} ${sign.phase} ${age}, ${window}`;
  return judgeFeed(sign, now) !== 'silent'
    ? `${id} runs, last sign of life ${age}, ${window}`
    : `${id} is SILENT: it should run, but its last sign of life was ${age}, ${window}`;
}
