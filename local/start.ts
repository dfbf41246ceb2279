import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../adapters/make-folder.ts';
import { openWindowLog } from '../adapters/window-log/window-log.ts';
import { formatRounded } from '../core/amounts.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Clock, Publisher, Sha256 } from '../core/ports.ts';
import { type EpochMs, isoTime } from '../core/time.ts';
import { FeedHealth } from '../fargate/feed-health.ts';
import { FeedMetrics, windowAgeMs } from '../fargate/feed-metrics.ts';
import { TOPOLOGY } from '../lambdas/topology.ts';
import { runDesk } from './desk.ts';
import { DeskError } from './desk-error.ts';
import { deskHealth } from './desk-health.ts';
import { GuardChild } from './guard-child.ts';
import { Heart } from './heartbeat.ts';
import type { DeskInput } from './input.ts';
import { requireFollowed, showsItsContents } from './judge-session.ts';
import { tellLive } from './live-words.ts';
import { Parts } from './parts.ts';
import { probeInput } from './probe-input.ts';
import { createServices } from './services.ts';
import { openSession } from './session/open-session.ts';
import type { SessionSummary } from './session/summary.ts';
import { summarize, summaryJson } from './session/summary.ts';
import { feedWords, partDetail, printSummary } from './start-words.ts';
import { verifyFinished } from './verify-finished.ts';
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
/** An instrument that was not heard of in so many windows is not there, even if the run was stopped early. */
const WINDOWS_TO_SHOW_UP = 60;

function makeSessionFolder(directory: string): void {
  try {
    makeFolder(directory);
  } catch (error) {
    throw new DeskError(
      `--dir ${directory} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Runs the embedded desk; the exit code. Faults of input and store are thrown with words for a person. */
export async function start(options: StartOptions): Promise<number> {
  const { config, input, directory, sha256, clock, signal } = options;
  const startedAt = clock.now();
  await probeInput(input, config);
  const say = (line: string): void => (options.json ? options.stderr : options.stdout)(`${line}\n`);
  const parts = new Parts(say);
  makeSessionFolder(directory);
  const metrics = createMetrics();
  const logs = createLogs({
    directory: join(directory, 'logs'),
    clock,
    stderr: process.stderr.isTTY ? 'warnings' : 'all',
    inWords: process.stderr.isTTY,
    keepDays: 7,
    print: (line) => options.stderr(`${line}\n`),
  });
  say('Deckle, a paper-trading desk. It cannot place a real order.');
  if (config.defaulted.length > 0) logs.part('desk').info('defaults in force', { fields: config.defaulted });
  const session = await openSession({ ...options, ...options.seams });
  const { store } = session;
  try {
    if (session.archived) say(`archived the session before this one: ${session.archived}`);
    parts.up('store', session.path, session.close);

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
    if (before?.finished)
      return await verifyFinished(
        options,
        before.windows,
        { store, ...services },
        windowLogPath,
        startedAt,
        say,
      );

    const feed = new FeedHealth();
    // Before anything that could hang: whoever has to end this desk takes its pid from here.
    const heart = new Heart({
      runtime: services.runtime,
      clock,
      progress: () => feed.progress,
      onFault: (error) => logs.part('desk').error('heartbeat', { error }),
    });
    await heart.start();
    parts.up('heartbeat', 'each second', () => heart.stop());
    const windowLog = await openWindowLog(windowLogPath);
    const outbox = createOutbox({ path: join(directory, 'outbox.jsonl'), terminal: say });
    parts.up('bus', 'in process, wired by lambdas/topology.ts');
    parts.up('feeds', `${input.description}, a window every ${config.feed.windowMs} ms`);
    for (const { name } of TOPOLOGY) parts.up(name, partDetail(name, config, directory));

    const state = {
      finished: false,
      through: before?.through ?? null,
      windows: before?.windows ?? 0,
      settledAt: null as EpochMs | null,
    };
    const guard = new GuardChild({
      session: session.name,
      sessionPath: session.path,
      clock,
      log: logs.part('liveness'),
      outbox,
      isNeeded: () => !state.finished && !signal.aborted,
    });
    parts.up('liveness', `a process of its own (pid ${guard.pid ?? 'none'}) that watches this one`, () =>
      guard.stop(),
    );
    const health = async () =>
      deskHealth({
        config,
        services,
        feed,
        guard,
        ...state,
        now: clock.now(),
        late: await metrics.value('risk_late_total'),
        guardSeenAt: guard.isRunning ? clock.now() : null,
      });
    const feedMetrics = new FeedMetrics(metrics);
    const metricsText = async (): Promise<string> => {
      const report = feed.report();
      feedMetrics.update(report, windowAgeMs(report, state.settledAt, clock.now()));
      return metrics.text();
    };
    const status = await startStatusServer({ port: options.port, health, metrics: metricsText });
    parts.up('status', `${status.url}/health and /metrics`, () => status.close());
    say(`ready, ${parts.count} parts`);
    await heart.enter('running');
    const hush = input.kind === 'live' ? tellLive(feed, clock, say, signal) : () => undefined;
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
      ...(input.catalogues && { catalogueReader: input.catalogues(signal) }),
      prune: (position) => store.pruneChanges(position),
      onRecovered: ({ openOrders, windows, discrepancies }) =>
        say(
          `state recovered: ${openOrders} open orders, ${windows} windows settled, ${discrepancies} discrepancies`,
        ),
      onSettled: (through, windows) => {
        Object.assign(state, { through, windows, settledAt: clock.now() });
        heart.settled(through);
        if (options.windowsMax !== null && windows >= options.windowsMax) hush();
        if (windows % PROGRESS_WINDOWS === 0) say(`  ${isoTime(through)} ${windows} windows settled`);
      },
      ...(options.windowsMax === null ? {} : { windowsMax: options.windowsMax }),
      ...(options.seams?.aroundPublish ? { aroundPublish: options.seams.aroundPublish } : {}),
    }).finally(hush);
    state.finished = end.finished;
    feedWords(feed, input.kind, say);
    if (end.finished || feed.report().windowsBuilt >= WINDOWS_TO_SHOW_UP) requireFollowed(feed, input);
    if (end.feed === 'fenced') say('another feed took over the lease: this desk published nothing more');
    const summary = await summarize(end.windows, { store, ...end.services, config, sha256 });
    if (end.finished) await heart.enter('finished');
    const wallMs = clock.now() - startedAt;
    printSummary(summary, end, config, directory, wallMs, say);
    // A mismatch is a failure, and so is a demo that did not show what it is for.
    const shown = !end.finished || (await showsItsContents(input, config, end.services.ledger, say));
    const code = shown && summary.discrepancies === 0 ? 0 : 1;
    if (!options.once && options.windowsMax === null && !signal.aborted)
      await stayUp(signal, say, summary, status.url);
    await parts.stop();
    if (options.json) options.stdout(`${summaryJson(summary, wallMs)}\n`);
    return code;
  } catch (error) {
    await parts.stop().catch(() => undefined);
    throw error;
  } finally {
    await session.close();
    await logs.flush();
    logs.close();
  }
}

/** Nothing more comes in; status stays up until Ctrl+C, with a line a minute. */
async function stayUp(
  signal: AbortSignal,
  say: (line: string) => void,
  summary: SessionSummary,
  url: string,
): Promise<void> {
  say(`staying up with status at ${url}/health; Ctrl+C ends it`);
  while (!signal.aborted) {
    await sleep(IDLE_LINE_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted)
      say(
        `  idle: ${summary.windows} windows, ${summary.openOrders} open orders, equity ${formatRounded(summary.equity, 2)}`,
      );
  }
}
