import { type Item, type ItemStore, queryAll } from '../adapters/store/item-store.ts';
import { keys } from '../adapters/store/table.ts';
import type { MarketWindow } from '../core/market/window.ts';
import type { Clock } from '../core/ports.ts';
import { type EpochMs, isoTime } from '../core/time.ts';

export interface SettleOptions {
  readonly store: ItemStore;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** A function did not settle a window in time; the message names it and says where to look. */
export class SettleError extends Error {
  override readonly name = 'SettleError';
}

const LOOK_EVERY_MS = 20;

/**
 * Waits until the deployed functions are through with a window, as their traces tell: fills, signals and, where signals
 * raised something, risk. Only traces younger than the publication count.
 * @throws SettleError naming the function that did not answer.
 */
export async function waitSettled(
  window: MarketWindow,
  publishedAt: EpochMs,
  options: SettleOptions,
): Promise<void> {
  const { clock, timeoutMs, signal } = options;
  const windowId = `market.window/${window.feedId}/${window.closedAt}`;
  const signalsId = `signals/${window.feedId}/${window.closedAt}`;
  for (;;) {
    const missing =
      (await missingOf(windowId, ['fills', 'signals'], publishedAt, options)) ??
      ((await raisedAnything(windowId, options))
        ? await missingOf(signalsId, ['risk'], publishedAt, options)
        : undefined);
    if (missing === undefined || signal.aborted) return;
    if (clock.now() - publishedAt >= timeoutMs)
      throw new SettleError(
        `the window of ${isoTime(window.closedAt)} was not settled within ${timeoutMs / 1_000} s: ${missing}`,
      );
    await clock.wait(LOOK_EVERY_MS);
  }
}

/** What is missing of an event at these functions, in words; undefined when all are done. */
async function missingOf(
  eventId: string,
  functions: readonly string[],
  publishedAt: EpochMs,
  { store }: SettleOptions,
): Promise<string | undefined> {
  const hops = await Array.fromAsync(queryAll(store, { pk: keys.trace(eventId, '').pk }));
  for (const name of functions) {
    const hop = hops.find((one) => one.sk === name);
    if (hop === undefined || !isYounger(hop, publishedAt))
      return `${name} did not answer to ${eventId}; is its rule enabled, is the stack deployed with DECKLE_TRACE=on, and what does its log say?`;
    if (hop['outcome'] !== 'done')
      return `${name} failed on ${eventId} in request ${String(hop['requestId'])}; its log says why`;
  }
  return undefined;
}

async function raisedAnything(windowId: string, { store }: SettleOptions): Promise<boolean> {
  const hop = await store.get(keys.trace(windowId, 'signals'));
  return typeof hop?.['raised'] === 'number' && hop['raised'] > 0;
}

const isYounger = (hop: Item, publishedAt: EpochMs): boolean =>
  typeof hop['doneAt'] === 'number' && hop['doneAt'] >= publishedAt;
