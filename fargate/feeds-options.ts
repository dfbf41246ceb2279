import type { ItemStore, StoreError } from '../adapters/store/item-store.ts';
import type { BeatingSource } from '../adapters/venues/frame-source.ts';
import type { Reading } from '../adapters/venues/readers.ts';
import type { WindowLog } from '../adapters/window-log/window-log.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { FeedId, MarketWindow } from '../core/market/window.ts';
import type { Log, Metrics } from '../core/metrics.ts';
import type { Clock, ConfigStore, FeedStore, Publisher, Sha256 } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';
import type { FeedHealth } from './feed-health.ts';
import type { FeedsStatus } from './feeds-status.ts';

/** What a feed follows under a configuration. */
export interface FeedPlan extends Pick<Reading, 'ids' | 'instruments' | 'coinbase'> {
  /** Differs exactly when another configuration makes another feed: then this life ends and a new one begins. */
  readonly key: string;
  /** Its source is live venues, so that its bars are history: kept, and completed by what the venues tell. */
  readonly keepsCandles?: boolean;
  /** A source from its beginning, for one life of the feed. */
  open(): Promise<BeatingSource>;
}

export interface FeedsOptions {
  readonly store: ItemStore;
  readonly configs: ConfigStore;
  readonly feeds: FeedStore;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly metrics: Metrics;
  /** Sends what `metrics` gathers between two sendings, each minute; absent where nothing is gathered. */
  flushMetrics?(): void;
  readonly log: Log;
  /** Names this process among all that might run the feed. */
  readonly owner: string;
  planOf(config: DeskConfig): FeedPlan;
  openWindowLog(feedId: FeedId): Promise<WindowLog>;
  /** Writes when each window went to the bus, for stages that are measured or stepped. */
  readonly trace: boolean;
  /** Lockstep: resolves when the window is settled. The configuration is not followed then, and nothing is given up. */
  settled?(window: MarketWindow, publishedAt: EpochMs): Promise<void>;
  /** Ends after so many windows. */
  readonly windowsMax?: number;
  /** Aborted for a clean drain. */
  readonly signal: AbortSignal;
  /** What a store that does not answer means, and what to do; its own words when absent. */
  explain?(fault: StoreError): string;
  readonly health: FeedHealth;
  readonly status: FeedsStatus;
}

/** `finished`: the source or the count of windows is over. `stopped`: the signal. `fenced`: another feed has the lease. */
export type FeedsEnd = 'finished' | 'stopped' | 'fenced';
