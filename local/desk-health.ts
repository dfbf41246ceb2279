import { asMoney } from '../core/amounts.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import { modeAt } from '../core/risk/trading-mode.ts';
import type { EpochMs } from '../core/time.ts';
import { SECOND_MS } from '../core/time.ts';
import type { FeedHealth, FeedReport } from '../fargate/feed-health.ts';
import { windowAgeMs } from '../fargate/feed-metrics.ts';
import type { GuardChild } from './guard-child.ts';
import type { DeskServices } from './services.ts';
import type { Health, PartHealth } from './watch/health.ts';

/** A feed that runs and shows no frame for this long before its newest window is not fresh. */
const FRESHNESS_MS_MAX = 10 * SECOND_MS;

export interface DeskMoment {
  readonly config: DeskConfig;
  readonly services: Pick<DeskServices, 'ledger' | 'records' | 'modes' | 'feeds'>;
  readonly feed: Pick<FeedHealth, 'report'>;
  readonly guard: GuardChild | null;
  readonly finished: boolean;
  readonly through: EpochMs | null;
  /** By the clock of the process: when the newest window was settled, and now. */
  readonly settledAt: EpochMs | null;
  readonly now: EpochMs;
  readonly late: number;
  readonly guardSeenAt: EpochMs | null;
}

const ok: PartHealth = { status: 'ok' };
const bad = (status: 'warn' | 'down', reason: string): PartHealth => ({ status, reason });

/** What `/health` says of the desk now, read from its store and its feed. */
export async function deskHealth(moment: DeskMoment): Promise<Health> {
  const { config, services, through, late } = moment;
  const mode = await services.modes.mode();
  const now = modeAt(mode, through ?? mode.changedAt);
  const accounts = await Promise.all(
    config.accounts.map(async ({ id }) => ({
      id,
      equity: (await services.ledger.equity(id, 'base'))?.value,
      cursor: await services.ledger.cursor(id),
      reconciled: await services.records.reconciliation(id),
      newestFill: await newestFill(services, id),
    })),
  );
  const mismatched = accounts.filter((one) => (one.reconciled?.discrepancies.length ?? 0) > 0);
  const evaluations = await Promise.all(
    config.strategies.map(async (one) => (await services.feeds.memory(one.id))?.value.cursor),
  );
  return {
    feeds: feedPart(moment),
    signals: { ...ok, lastEvaluation: newest(evaluations) },
    risk: {
      ...(now === 'active'
        ? ok
        : bad(now === 'halted' ? 'down' : 'warn', `trading mode is ${now}: ${mode.reason}`)),
      mode: now,
      accounts: accounts.map(({ id, equity }) => ({
        accountId: id,
        drawdownBps: equity?.drawdownBps ?? null,
        dailyPnl: equity && equity.blind.length === 0 ? asMoney(equity.equity - equity.dayOpen) : null,
        exposure: equity?.exposure ?? null,
      })),
    },
    fills: {
      ...(late > 0 ? bad('warn', `${late} decisions were late`) : ok),
      workingOrders: accounts.reduce((total, one) => total + (one.cursor?.working ?? 0), 0),
      lastFill: newest(accounts.map((one) => one.newestFill)),
      late,
    },
    ledger: {
      ...(mismatched.length > 0
        ? bad('down', `${mismatched.map((one) => one.id).join(', ')} does not reconcile`)
        : ok),
      accounts: accounts.map(({ id, equity, reconciled }) => ({
        accountId: id,
        equity: equity && equity.blind.length === 0 ? equity.equity : null,
        lastReconciliation: reconciled?.at ?? null,
        discrepancies: reconciled?.discrepancies.length ?? null,
      })),
    },
    guard: {
      ...(moment.guard && !moment.guard.isRunning && !moment.finished
        ? bad('down', 'the liveness guard has ended')
        : ok),
      lastCheck: moment.guardSeenAt,
    },
  };
}

function feedPart({ feed, finished, settledAt, now }: DeskMoment): Health['feeds'] {
  const report = feed.report();
  const { lastFrameAt, lastWindowAt, instruments, connected, candles, venues, hosts } = report;
  const freshnessMs =
    lastFrameAt === null || lastWindowAt === null ? null : Math.max(0, lastWindowAt - lastFrameAt);
  return {
    ...(finished ? ok : feedState(report, freshnessMs)),
    // The source runs, and of its connections, if it has any, one at least is there.
    connected: connected && (venues.length === 0 || venues.some((one) => one.connected !== false)),
    freshnessMs,
    windowAgeMs: windowAgeMs(report, settledAt, now),
    quality: [...new Set(instruments.flatMap((one) => one.quality))].sort(),
    instruments: instruments.map(({ counts: _, ...rest }) => rest),
    venues,
    hosts,
    candles,
  };
}

function feedState(
  { connected, instruments, venues, candles }: FeedReport,
  freshnessMs: number | null,
): PartHealth {
  if (!connected) return bad('down', 'the feed is not connected');
  if (freshnessMs !== null && freshnessMs > FRESHNESS_MS_MAX && !isWatched(venues))
    return bad('down', `no frame for ${freshnessMs} ms`);
  const cut = venues.filter(
    (one) => one.connected === false && one.closedBecause === null && one.trouble !== null,
  );
  if (cut.length > 0) return bad('warn', cut.map((one) => `${one.name}: ${one.trouble}`).join('; '));
  // What the venue does not trade has no live book by its own word.
  const notLive = instruments.filter((one) => one.status !== 'live' && one.status !== 'closed');
  if (notLive.length > 0)
    return bad('warn', `not live: ${notLive.map((one) => one.instrumentId).join(', ')}`);
  const fault = candles?.storeFault ?? null;
  return fault === null ? ok : bad('warn', `candles are not stored: ${fault}`);
}

/** Connections tell themselves whether they are quiet or dead: a market may be in peace for longer than any recording is. */
const isWatched = (venues: FeedReport['venues']): boolean =>
  venues.length > 0 &&
  venues.every(({ connected, closedBecause }) => connected !== false || closedBecause !== null);

async function newestFill(services: DeskMoment['services'], account: DeskConfig['accounts'][number]['id']) {
  let at: EpochMs | undefined;
  for await (const fill of services.ledger.fills(account, 'base'))
    if (at === undefined || fill.closedAt > at) at = fill.closedAt;
  return at;
}

const newest = (moments: readonly (EpochMs | undefined)[]): EpochMs | null =>
  moments.reduce<EpochMs | null>(
    (best, one) => (one !== undefined && (best === null || one > best) ? one : best),
    null,
  );
