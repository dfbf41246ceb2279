import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWindowLog, readWindowLog } from '../adapters/window-log/window-log.ts';
import { formatRounded } from '../core/amounts.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Clock, Publisher, Sha256 } from '../core/ports.ts';
import { isoTime } from '../core/time.ts';
import { FeedHealth } from '../fargate/feed-health.ts';
import { demoContents } from './demo-contents.ts';
import type { DeskEnd } from './desk.ts';
import { runDesk } from './desk.ts';
import { DeskError } from './desk-error.ts';
import { deskHealth } from './desk-health.ts';
import { GuardChild } from './guard-child.ts';
import { Heart } from './heartbeat.ts';
import type { DeskInput } from './input.ts';
import { knownRules } from './input.ts';
import { replaySession } from './replay/replay-session.ts';
import { createServices } from './services.ts';
import { openSession } from './session/open-session.ts';
import type { SessionSummary } from './session/summary.ts';
import { summarize, summaryJson } from './session/summary.ts';
import { rerunInMemory } from './verify.ts';
import { FeedMetrics } from './watch/feed-metrics.ts';
import { createLogs } from './watch/logs.ts';
import { createMetrics } from './watch/metrics.ts';
import { createOutbox } from './watch/outbox.ts';
import { createReportSink } from './watch/report-sink.ts';
import { startStatusServer } from './watch/status-server.ts';

export interface StartOptions {
  readonly config: DeskConfig;
  readonly input: DeskInput;
  readonly directory: string;
  readonly sha256: Sha256;
  readonly clock: Clock;
  /** Ends when the input is over instead of staying up with its status. */
  readonly once: boolean;
  readonly fresh: boolean;
  readonly json: boolean;
  readonly windowsMax: number | null;
  readonly port: number;
  /** Aborted by Ctrl+C or SIGTERM: the window being settled is finished, then every part stops. */
  readonly signal: AbortSignal;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Where a test harness stands: at the database and around publications. */
  readonly seams?: {
    readonly connect?: (path: string) => DatabaseSync;
    readonly aroundPublish?: (publisher: Publisher) => Publisher;
  };
}

const IDLE_LINE_MS = 60_000;
const PROGRESS_WINDOWS = 300;

/** Runs the embedded desk; the exit code. Faults of input and store are thrown with words for a person. */
export async function start(options: StartOptions): Promise<number> {
  const { config, input, directory, sha256, clock, signal } = options;
  const startedAt = clock.now();
  const say = (line: string): void => (options.json ? options.stderr : options.stdout)(`${line}\n`);
  const up: string[] = [];
  const part = (name: string, detail: string): void => {
    up.push(name);
    say(`  ${name.padEnd(10)} ${detail}`);
  };
  mkdirSync(directory, { recursive: true });
  const metrics = createMetrics();
  const logs = createLogs({
    directory: join(directory, 'logs'),
    clock,
    stderr: process.stderr.isTTY ? 'warnings' : 'all',
    keepDays: 7,
    print: (line) => options.stderr(`${line}\n`),
  });
  say('Deckle, a paper-trading desk. It cannot place a real order.');
  if (config.defaulted.length > 0) logs.part('desk').info('defaults in force', { fields: config.defaulted });
  const session = await openSession({ ...options, ...options.seams });
  const { store } = session;
  const closers: (() => Promise<void>)[] = [];
  const onClose = (name: string, close: () => Promise<void> | void): void => {
    closers.push(async () => {
      await close();
      say(`  ${name.padEnd(10)} stopped`);
    });
  };
  try {
    if (session.archived) say(`archived the session before this one: ${session.archived}`);
    part('store', session.path);
    onClose('store', session.close);

    const services = createServices({
      config,
      store,
      sha256,
      clock,
      metrics,
      log: logs.part,
      alertSender: { send: async () => undefined },
      reportSink: { write: async () => undefined },
      instrument: () => {
        throw new Error('the status of a desk needs no instrument rules');
      },
    });
    const before = await services.runtime.settled(config.feed.id);
    const windowLogPath = join(directory, 'windows', `${session.name}.jsonl.gz`);
    if (before?.finished) return await verifyFinished(options, before.windows, { store, ...services }, windowLogPath, startedAt, say);

    const feed = new FeedHealth();
    const windowLog = await openWindowLog(windowLogPath);
    const outbox = createOutbox({ path: join(directory, 'outbox.jsonl'), terminal: say });
    part('bus', 'in process, wired by lambdas/topology.ts');
    part('feeds', `${input.description}, a window every ${config.feed.windowMs} ms`);
    for (const name of ['fills', 'signals', 'risk', 'relay', 'alerts', 'reconcile', 'guard', 'report']) part(name, partDetail(name, config));

    const state = { finished: false, through: before?.through ?? null, windows: before?.windows ?? 0 };
    const heart = new Heart(services.runtime, clock, (error) => logs.part('desk').error('heartbeat', { error }));
    await heart.start();
    onClose('heartbeat', () => heart.stop());
    const guard = new GuardChild(session.path);
    part('liveness', `a process of its own (pid ${guard.pid ?? 'none'}) that watches this one`);
    onClose('liveness', () => guard.stop());
    const health = async () =>
      deskHealth({
        config,
        services,
        feed,
        guard,
        ...state,
        late: await metrics.value('risk_late_total'),
        guardSeenAt: guard.isRunning ? clock.now() : null,
      });
    const feedMetrics = new FeedMetrics(metrics);
    const metricsText = async (): Promise<string> => {
      feedMetrics.update(feed.report());
      return metrics.text();
    };
    const status = await startStatusServer({ port: options.port, health, metrics: metricsText });
    part('status', `${status.url}/health and /metrics`);
    onClose('status', () => status.close());
    say(`ready, ${up.length} parts`);

    if (before) {
      const open = await openOrders(services, config);
      say(`state recovered: ${open} open orders, ${before.windows} windows settled, reconciled before trading`);
    }
    await heart.enter('running');
    const end = await runDesk({
      config,
      input,
      sha256,
      clock,
      signal,
      store,
      metrics,
      log: logs.part,
      alertSender: outbox,
      reportSink: createReportSink(join(directory, 'reports')),
      health: feed,
      windowLog,
      prune: (position) => store.pruneChanges(position),
      onSettled: (through, windows) => {
        Object.assign(state, { through, windows });
        heart.settled(through);
        if (windows % PROGRESS_WINDOWS === 0) say(`  ${isoTime(through)} ${windows} windows settled`);
      },
      ...(options.windowsMax === null ? {} : { windowsMax: options.windowsMax }),
      ...(options.seams?.aroundPublish ? { aroundPublish: options.seams.aroundPublish } : {}),
    });
    state.finished = end.finished;
    feedWords(feed, say);
    if (end.finished) requireFollowed(feed, input, config);
    if (end.feed === 'fenced') say('another feed took over the lease: this desk published nothing more');
    const summary = await summarize(end.windows, { store, ...end.services, config, sha256 });
    if (end.finished) await heart.enter('finished');
    const wallMs = clock.now() - startedAt;
    printSummary(summary, end, config, directory, wallMs, say);
    const code = await judge(options, end, summary, say);
    if (!options.once && options.windowsMax === null && !signal.aborted) await stayUp(signal, say, summary, status.url);
    await closeAll(closers);
    if (options.json) options.stdout(`${summaryJson(summary, wallMs)}\n`);
    return code;
  } catch (error) {
    await closeAll(closers).catch(() => undefined);
    throw error;
  } finally {
    await session.close();
    await logs.flush();
    logs.close();
  }
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
}

function partDetail(name: string, config: DeskConfig): string {
  switch (name) {
    case 'signals':
      return config.strategies.map((one) => one.id).join(', ');
    case 'risk':
      return config.accounts.map((one) => `${one.id} (${formatRounded(one.openingEquity, 2)} ${one.currency})`).join(', ');
    case 'fills':
      return 'optimistic, base and pessimistic lane';
    case 'reconcile':
      return `every ${config.reconcileEveryMs / 60_000} min and at 00:00 UTC`;
    case 'guard':
      return 'limits, at the first window of each minute';
    case 'report':
      return 'at 00:05 UTC and at the end';
    case 'relay':
      return 'news of what was committed';
    default:
      return 'terminal and .deckle/outbox.jsonl';
  }
}

async function openOrders(services: ReturnType<typeof createServices>, config: DeskConfig): Promise<number> {
  let open = 0;
  for (const account of config.accounts) open += (await services.ledger.cursor(account.id))?.working ?? 0;
  return open;
}

/**
 * A finished session is run again in memory and compared; nothing in the store changes. Where a person stopped trading in
 * between, a run without that person differs: then the recorded decisions are replayed over the recorded windows.
 */
async function verifyFinished(
  options: StartOptions,
  windows: number,
  stores: Omit<Parameters<typeof summarize>[1], 'config' | 'sha256'>,
  windowLogPath: string,
  startedAt: number,
  say: (line: string) => void,
): Promise<number> {
  const { config, input, clock, sha256 } = options;
  const summary = await summarize(windows, { ...stores, config, sha256 });
  say(`this session is finished: ${windows} windows. Running it again in memory to verify it.`);
  const again = await rerunInMemory(config, input, windows, options);
  let verified = again.ledgerHash === summary.ledgerHash;
  if (verified) say(`verified: the same ledger hash, ${summary.ledgerHash}. Nothing was changed; --fresh begins anew.`);
  else if (existsSync(windowLogPath)) {
    const replayed = await replaySession({
      windows: readWindowLog(windowLogPath),
      recorded: stores.ledger,
      config,
      sha256,
      instrument: knownRules(config, input),
    });
    verified = replayed.ledgerHash === summary.ledgerHash;
    if (verified)
      say(`verified: its recorded decisions over its recorded windows give the same ledger hash, ${summary.ledgerHash}. A run without a person's halts gives another, ${again.ledgerHash}.`);
  }
  if (!verified)
    say(`NOT VERIFIED: stored ledger hash ${summary.ledgerHash}, run again ${again.ledgerHash}. Look with: npx deckle reconcile`);
  if (options.json) options.stdout(`${summaryJson(summary, clock.now() - startedAt)}\n`);
  return verified ? 0 : 1;
}

/** An input without a single message of what the strategies trade is a mistake, not a quiet market. */
function requireFollowed(feed: FeedHealth, input: DeskInput, config: DeskConfig): void {
  const { instruments } = feed.report();
  if (instruments.some(({ counts }) => counts.bookUpdates > 0 || counts.trades > 0)) return;
  const wanted = [...new Set(config.strategies.flatMap((one) => one.instruments))].join(', ');
  throw new DeskError(`${input.description} holds nothing of what the strategies trade (${wanted}); name its instruments in the configuration`);
}

/** What the feed met that a person should know: offsets, gaps, frames that could not be read. */
function feedWords(feed: FeedHealth, say: (line: string) => void): void {
  const { clockOffsetMs, frames, faults, instruments, windowsCrossed } = feed.report();
  if (clockOffsetMs !== null && Math.abs(clockOffsetMs) >= 100)
    say(`  feeds: the recorder's clock is ${Math.abs(clockOffsetMs)} ms ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the venue's; data is judged against that offset`);
  for (const { instrumentId, status, counts } of instruments) {
    if (counts.bookGaps > 0) say(`  feeds: ${instrumentId} lost messages ${counts.bookGaps} times; its book is ${status}`);
  }
  if (frames.malformed > 0) say(`  feeds: ${frames.malformed} frames could not be read`);
  if (frames.unknown > 0) say(`  feeds: ${frames.unknown} frames of an unknown kind`);
  for (const [reason, count] of Object.entries(faults)) if (count > 0) say(`  feeds: ${count} ${reason.replaceAll('_', ' ')} in the source`);
  if (windowsCrossed > 0) say(`  feeds: ${windowsCrossed} windows with a crossed book`);
}

function printSummary(
  summary: SessionSummary,
  end: DeskEnd,
  config: DeskConfig,
  directory: string,
  wallMs: number,
  say: (line: string) => void,
): void {
  const currency = config.accounts[0]?.currency ?? '';
  const amount = (of: bigint): string => `${formatRounded(of, 2)} ${currency}`;
  const { band } = summary;
  say('');
  say(`${end.finished ? 'The session is finished' : 'The session stopped'} after ${summary.windows} windows (${(wallMs / 1_000).toFixed(1)} s).`);
  say(`  signals    ${summary.signals}: ${summary.accepted} accepted, ${summary.denied} denied`);
  say(`  fills      ${summary.fills}, of which ${summary.makerFills} as maker; open orders ${summary.openOrders}`);
  say(`  equity     ${amount(summary.equity)}; realized ${amount(summary.realizedPnl)}, fees ${amount(summary.feesPaid)}`);
  say(`  PnL band   optimistic ${amount(band.optimistic)}, base ${amount(band.base)}, pessimistic ${amount(band.pessimistic)}`);
  say(`  ledger     ${summary.discrepancies} discrepancies, hash ${summary.ledgerHash}`);
  if (end.finished) say(`  report     ${join(directory, 'reports')}`);
}

/** The exit code: a mismatch is a failure, and so is a demo that did not show what it is for. */
async function judge(options: StartOptions, end: DeskEnd, summary: SessionSummary, say: (line: string) => void): Promise<number> {
  let code = summary.discrepancies > 0 ? 1 : 0;
  const { config, input } = options;
  if (input.kind === 'demo' && end.finished && config.demo.expectContents) {
    const ids = config.accounts.map((one) => one.id);
    for (const { what, met } of await demoContents(end.services.ledger, ids, config.feed.windowMs)) {
      say(`  demo       ${met ? 'shown' : 'NOT SHOWN'}: ${what}`);
      if (!met) code = 1;
    }
  }
  return code;
}

/** Nothing more comes in; status stays up until Ctrl+C, with a line a minute. */
async function stayUp(signal: AbortSignal, say: (line: string) => void, summary: SessionSummary, url: string): Promise<void> {
  say(`staying up with status at ${url}/health; Ctrl+C ends it`);
  while (!signal.aborted) {
    await sleep(IDLE_LINE_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) say(`  idle: ${summary.windows} windows, ${summary.openOrders} open orders, equity ${formatRounded(summary.equity, 2)}`);
  }
}
