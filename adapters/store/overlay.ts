import type { Item, Key, Query } from './item-store.ts';
import { compareText } from './key-order.ts';

/**
 * A fact outside the database that covers one item of it. While `read()` returns an item, every read of `key` shows it and
 * every condition on `key` is judged against it, when a transaction opens and again just before it commits. Writes to `key`
 * still go to the table, where they show once the overlay is gone.
 */
export interface Overlay {
  readonly key: Key;
  /** Called on every read of `key` and twice per transaction on it: microseconds when there is nothing. */
  read(): Item | undefined;
}

/** What covers the item at a key just now, if anything does. */
export function coverOf(overlay: Overlay | undefined, key: Key): Item | undefined {
  return isSameKey(key, overlay?.key) ? overlay?.read() : undefined;
}

export function isSameKey(key: Key, other: Key | undefined): boolean {
  return key.pk === other?.pk && key.sk === other.sk;
}

/** The items of a page with the overlay's item in its place, instead of the table's own if that is among them. */
export function withCover(items: readonly Item[], cover: Item, query: Query): readonly Item[] {
  const others = items.filter((item) => item.sk !== cover.sk);
  const place = others.findIndex((item) => {
    const order = compareText(item.sk, cover.sk);
    return query.descending === true ? order < 0 : order > 0;
  });
  return place === -1 ? [...others, cover] : others.toSpliced(place, 0, cover);
}
