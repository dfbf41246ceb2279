import type { DeskConfig } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { FeedId } from '../../core/market/window.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type {
  Backoff,
  Clock,
  ConfigStore,
  FeedStore,
  Ledger,
  ModeStore,
  RecordStore,
  Sha256,
  StoredConfig,
} from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { systemClock } from '../clock.ts';
import { sha256 } from '../sha256.ts';
import { createConfigStore } from '../store/config-store.ts';
import { createFeedStore } from '../store/feed-store.ts';
import type { ItemStore } from '../store/item-store.ts';
import { createLedger } from '../store/ledger.ts';
import { createModeStore } from '../store/mode-store.ts';
import { createRecordStore } from '../store/record-store.ts';

/** A configuration and everything that works under it: what each use case picks its ports from. */
export interface ConfiguredDesk {
  readonly config: DeskConfig;
  readonly ledger: Ledger;
  readonly feeds: FeedStore;
  readonly modes: ModeStore;
  readonly records: RecordStore;
  readonly instrument: (id: InstrumentId) => Instrument;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly backoff: Backoff;
}

/** The desk in the cloud, as one invocation sees it. */
export interface CloudDesk {
  readonly records: RecordStore;
  /** Under the version that a window was made with. @throws Error in words when it was never pushed. */
  under(configHash: string): Promise<ConfiguredDesk>;
  /** Under the version in force; undefined before the first push. */
  inForce(): Promise<ConfiguredDesk | undefined>;
}

const BACKOFF_MS_BASE = 20;
const BACKOFF_MS_MAX = 500;
/** Full jitter: invocations that met once should not meet again. */
const backoff: Backoff = (attempt) =>
  systemClock.wait(Math.random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS_BASE * 2 ** attempt));

interface CachedRules {
  readonly readAt: EpochMs;
  readonly rules: ReadonlyMap<InstrumentId, Instrument>;
}

/** Rules change with venue announcements, which are rare; a function reads them again after this long. */
const RULES_KEPT_MS = MINUTE_MS;

/** What a warm function need not read again: versions of the configuration never change, rules seldom do. */
export class ConfigCache {
  readonly #versions = new Map<string, DeskConfig>();
  readonly #rules = new Map<FeedId, CachedRules>();

  /** @throws Error in words when the stored document is not what its hash says, or is no longer valid. */
  async version(hash: string, read: () => Promise<StoredConfig | undefined>): Promise<DeskConfig> {
    const known = this.#versions.get(hash);
    if (known) return known;
    const stored = await read();
    if (!stored)
      throw new Error(
        `configuration ${hash} is not in the table; push it: npx deckle --stack <stage> config push`,
      );
    const parsed = parseConfig(stored.document, sha256);
    if (parsed.kind === 'invalid') {
      const [issue] = parsed.issues;
      throw new Error(
        `configuration ${hash} is not valid for this version: ${issue?.path} ${issue?.message}`,
      );
    }
    if (parsed.config.hash !== hash)
      throw new Error(
        `configuration ${hash} reads as ${parsed.config.hash} in this version of Deckle; push it again: npx deckle --stack <stage> config push`,
      );
    this.#versions.set(hash, parsed.config);
    return parsed.config;
  }

  /** Rules of what the configuration's strategies trade: as the feed's venues announced them, else as configured. */
  async rules(config: DeskConfig, feeds: FeedStore, now: EpochMs): Promise<(id: InstrumentId) => Instrument> {
    const traded = config.strategies.flatMap((one) => one.instruments);
    let cached = this.#rules.get(config.feed.id);
    const isOld =
      !cached || now - cached.readAt >= RULES_KEPT_MS || traded.some((id) => !cached?.rules.has(id));
    if (isOld) {
      const announced = await feeds.rules(config.feed.id);
      const rules = new Map([...config.instruments, ...announced].map((one) => [one.id, one]));
      cached = { readAt: now, rules };
      this.#rules.set(config.feed.id, cached);
    }
    return (id) => {
      const found = cached?.rules.get(id);
      if (!found)
        throw new Error(
          `no rules are known for ${id}: the feed has not announced them, and the configuration does not list it under 'instruments'`,
        );
      return found;
    };
  }
}

/** Builds what use cases need over the invocation's own store. */
export function createCloudDesk({
  store,
  configs,
  log,
  metrics,
}: {
  readonly store: ItemStore;
  readonly configs: ConfigCache;
  readonly log: Log;
  readonly metrics: Metrics;
}): CloudDesk {
  const versions: ConfigStore = createConfigStore(store);
  const feeds = createFeedStore(store);
  const records = createRecordStore(store);
  const configured = async (config: DeskConfig): Promise<ConfiguredDesk> => {
    const instrument = await configs.rules(config, feeds, systemClock.now());
    return {
      config,
      ledger: createLedger(store, sha256, instrument),
      feeds,
      modes: createModeStore(store, systemClock),
      records,
      instrument,
      clock: systemClock,
      sha256,
      metrics,
      log,
      backoff,
    };
  };
  return {
    records,
    under: async (hash) => configured(await configs.version(hash, () => versions.version(hash))),
    async inForce() {
      const hash = await versions.currentHash();
      return hash === undefined
        ? undefined
        : configured(await configs.version(hash, () => versions.version(hash)));
    },
  };
}
