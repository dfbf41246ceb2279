import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { type DeskConfig, parseConfig } from '../../core/config/desk-config.ts';
import type { DeckleEvent, MarketWindowEvent } from '../../core/events.ts';
import { feedId, type MarketWindow } from '../../core/market/window.ts';
import type { Log } from '../../core/metrics.ts';
import { NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import type { Clock, Publisher } from '../../core/ports.ts';
import { type EpochMs, epochMs, plusMs } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import type { FeedsEnd, FeedsOptions } from '../../fargate/feeds-options.ts';
import { runFeeds } from '../../fargate/feeds-process.ts';
import { FeedsStatus } from '../../fargate/feeds-status.ts';
import { runDesk } from '../../local/desk.ts';
import { demoPlan } from '../../local/feeds/demo-plan.ts';
import { demoInput } from '../../local/input.ts';
import { CountedMetrics, STILL } from '../support/desk.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** A Wednesday at noon, to the second. */
export const NOON = epochMs(1_780_488_000_000);
export const MAIN = feedId('main');

export type RawConfig = Record<string, unknown> & { strategies: { instruments: string[] }[] };

/** The shipped configuration as a document that a test may change. */
export const shippedConfig = (): RawConfig =>
  parse(readFileSync(new URL('../../deckle.yaml', import.meta.url), 'utf8')) as RawConfig;

/** @throws Error with the first issue when the document is not valid. */
export function configOf(raw: unknown): DeskConfig {
  const result = parseConfig(raw, sha256);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.issues[0]));
  return result.config;
}

/** A table under virtual time, with what any number of feeds processes on it did. */
export function feedsWorld(start: EpochMs = NOON) {
  const time = new VirtualTime(start);
  const store = openSqliteStore({ path: ':memory:' });
  const configs = createConfigStore(store);
  return {
    time,
    store,
    feeds: createFeedStore(store),
    /** Puts a document in force, as `config push` does. */
    push: (raw: unknown, hash = configOf(raw).hash) =>
      configs.push({ hash, document: raw, pushedAt: time.now(), pushedBy: 'test' }),
    /** Does something so many milliseconds after the start. */
    at: (ms: number, task: () => unknown) =>
      time.start(plusMs(start, ms), async () => {
        await task();
      }),
    process: (owner: string, changes: ProcessChanges = {}) => new FeedsProcess(owner, store, time, changes),
  };
}

export interface ProcessChanges extends Partial<Omit<FeedsOptions, 'store' | 'clock'>> {
  /** What the process sees of the store. */
  readonly wrap?: (store: ItemStore) => ItemStore;
  /** Stands before the bus, which takes everything at once. */
  readonly takes?: (event: MarketWindowEvent) => Promise<void>;
  /** Unpaced, from here on; in the pace of the clock when absent. */
  readonly startAt?: EpochMs;
}

/** One feeds process of a test, and everything it did. */
export class FeedsProcess {
  readonly abort = new AbortController();
  readonly status: FeedsStatus;
  readonly metrics = new CountedMetrics();
  /** Events that the bus took, with the moment. */
  readonly published: { readonly at: EpochMs; readonly event: DeckleEvent }[] = [];
  readonly logged: MarketWindow[] = [];
  readonly said: string[] = [];
  end: FeedsEnd | undefined;
  readonly #options: FeedsOptions;

  constructor(owner: string, inner: ItemStore, clock: Clock, changes: ProcessChanges) {
    const { wrap, takes, startAt, ...rest } = changes;
    const store = wrap?.(inner) ?? inner;
    this.status = new FeedsStatus(clock.now());
    const say =
      (level: string) =>
      (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
        void this.said.push(`${level} ${event}${'why' in fields ? `: ${String(fields['why'])}` : ''}`);
    const log: Log = { info: say('info'), warn: say('warn'), error: say('error') };
    const publisher: Publisher = {
      publish: async (events) => {
        for (const event of events) if (event.type === 'market.window') await takes?.(event);
        for (const event of events) this.published.push({ at: clock.now(), event });
      },
    };
    this.#options = {
      store,
      configs: createConfigStore(store),
      feeds: createFeedStore(store),
      publisher,
      clock,
      sha256,
      metrics: this.metrics,
      log,
      owner,
      planOf: (config) =>
        demoPlan(config, {
          pace: startAt === undefined ? { kind: 'paced', clock } : { kind: 'unpaced', startAt },
        }),
      openWindowLog: async () => ({
        append: async (window) => void this.logged.push(window),
        close: async () => undefined,
      }),
      trace: false,
      signal: this.abort.signal,
      health: new FeedHealth(),
      status: this.status,
      ...rest,
    };
  }

  /** The newest window of each event that the bus took. */
  get windows(): readonly MarketWindow[] {
    return this.published.flatMap(({ event }) =>
      event.type === 'market.window' ? event.windows.slice(-1) : [],
    );
  }

  async run(): Promise<void> {
    this.end = await runFeeds(this.#options);
  }
}

/** The windows that the embedded desk settles, first to last. */
export async function embeddedWindows(config: DeskConfig, windowsMax: number): Promise<MarketWindow[]> {
  const windows: MarketWindow[] = [];
  await runDesk({
    config,
    input: demoInput(config),
    store: openSqliteStore({ path: ':memory:' }),
    sha256,
    clock: { ...STILL, now: () => NOON },
    metrics: NO_METRICS,
    log: () => NO_LOG,
    alertSender: { send: async () => undefined },
    reportSink: { write: async () => undefined },
    health: new FeedHealth(),
    windowLog: { append: async (window) => void windows.push(window), close: async () => undefined },
    windowsMax,
    signal: new AbortController().signal,
  });
  return windows;
}
