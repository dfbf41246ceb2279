import { StoreError } from '../adapters/store/item-store.ts';
import { type WindowLog, WindowLogError } from '../adapters/window-log/window-log.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { MarketWindow } from '../core/market/window.ts';
import { type EpochMs, MINUTE_MS } from '../core/time.ts';
import { keepCandlesIn } from './candle-keeping.ts';
import type { ConfigWatch } from './config-watch.ts';
import { FeedMetrics, windowAgeMs } from './feed-metrics.ts';
import type { FeedsEnd, FeedsOptions } from './feeds-options.ts';
import type { Lease } from './lease.ts';
import { liveCompanions } from './live-companions.ts';
import { tracePublication } from './publish-trace.ts';
import { RulesTeller } from './rules-teller.ts';
import { type FeedOptions, runFeed, type WindowNews } from './run-feed.ts';
import { windowEvent } from './window-event.ts';
import { WindowSender } from './window-sender.ts';

export interface LifeOptions extends FeedsOptions {
  readonly config: DeskConfig;
  readonly lease: Lease;
  readonly watch: ConfigWatch;
}

/** A window that closes each half second may take as long to publish as one that closes each second. */
const TAKE_MS_MIN = 1_000;

/**
 * One life of the feed: from the source's beginning under one lease until it ends, is stopped, loses the lease, or a new
 * configuration makes another feed of it (`renewed`). A new version that changes nothing for the feed changes only the
 * hash that the next windows carry.
 */
export async function runLife(options: LifeOptions): Promise<FeedsEnd | 'renewed'> {
  const { config, lease, watch, clock, log, status, health, signal } = options;
  const plan = options.planOf(config);
  const over = new AbortController();
  const rules = new RulesTeller({ ...options, feedId: config.feed.id });
  const sender = new WindowSender({
    ...options,
    takeMsMax: Math.max(TAKE_MS_MIN, config.feed.windowMs),
  });
  const metrics = new LifeMetrics(options);
  const failedBefore = status.publishFailed;
  let isRenewed = false;
  let isEnough = false;

  const follow = (): void => {
    watch.lookWhenDue();
    const { newest } = watch;
    if (!newest || newest.hash === status.configHash || isRenewed) return;
    isRenewed = options.planOf(newest).key !== plan.key;
    log.info('new configuration', { hash: newest.hash, was: status.configHash, beginsNewLife: isRenewed });
    if (isRenewed) over.abort();
    else status.configHash = newest.hash;
  };
  const publish = async (news: WindowNews): Promise<void> => {
    const { newest } = news;
    await rules.tell(health.rules());
    const publishedAt = clock.now();
    if (options.trace) await trace(options, newest, publishedAt);
    if (options.settled) {
      await options.publisher.publish([windowEvent(newest, news.windows), ...news.events]);
      await options.settled(newest, publishedAt);
    } else {
      await sender.send(news);
      status.publishFailed = failedBefore + sender.failed;
      follow();
    }
    status.saw(newest, clock.now());
    metrics.tell();
    isEnough = options.windowsMax !== undefined && status.windows >= options.windowsMax;
    if (isEnough) over.abort();
  };

  status.lives += 1;
  status.feedId = config.feed.id;
  status.epoch = lease.epoch;
  status.configHash = config.hash;
  status.enter('running', clock.now());
  log.info('feed runs', {
    feedId: config.feed.id,
    epoch: lease.epoch,
    configHash: config.hash,
    instruments: plan.ids,
    windowMs: config.feed.windowMs,
  });
  await rules.tell(plan.instruments);
  const source = await plan.open();
  const feed: FeedOptions = {
    source,
    companions: liveCompanions({ ...options, source, ids: plan.ids }),
    ids: plan.ids,
    instruments: plan.instruments,
    ...(plan.coinbase && { coinbase: plan.coinbase }),
    feedId: config.feed.id,
    windowMs: config.feed.windowMs,
    depth: config.feed.depth,
    configHash: config.hash,
    configHashNow: () => status.configHash ?? config.hash,
    epoch: lease.epoch,
    lease,
    publish,
    windowLog: await openForgivingLog(options),
    ...(plan.keepsCandles && { candles: keepCandlesIn(options.store, 'blocks', config, log) }),
    health,
    settledThrough: null,
    signal: AbortSignal.any([signal, over.signal]),
    onNote: (note) => log.warn(note.kind, { ...note }),
  };
  // Whatever ends the feed, the messages of the window in progress are counted, too.
  const end = await runFeed(feed).finally(() => metrics.tellAll());
  await sender.drain();
  await watch.settled();
  log.info('feed ended', { end, windows: status.windows, through: status.newest?.closedAt ?? null });
  switch (end) {
    case 'ended':
      return 'finished';
    case 'fenced':
      log.error('lease lost', {
        why: `another feed took the lease of '${config.feed.id}' while this one could not renew it; this one publishes nothing more`,
      });
      return 'fenced';
    case 'stopped':
      if (signal.aborted) return 'stopped';
      return isEnough ? 'finished' : 'renewed';
  }
}

/** Tells the metrics of a life: what went wrong with each window, all the rest each minute. */
class LifeMetrics {
  readonly #options: LifeOptions;
  readonly #metrics: FeedMetrics;
  #toldAt: EpochMs;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#metrics = new FeedMetrics(options.metrics);
    this.#toldAt = options.clock.now();
  }

  tell(): void {
    const { clock, health } = this.#options;
    if (clock.now() - this.#toldAt >= MINUTE_MS) this.tellAll();
    else this.#metrics.tellFaults(health.report());
  }

  tellAll(): void {
    const { clock, health, status } = this.#options;
    const now = clock.now();
    const report = health.report();
    this.#toldAt = now;
    this.#metrics.update(report, windowAgeMs(report, status.newestAt, now));
    this.#options.flushMetrics?.();
  }
}

/** Nothing that trades reads a trace, so no feed ends for one. */
async function trace({ store, log }: LifeOptions, window: MarketWindow, at: EpochMs): Promise<void> {
  try {
    await tracePublication(store, window, at);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.warn('publication not traced', { window: window.closedAt, why: error.message });
  }
}

/** The window log of this life. What it cannot keep is counted and told; no feed ends for it. */
async function openForgivingLog({ openWindowLog, config, log, status }: LifeOptions): Promise<WindowLog> {
  const windowLog = await openWindowLog(config.feed.id);
  return {
    append: (window) => windowLog.append(window),
    async close() {
      try {
        await windowLog.close();
      } catch (error) {
        if (!(error instanceof WindowLogError)) throw error;
        status.logFault = error.message;
        log.error('window log incomplete', { why: error.message });
      }
    },
  };
}
