import { sha256 } from '../../adapters/sha256.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { stampedStore } from '../../adapters/store/stamped-store.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { EventType } from '../../core/events.ts';
import type { Clock, Publisher } from '../../core/ports.ts';
import { HOUR_MS } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { runDesk } from '../desk.ts';
import type { DeskInput } from '../input.ts';
import { createMetrics } from '../watch/metrics.ts';
import type { StoreUse } from './metered-store.ts';
import { MeteredStore } from './metered-store.ts';
import type { EventUse } from './meters.ts';
import { EventMeter, LogMeter, WindowLogMeter } from './meters.ts';

/** What the cloud would have been asked for between the first and the last window of a run; nothing is scaled yet. */
export interface MeteredRun {
  readonly windows: number;
  readonly hours: number;
  readonly accounts: number;
  readonly instruments: number;
  readonly store: StoreUse;
  readonly events: ReadonlyMap<EventType, EventUse>;
  readonly alerts: number;
  /** Bytes of journal entries, fills, orders and decisions that each hour added. */
  readonly historyBytesPerHour: number;
  readonly windowLogBytes: number;
  readonly logBytes: number;
}

export interface MeterOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly windowsMax?: number;
}

/** As long as a request id of Lambda, which is stored with every item. */
const REQUEST_ID = '00000000-0000-4000-8000-000000000000';

/** Runs the input in memory from its beginning, as a verification does, and counts what each window asked for. */
export async function meterRun(
  config: DeskConfig,
  input: DeskInput,
  { clock, signal, windowsMax }: MeterOptions,
): Promise<MeteredRun> {
  const sqlite = openSqliteStore({ path: ':memory:' });
  const store = new MeteredStore(sqlite);
  const events = new EventMeter();
  const lines = new LogMeter();
  const windowLog = new WindowLogMeter();
  let alerts = 0;
  let historyBefore: number | undefined;
  // Taken after each window: opening the accounts before the first and the report after the last belong to no month.
  const seen = () => ({
    store: store.use,
    events: events.use,
    alerts,
    history: store.historyBytes - (historyBefore ?? 0),
    logBytes: lines.bytes,
  });
  let last = seen();
  try {
    const end = await runDesk({
      config,
      input,
      store: stampedStore(store, { writer: 'reconcile', requestId: REQUEST_ID }),
      sha256,
      clock,
      signal,
      metrics: createMetrics(),
      log: (part) => lines.of(part),
      alertSender: {
        send: async () => {
          alerts += 1;
        },
      },
      reportSink: { write: async () => undefined },
      health: new FeedHealth(),
      windowLog,
      prune: (position) => sqlite.pruneChanges(position),
      onSettled: () => {
        last = seen();
      },
      ...(windowsMax === undefined ? {} : { windowsMax }),
      aroundPublish: (publisher): Publisher => ({
        publish: async (published) => {
          if (historyBefore === undefined && published.some((one) => one.type === 'market.window')) {
            historyBefore = store.historyBytes;
            store.start();
          }
          if (historyBefore !== undefined) for (const event of published) events.count(event);
          await publisher.publish(published);
        },
      }),
    });
    const hours = (end.windows * config.feed.windowMs) / HOUR_MS;
    return {
      windows: end.windows,
      hours,
      accounts: config.accounts.length,
      instruments: windowLog.instruments,
      store: last.store,
      events: last.events,
      alerts: last.alerts,
      historyBytesPerHour: hours > 0 ? last.history / hours : 0,
      windowLogBytes: windowLog.bytes,
      logBytes: last.logBytes,
    };
  } finally {
    await store.close();
  }
}
