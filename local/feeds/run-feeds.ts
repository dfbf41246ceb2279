import { hostname } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createCloudMetrics } from '../../adapters/aws/cloud-metrics.ts';
import { systemClock } from '../../adapters/clock.ts';
import {
  createEventBridgePublisher,
  EventTooLargeError,
  PublishError,
} from '../../adapters/eventbridge/event-bridge-publisher.ts';
import { createObjectWriter } from '../../adapters/s3/object-writer.ts';
import { createS3WindowLog } from '../../adapters/s3/s3-window-log.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { NO_METRICS } from '../../core/metrics.ts';
import type { Clock } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime, SECOND_MS } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import type { FeedsEnd } from '../../fargate/feeds-options.ts';
import { runFeeds } from '../../fargate/feeds-process.ts';
import { FeedsStatus } from '../../fargate/feeds-status.ts';
import { shiftedClock } from '../../fargate/paced.ts';
import { SettleError, waitSettled } from '../../fargate/settle-wait.ts';
import { CommandError, type Terminal } from '../cli/terminal.ts';
import { readVenueKeys } from '../cli/venue-keys.ts';
import type { DemoScenario } from '../demo-market/demo-market.ts';
import { DEMO_START } from '../input.ts';
import { type AwsPlace, storeWords } from './aws-words.ts';
import { CountingMetrics } from './counting-metrics.ts';
import { type DemoPace, type DemoPlanOptions, demoPlan } from './demo-plan.ts';
import type { FeedsEnvironment } from './environment.ts';
import { healthAnswer } from './health-answer.ts';
import { startHealthServer } from './health-server.ts';
import { lineLog } from './line-log.ts';
import { livePlan } from './live-plan.ts';

export interface RunOptions {
  /** The configuration's unless given. */
  readonly source?: 'demo' | 'live';
  readonly lockstep?: true;
  readonly windows?: number;
  readonly seed?: number;
  readonly scenario?: DemoScenario;
  readonly startAt?: EpochMs;
  /** Seconds. */
  readonly settleTimeout: number;
  readonly port: number;
  readonly json?: true;
}

/** A request that was not answered by then is over: the next beat is due. */
const REQUEST_MS_MAX = 3_000;
/** The container is given 60 s to stop; a drain takes a window, the log's last block and the lease, seconds in all. */
const STOP_MS_MAX = 20_000;
const EXIT_CODES: Readonly<Record<FeedsEnd, number>> = { finished: 0, stopped: 0, fenced: 3 };

/** `run`: the feed of a stage in the cloud until its source is over, or SIGTERM; the exit code. */
export async function runFeedsCommand(
  options: RunOptions,
  environment: FeedsEnvironment,
  terminal: Terminal,
): Promise<number> {
  const { DECKLE_TABLE: table, DECKLE_BUS: busName, AWS_REGION: region } = environment;
  const place: AwsPlace = { table, region, endpoint: environment.AWS_ENDPOINT_URL };
  // Before anything is opened: what cannot be used ends the process at once.
  const keys = readVenueKeys(process.env);
  const clock = systemClock;
  const startedAt = clock.now();
  const log = lineLog(clock, 'feeds', options.json ? terminal.stderr : terminal.stdout);
  // The log of the container is where CloudWatch finds metrics; stdout that is one document is not that log.
  const cloud = options.json ? undefined : createCloudMetrics(environment.DECKLE_STAGE);
  const metrics = new CountingMetrics(cloud ?? NO_METRICS);
  const status = new FeedsStatus(startedAt);
  const health = new FeedHealth();
  const stop = new AbortController();
  const requestHandler = {
    connectionTimeout: REQUEST_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    throwOnRequestTimeout: true,
  };
  const dynamo = new DynamoDBClient({ region, requestHandler, maxAttempts: 2 });
  const bridge = new EventBridgeClient({ region, requestHandler, maxAttempts: 1 });
  const store = openDynamoStore({ client: dynamo, table });
  const writer = createObjectWriter({
    bucket: environment.DECKLE_BUCKET,
    region,
    credentials: bridge.config.credentials,
    timeoutMs: REQUEST_MS_MAX,
  });
  const server = await startHealthServer(options.port, () =>
    healthAnswer(status, health, metrics, clock.now()),
  );
  const release = onStopSignal(() => {
    log.info('stopping', { why: 'asked to; the window in progress is finished first' });
    stop.abort();
  });
  const isLockstep = options.lockstep ?? false;
  const market = demoOptions(options, clock);
  log.info('feeds process starts', {
    stage: environment.DECKLE_STAGE,
    table,
    bus: busName,
    ...(place.endpoint === undefined ? { region } : { endpoint: place.endpoint }),
    health: `http://127.0.0.1:${server.port}/health`,
    lockstep: isLockstep,
  });
  try {
    const end = await runFeeds({
      store,
      configs: createConfigStore(store),
      feeds: createFeedStore(store),
      publisher: createEventBridgePublisher({ client: bridge, busName, metrics }),
      clock,
      sha256,
      metrics,
      flushMetrics: () => cloud?.flush(),
      log,
      owner: `feeds/${hostname()}/${process.pid}/${startedAt}`,
      planOf: (config) =>
        (options.source ?? (isLockstep ? 'demo' : config.feed.source)) === 'live'
          ? livePlan(config, keys, (venue, detail) => log.info('venue', { venue, detail }))
          : demoPlan(config, market),
      openWindowLog: async (feedId) => createS3WindowLog({ writer, feedId, metrics, log }),
      trace: environment.DECKLE_TRACE === 'on' || isLockstep,
      ...(isLockstep
        ? {
            settled: (window, publishedAt) =>
              waitSettled(window, publishedAt, {
                store,
                clock,
                timeoutMs: options.settleTimeout * SECOND_MS,
                signal: stop.signal,
              }),
          }
        : {}),
      ...(options.windows === undefined ? {} : { windowsMax: options.windows }),
      signal: stop.signal,
      explain: (fault) => storeWords(fault, place),
      health,
      status,
    });
    const summary = {
      end,
      windows: status.windows,
      through: status.newest === null ? null : isoTime(status.newest.closedAt),
      feedId: status.feedId,
      epoch: status.epoch,
      configHash: status.configHash,
      lives: status.lives,
      publishFailed: status.publishFailed,
      wallMs: clock.now() - startedAt,
    };
    if (options.json) terminal.stdout(`${JSON.stringify(summary)}\n`);
    else log.info('feeds process ends', summary);
    if (status.logFault !== null) throw new CommandError(status.logFault);
    return EXIT_CODES[end];
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(storeWords(error, place));
    if (error instanceof SettleError || error instanceof PublishError || error instanceof EventTooLargeError)
      throw new CommandError(error.message);
    throw error;
  } finally {
    release();
    await server.close();
    dynamo.destroy();
    bridge.destroy();
  }
}

function demoOptions({ lockstep, startAt, seed, scenario }: RunOptions, clock: Clock): DemoPlanOptions {
  const pace: DemoPace = lockstep
    ? { kind: 'unpaced', startAt: startAt ?? DEMO_START }
    : { kind: 'paced', clock: startAt === undefined ? clock : shiftedClock(clock, startAt - clock.now()) };
  return { pace, ...(seed !== undefined && { seed }), ...(scenario !== undefined && { scenario }) };
}

/** Calls back at the first SIGTERM or SIGINT; a stop that takes too long is ended. Returns what takes the listeners off. */
function onStopSignal(stop: () => void): () => void {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) return;
    isStopping = true;
    stop();
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}
