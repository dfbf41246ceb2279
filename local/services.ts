import { loadBooks } from '../adapters/store/books.ts';
import { createCatalogueStore } from '../adapters/store/catalogue-store.ts';
import { createFeedStore } from '../adapters/store/feed-store.ts';
import { createGameStore } from '../adapters/store/game-store.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import { createLedger } from '../adapters/store/ledger.ts';
import { createModeStore } from '../adapters/store/mode-store.ts';
import { createRecordStore } from '../adapters/store/record-store.ts';
import { createRuntimeStore } from '../adapters/store/runtime-store.ts';
import { createUniverseStore } from '../adapters/store/universe-store.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../core/market/instrument.ts';
import type { Log, Metrics } from '../core/metrics.ts';
import type { AlertSender, CatalogueReader, Clock, Publisher, ReportSink, Sha256 } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';
import { alerts } from '../lambdas/alerts/alerts.ts';
import { fills } from '../lambdas/fills/fills.ts';
import { guard } from '../lambdas/guard/guard.ts';
import type { GoingOn } from '../lambdas/reconcile/going-on.ts';
import { reconcile } from '../lambdas/reconcile/reconcile.ts';
import { report } from '../lambdas/report/report.ts';
import { risk } from '../lambdas/risk/risk.ts';
import { signals } from '../lambdas/signals/signals.ts';
import type { FunctionName } from '../lambdas/topology.ts';
import { universe } from '../lambdas/universe/universe.ts';
import { Beside } from './beside.ts';
import type { FunctionTable } from './bus.ts';
import { InProcessBus } from './bus.ts';

/** What the use cases of one process are made of. */
export interface DeskParts {
  readonly config: DeskConfig;
  readonly store: ItemStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: (part: string) => Log;
  readonly alertSender: AlertSender;
  readonly reportSink: ReportSink;
  readonly instrument: (id: InstrumentId) => Instrument;
  /** Lets reconcile go on from a checkpoint, as in the cloud (docs/adr/0011); without it it reads everything. */
  readonly goingOn?: GoingOn;
  /** Asks venues what they list: of a live desk only, since a made-up market and a recorded one have other instruments. */
  readonly catalogueReader?: CatalogueReader;
  /** A look at the universe is over, and what it found is stored; the next one waits for what is done with it. */
  universeLooked?(): Promise<void>;
  /** Lets a harness stand before and after each publication. */
  readonly aroundPublish?: (publisher: Publisher) => Publisher;
}

/** The stores and use cases of a desk on one item store, wired by the topology. */
export type DeskServices = ReturnType<typeof createServices>;

export function createServices(parts: DeskParts) {
  const { config, store, sha256, clock, metrics, log, instrument } = parts;
  const ledger = createLedger(store, sha256, instrument);
  const feeds = createFeedStore(store);
  const modes = createModeStore(store, clock);
  const records = createRecordStore(store);
  const runtime = createRuntimeStore(store);
  const universes = createUniverseStore(store);
  const games = createGameStore(store);
  // A venue's answer takes seconds, in which windows go on.
  const looks = new Beside((error) => log('universe').error('failed', { error }));
  const only = (name: FunctionName, type: string): never => {
    throw new Error(`${name} was given ${type}, which the topology does not route to it`);
  };
  const functions: FunctionTable = {
    fills: async (event) =>
      event.type === 'market.window'
        ? fills(event, { config, ledger, feeds, modes, instrument, sha256, metrics, log: log('fills') })
        : only('fills', event.type),
    signals: async (event) =>
      event.type === 'market.window'
        ? signals(event, { config, feeds, publisher, metrics, log: log('signals') })
        : only('signals', event.type),
    risk: async (event) =>
      event.type === 'signals.raised'
        ? risk(event, { config, ledger, modes, instrument, clock, sha256, metrics, log: log('risk') })
        : only('risk', event.type),
    alerts: (event) => alerts(event, { records, sender: parts.alertSender, metrics, log: log('alerts') }),
    relay: async (event) => only('relay', event.type),
    guard: async (event) => only('guard', event.type),
    reconcile: async (event) => only('reconcile', event.type),
    report: async (event) => only('report', event.type),
    universe: async (event) => only('universe', event.type),
  };
  const bus = new InProcessBus(functions, metrics);
  const publisher: Publisher = parts.aroundPublish?.(bus) ?? bus;
  const books = (account: Parameters<typeof loadBooks>[1]) => loadBooks(ledger, account);
  const { goingOn, catalogueReader: reader } = parts;
  return {
    ledger,
    feeds,
    modes,
    records,
    runtime,
    universes,
    games,
    bus,
    publisher,
    /** Ends when nothing that was begun beside the windows goes on. */
    idle: () => looks.idle(),
    /** The scheduled functions; `at` is event time. */
    scheduled: {
      guard: (at: Parameters<typeof guard>[0]) =>
        guard(at, { config, ledger, records, modes, metrics, log: log('guard') }),
      reconcile: (at: Parameters<typeof reconcile>[0]) =>
        reconcile(at, {
          accounts: config.accounts,
          books,
          goingOn,
          records,
          sha256,
          metrics,
          log: log('reconcile'),
        }),
      report: (at: Parameters<typeof report>[0]) =>
        report(at, { config, ledger, records, modes, sink: parts.reportSink, log: log('report') }),
      /** Only begins; one look is over before the next begins. */
      universe: async (at: EpochMs): Promise<void> => {
        if (reader === undefined) return;
        const catalogues = createCatalogueStore(store);
        looks.begin(async () => {
          await universe(at, { config, universes, catalogues, games, reader, log: log('universe') });
          await parts.universeLooked?.();
        });
      },
    },
  };
}
