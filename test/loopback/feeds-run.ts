import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { BeatingSource } from '../../adapters/venues/frame-source.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { DeckleEvent } from '../../core/events.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import { type Log, type Metrics, NO_LOG } from '../../core/metrics.ts';
import type { Alert, Clock } from '../../core/ports.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { runFeeds } from '../../fargate/feeds-process.ts';
import { FeedsStatus } from '../../fargate/feeds-status.ts';
import { alerts } from '../../lambdas/alerts/alerts.ts';
import { CountingMetrics } from '../../local/feeds/counting-metrics.ts';
import { healthAnswer } from '../../local/feeds/health-answer.ts';
import { startHealthServer } from '../../local/feeds/health-server.ts';
import { livePlan } from '../../local/feeds/live-plan.ts';
import { configOf } from '../fargate/feeds-world.ts';

export interface RunOptions {
  /** The configuration in force, as a document. */
  readonly document: unknown;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  open(config: DeskConfig, ids: readonly InstrumentId[]): BeatingSource;
  /** Takes what was published, after people were alerted of it. */
  take(event: DeckleEvent): void;
  alert(alert: Alert): void;
}

/** A feeds process that runs. */
export interface FeedsRun {
  readonly config: DeskConfig;
  readonly health: FeedHealth;
  /** Where it answers `GET /health`. */
  readonly healthUrl: string;
  /** What ended it, unless it was stopped. */
  failure(): unknown;
  /** Stops it in order. @throws what ended it before. */
  stop(): Promise<void>;
}

/** Runs feeds as in the cloud on a store in memory, and a bus that takes events to the function that alerts people. */
export async function startFeeds({ document, clock, open, take, ...told }: RunOptions): Promise<FeedsRun> {
  const store = openSqliteStore({ path: ':memory:' });
  const configs = createConfigStore(store);
  const config = configOf(document);
  await configs.push({ hash: config.hash, document, pushedAt: clock.now(), pushedBy: 'test' });
  const health = new FeedHealth();
  const status = new FeedsStatus(clock.now());
  const metrics = new CountingMetrics(told.metrics);
  const server = await startHealthServer(0, () => healthAnswer(status, health, metrics, clock.now()));
  const sender = { send: async (alert: Alert) => told.alert(alert) };
  const alerting = { records: createRecordStore(store), sender, metrics, log: NO_LOG, clock };
  const stop = new AbortController();
  const running = runFeeds({
    store,
    configs,
    feeds: createFeedStore(store),
    publisher: {
      publish: async (events) => {
        for (const event of events) {
          await alerts(event, alerting);
          take(event);
        }
      },
    },
    clock,
    sha256,
    metrics,
    log: told.log,
    owner: 'feeds/loopback',
    planOf: (one) => {
      const plan = livePlan(one, {}, () => undefined);
      return { ...plan, open: async () => open(one, plan.ids) };
    },
    openWindowLog: async () => ({ append: async () => undefined, close: async () => undefined }),
    trace: false,
    signal: stop.signal,
    health,
    status,
  });
  let failure: unknown;
  running.catch((error: unknown) => {
    failure = error;
  });
  return {
    config,
    health,
    healthUrl: `http://127.0.0.1:${server.port}/health`,
    failure: () => failure,
    stop: async () => {
      await server.close();
      stop.abort();
      await running;
    },
  };
}
