import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { loadBooksFrom } from '../../adapters/store/books-since.ts';
import { createCheckpointStore } from '../../adapters/store/checkpoint-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { stampedStore } from '../../adapters/store/stamped-store.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { DeckleEvent, EventType } from '../../core/events.ts';
import type { Clock, Ledger, Publisher } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { HOUR_MS } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import type { GoingOn } from '../../lambdas/reconcile/going-on.ts';
import { reconcile } from '../../lambdas/reconcile/reconcile.ts';
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

/**
 * Runs the input in memory from its beginning, as a verification does, and counts what each window asked for. It reconciles
 * as the cloud does on any quarter of an hour but a day's first: on from a checkpoint, of which there is one at the start.
 */
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
  const stamped = (one: ItemStore): ItemStore =>
    stampedStore(one, { writer: 'reconcile', requestId: REQUEST_ID });
  const desk = stamped(store);
  const goingOn = goingOnIn(stamped(store.readFor('reconcile from its checkpoint')), config);
  let alerts = 0;
  let historyBefore = 0;
  let startedAt: EpochMs | undefined;
  // The first checkpoints are told of with the first window and belong to no month either.
  const isCounted = ({ type, at }: DeckleEvent): boolean =>
    startedAt !== undefined && !(type === 'reconciliation.finished' && at === startedAt);
  // Taken after each window: opening the accounts before the first and the report after the last belong to no month.
  const seen = () => ({
    store: store.use,
    events: events.use,
    alerts,
    history: store.historyBytes - historyBefore,
    logBytes: lines.bytes,
  });
  let last = seen();
  try {
    const end = await runDesk({
      config,
      input,
      store: desk,
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
      goingOn,
      prune: (position) => sqlite.pruneChanges(position),
      onSettled: () => {
        last = seen();
      },
      ...(windowsMax === undefined ? {} : { windowsMax }),
      aroundPublish: (publisher): Publisher => ({
        publish: async (published) => {
          const first = published.find((one) => one.type === 'market.window');
          if (startedAt === undefined && first) {
            startedAt = first.at;
            await leaveCheckpoints(first.at, desk, config, goingOn);
            historyBefore = store.historyBytes;
            store.start();
          }
          for (const event of published) if (isCounted(event)) events.count(event);
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

/** What a reconciliation goes on from, as its function has it in the cloud. */
function goingOnIn(store: ItemStore, { strategies }: DeskConfig): GoingOn {
  const ledger = readOnlyLedger(store);
  return {
    checkpoints: createCheckpointStore(store, sha256),
    strategies,
    booksSince: (checkpoint) => loadBooksFrom(ledger, checkpoint),
  };
}

/** Reads everything, of which there is nothing yet, and leaves the checkpoint of every account. */
async function leaveCheckpoints(
  at: EpochMs,
  store: ItemStore,
  { accounts }: DeskConfig,
  goingOn: GoingOn,
): Promise<void> {
  const ledger = readOnlyLedger(store);
  await reconcile(at, {
    accounts,
    books: (account) => loadBooks(ledger, account),
    records: createRecordStore(store),
    sha256,
    metrics: createMetrics(),
    log: new LogMeter().of('reconcile'),
    goingOn,
  });
}

/** Rules of instruments matter to what is written only. */
const readOnlyLedger = (store: ItemStore): Ledger =>
  createLedger(store, sha256, (id) => {
    throw new Error(`nothing of ${id} is written by a reconciliation`);
  });
