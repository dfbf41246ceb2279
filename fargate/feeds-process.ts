import { StoreError } from '../adapters/store/item-store.ts';
import { ClockStepError } from '../adapters/venues/session/live-source.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import { isoTime } from '../core/time.ts';
import { ConfigWatch } from './config-watch.ts';
import { runLife } from './feed-life.ts';
import type { FeedsEnd, FeedsOptions } from './feeds-options.ts';
import { acquireLease, type Lease } from './lease.ts';
import { SourceLagError } from './paced.ts';

/** Tries at the start, some seconds in all; once a feed has run it is tried for as long as it takes. */
const START_TRIES = 4;
const BACKOFF_MS_MAX = 30_000;
const LOOK_AGAIN_MS = 2_000;
/** A wait is told again after so many looks, a minute. */
const LOOKS_PER_LINE = 30;

/**
 * Runs a feed in the cloud for as long as it may: waits for a configuration, then for the lease, and runs one life of the
 * feed after the other. A store that does not answer ends a life, not the process.
 * @throws StoreError when the store never answered at the start; whatever else is a bug, or a settlement that did not come.
 */
export async function runFeeds(options: FeedsOptions): Promise<FeedsEnd> {
  const { signal, status, clock, log } = options;
  const watch = new ConfigWatch(options);
  let tries = 0;
  while (!signal.aborted) {
    try {
      const config = await waitForConfig(watch, options);
      const lease = config && (await waitForLease(config, options));
      if (!config || !lease) break;
      tries = 0;
      const end = await runLife({ ...options, config, lease, watch });
      if (end !== 'renewed') return end;
    } catch (error) {
      if (error instanceof SourceLagError || error instanceof ClockStepError)
        log.warn('feed behind', { why: error.message });
      else if (error instanceof StoreError) {
        tries += 1;
        if (status.lives === 0 && tries >= START_TRIES) throw error;
        const inMs = Math.min(BACKOFF_MS_MAX, 1_000 * 2 ** (tries - 1));
        const why = options.explain?.(error) ?? error.message;
        status.enter('retrying', clock.now(), why);
        log.warn('store does not answer', { why, tries, againInMs: inMs });
        await pause(inMs, options);
      } else throw error;
    }
  }
  status.enter('stopping', clock.now());
  return 'stopped';
}

/** The configuration in force; undefined when the process is stopped before there is one. */
async function waitForConfig(watch: ConfigWatch, options: FeedsOptions): Promise<DeskConfig | undefined> {
  const { signal, status, clock, log } = options;
  for (let looks = 0; !signal.aborted; looks += 1) {
    const config = await watch.look();
    if (config) return config;
    const detail = 'no usable configuration is in force; push one: npx deckle --stack <stage> config push';
    status.enter('waiting', clock.now(), detail);
    if (looks % LOOKS_PER_LINE === 0) log.info('waiting for a configuration', { why: detail });
    await pause(LOOK_AGAIN_MS, options);
  }
  return undefined;
}

/** The feed's lease; undefined when the process is stopped before it gets it. */
async function waitForLease(config: DeskConfig, options: FeedsOptions): Promise<Lease | undefined> {
  const { signal, status, clock, log } = options;
  const feedId = config.feed.id;
  for (let looks = 0; !signal.aborted; looks += 1) {
    const result = await acquireLease({ ...options, feedId });
    if (result.kind === 'acquired') return result.lease;
    const detail = `the feed '${feedId}' is held by ${result.owner} until ${isoTime(result.until)}`;
    status.enter('waiting', clock.now(), detail);
    if (looks % LOOKS_PER_LINE === 0) log.info('standing by', { why: detail });
    await pause(LOOK_AGAIN_MS, options);
  }
  return undefined;
}

/** Waits in steps, so that a stop need not wait for it. */
async function pause(ms: number, { clock, signal }: FeedsOptions): Promise<void> {
  const until = clock.now() + ms;
  for (let left = ms; left > 0 && !signal.aborted; left = until - clock.now())
    await clock.wait(Math.min(left, 500));
}
