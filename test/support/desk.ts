import { sha256 } from '../../adapters/sha256.ts';
import { storedLedgerHash } from '../../adapters/store/books.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import type { MarketWindowEvent, SignalsRaisedEvent } from '../../core/events.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { withHistory } from '../../core/market/window-history.ts';
import type { Log, MetricName, Metrics } from '../../core/metrics.ts';
import type { Clock, Publisher } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { fills } from '../../lambdas/fills/fills.ts';
import { risk } from '../../lambdas/risk/risk.ts';
import { signals } from '../../lambdas/signals/signals.ts';
import { COIN, GEM, T0 } from './values.ts';

export const NO_LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Metrics that can be read back: totals of counters, over all labels. */
export class CountedMetrics implements Metrics {
  readonly #totals = new Map<MetricName, number>();
  add(name: MetricName, value: number): void {
    this.#totals.set(name, this.total(name) + value);
  }
  set(name: MetricName, value: number): void {
    this.#totals.set(name, value);
  }
  total(name: MetricName): number {
    return this.#totals.get(name) ?? 0;
  }
}

/** A clock for runs in which nothing may have to wait. */
export const STILL: Clock = {
  now: () => T0,
  wait: async () => {
    throw new Error('a sequential run has nothing to wait for');
  },
};

export const ACTIVE: Omit<ModeState, 'version'> = {
  mode: 'active',
  cause: 'start',
  reason: 'test',
  author: 'test',
  changedAt: T0,
  until: null,
};

type RawConfig = Record<string, unknown>;

/** A document that `parseConfig` accepts: two accounts, three strategies on candles of one second. */
export function rawConfig(): RawConfig {
  const limits = {
    exposurePerInstrumentMax: '4000',
    exposureTotalMax: '6000',
    dailyLossMax: '500',
    drawdownBpsMax: 2_000,
  };
  const params = { fast: 2, slow: 4, interval: '1s', minConfidence: 0 };
  const sizing = { method: 'fixed-fraction', fractionBps: 1_000, notionalMax: '500' };
  const strategy = (id: string, account: string, execution: object) => ({
    id,
    type: 'sma-crossover',
    account,
    instruments: [COIN.id, GEM.id],
    params,
    execution,
    sizing,
  });
  return {
    feed: { id: 'main', windowMs: 1_000 },
    venues: {
      binance: {
        fees: { version: 'test-1', makerBps: '10', takerBps: '10', charge: 'received' },
        latency: { minMs: 20, medianMs: 300, p99Ms: 1_800 },
      },
    },
    accounts: [
      { id: 'alpha', currency: 'USDT', openingEquity: '5000', limits },
      { id: 'beta', currency: 'USDT', openingEquity: '3000', limits },
    ],
    strategies: [
      strategy('join', 'alpha', { style: 'join', postOnly: true, timeInForce: 'GTC', expireAfterMs: 6_000 }),
      strategy('improve', 'beta', { style: 'improve', timeInForce: 'GTC', onOppositeSignal: 'cancel' }),
      strategy('take', 'alpha', { style: 'take', timeInForce: 'IOC', onOppositeSignal: 'keep' }),
    ],
  };
}

/** @throws Error with all issues when the document is not valid. */
export function configOf(raw: RawConfig): DeskConfig {
  const result = parseConfig(raw, sha256);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.issues));
  return result.config;
}

export const instrumentNamed = (id: InstrumentId): Instrument => {
  const found = [COIN, GEM].find((one) => one.id === id);
  if (!found) throw new Error(`no instrument ${id}`);
  return found;
};

export interface DeskOptions {
  readonly config?: DeskConfig;
  readonly clock?: Clock;
  /** Given the SQLite store, what the desk works on instead: a store that is slow, or dies. */
  readonly wrap?: (store: ItemStore) => ItemStore;
  readonly publisher?: Publisher;
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** The use cases on an in-memory store: accounts open, trading active. */
export async function openDesk(options: DeskOptions = {}) {
  const config = options.config ?? configOf(rawConfig());
  const clock = options.clock ?? STILL;
  const inner = openSqliteStore({ path: ':memory:' });
  const store = options.wrap?.(inner) ?? inner;
  const metrics = new CountedMetrics();
  const published: SignalsRaisedEvent[] = [];
  const publisher: Publisher = options.publisher ?? {
    publish: async (events) => {
      for (const event of events) if (event.type === 'signals.raised') published.push(event);
    },
  };
  const modes = createModeStore(inner, { ...clock, now: () => T0 });
  const setup = createLedger(inner, sha256, instrumentNamed);
  await modes.setMode(await modes.mode(), ACTIVE);
  for (const one of config.accounts) await setup.openAccount(one.id, one.currency, one.openingEquity);
  const shared = { config, metrics, log: NO_LOG, sha256, clock, instrument: instrumentNamed };
  const services = {
    ...shared,
    ledger: createLedger(store, sha256, instrumentNamed),
    feeds: createFeedStore(store),
    modes: createModeStore(store, clock),
    records: createRecordStore(store),
    publisher,
  };
  return {
    ...services,
    /** Beside the wrapped store: what is there, whatever the desk meets. */
    store: inner,
    stored: setup,
    published,
    fills: (event: MarketWindowEvent) => fills(event, services),
    signals: (event: MarketWindowEvent) => signals(event, services),
    risk: (event: SignalsRaisedEvent) => risk(event, services),
    hash: () =>
      storedLedgerHash(
        setup,
        config.accounts.map((one) => one.id),
        sha256,
      ),
  };
}

/** Everything that admits that a run was not like the sequential one. */
export const flagged = (metrics: CountedMetrics): number =>
  metrics.total('risk_late_total') +
  metrics.total('fills_holes_total') +
  metrics.total('signals_holes_total');

export function eventOf(windows: readonly MarketWindow[]): MarketWindowEvent {
  const newest = windows.at(-1);
  if (!newest) throw new Error('an event has at least one window');
  return {
    type: 'market.window',
    version: 1,
    id: `${newest.feedId}/${newest.closedAt}`,
    at: newest.closedAt,
    feedId: newest.feedId,
    epoch: newest.epoch,
    closes: [...newest.closes],
    windows,
  };
}

/** The events of a feed: each window with its history. */
export function eventsOf(windows: readonly MarketWindow[]): MarketWindowEvent[] {
  let carried: readonly MarketWindow[] = [];
  return windows.map((window) => {
    carried = withHistory(carried, window);
    return eventOf(carried);
  });
}

/** One window settles completely, fills, signals, risk, before the next is taken. */
export async function runSequentially(desk: Desk, events: readonly MarketWindowEvent[]): Promise<void> {
  for (const event of events) {
    await desk.fills(event);
    await desk.signals(event);
    for (const raised of desk.published.splice(0)) await desk.risk(raised);
  }
}
