import type { ItemStore } from '../adapters/store/item-store.ts';
import { keys, toItem, versionOf } from '../adapters/store/table.ts';
import type { MarketWindow } from '../core/market/window.ts';
import { type EpochMs, HOUR_MS } from '../core/time.ts';

/** Writes when a window goes to the bus: what the hops of the functions are measured from. Kept for an hour. */
export async function tracePublication(
  store: ItemStore,
  window: MarketWindow,
  publishedAt: EpochMs,
): Promise<void> {
  const key = keys.trace(`market.window/${window.feedId}/${window.closedAt}`, 'feeds');
  const found = versionOf(await store.get(key));
  const expiresAt = Math.ceil((publishedAt + HOUR_MS) / 1_000);
  const item = toItem(key, 'trace', { publishedAt, expiresAt, writer: 'feeds' }, found + 1);
  // A conflict is another feed that published the same window: one of them is enough.
  await store.transact([
    { kind: 'put', item, condition: found === 0 ? { kind: 'absent' } : { kind: 'version', version: found } },
  ]);
}
