import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { loadBooksFrom } from '../../adapters/store/books-since.ts';
import { createCheckpointStore } from '../../adapters/store/checkpoint-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { DeckleEvent } from '../../core/events.ts';
import type { Metrics } from '../../core/metrics.ts';
import { NO_LOG } from '../../core/metrics.ts';
import type { AlertSender, Clock, Publisher } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { alerts } from '../../lambdas/alerts/alerts.ts';
import { fills } from '../../lambdas/fills/fills.ts';
import { guard } from '../../lambdas/guard/guard.ts';
import { reconcile } from '../../lambdas/reconcile/reconcile.ts';
import { risk } from '../../lambdas/risk/risk.ts';
import { signals } from '../../lambdas/signals/signals.ts';
import type { FunctionName } from '../../lambdas/topology.ts';
import { instrumentNamed } from '../support/desk.ts';

export interface CloudParts {
  readonly config: DeskConfig;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly publisher: Publisher;
  readonly sender: AlertSender;
}

/** What a function does with an event, on the table as its invocation meets it. */
export async function handleEvent(
  name: FunctionName,
  event: DeckleEvent,
  store: ItemStore,
  parts: CloudParts,
): Promise<void> {
  const services = servicesOn(store, parts);
  if (name === 'fills' && event.type === 'market.window') return fills(event, services);
  if (name === 'signals' && event.type === 'market.window') return signals(event, services);
  if (name === 'risk' && event.type === 'signals.raised') return risk(event, services);
  if (name === 'alerts') return alerts(event, services);
  throw new Error(`nobody routes ${event.type} to ${name}`);
}

/** What a scheduled function does at a moment. */
export async function handleSchedule(
  name: 'guard' | 'reconcile',
  at: EpochMs,
  store: ItemStore,
  parts: CloudParts,
): Promise<void> {
  const services = servicesOn(store, parts);
  if (name === 'guard') await guard(at, services);
  else await reconcile(at, services);
}

function servicesOn(store: ItemStore, { config, clock, metrics, publisher, sender }: CloudParts) {
  const ledger = createLedger(store, sha256, instrumentNamed);
  return {
    config,
    accounts: config.accounts,
    ledger,
    books: (account: Parameters<typeof loadBooks>[1]) => loadBooks(ledger, account),
    goingOn: {
      checkpoints: createCheckpointStore(store, sha256),
      strategies: config.strategies,
      booksSince: (checkpoint: Parameters<typeof loadBooksFrom>[1]) => loadBooksFrom(ledger, checkpoint),
    },
    feeds: createFeedStore(store),
    modes: createModeStore(store, clock),
    records: createRecordStore(store),
    instrument: instrumentNamed,
    clock,
    sha256,
    metrics,
    log: NO_LOG,
    publisher,
    sender,
  };
}
