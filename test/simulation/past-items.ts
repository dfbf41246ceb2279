import type { Item, ItemStore, Key, Page, Query } from '../../adapters/store/item-store.ts';
import { compareText, isWithin } from '../../adapters/store/key-order.ts';
import type { EpochMs } from '../../core/time.ts';

interface Version {
  readonly from: EpochMs;
  readonly item: Item | undefined;
}

/** Every item as it was at any moment since the store was first looked at, from the store's own changes. */
export class PastItems {
  readonly #store: ItemStore;
  /** By partition and sort key; newest last. */
  readonly #partitions = new Map<string, Map<string, Version[]>>();
  #position: string | undefined;

  constructor(store: ItemStore) {
    this.#store = store;
  }

  /** Takes in what was committed since; it counts as committed at `now`. */
  async observe(now: EpochMs): Promise<void> {
    const { changes, position } = await this.#store.changes(this.#position, 10_000);
    this.#position = position;
    for (const { key, after } of changes) {
      const partition = this.#partitions.get(key.pk) ?? new Map<string, Version[]>();
      this.#partitions.set(key.pk, partition);
      const versions = partition.get(key.sk) ?? [];
      partition.set(key.sk, versions);
      versions.push({ from: now, item: after });
    }
  }

  get(key: Key, at: EpochMs): Item | undefined {
    return itemAt(this.#partitions.get(key.pk)?.get(key.sk), at);
  }

  query(query: Query, at: EpochMs): Page {
    const items: Item[] = [];
    for (const [sk, versions] of this.#partitions.get(query.pk) ?? []) {
      const item = isWithin(query, sk) ? itemAt(versions, at) : undefined;
      if (item) items.push(item);
    }
    items.sort((a, b) => compareText(a.sk, b.sk) * (query.descending ? -1 : 1));
    const page = items.slice(0, query.limit ?? items.length);
    return { items: page, next: page.length < items.length ? page.at(-1)?.sk : undefined };
  }
}

const itemAt = (versions: readonly Version[] | undefined, at: EpochMs): Item | undefined =>
  versions?.findLast((one) => one.from <= at)?.item;
