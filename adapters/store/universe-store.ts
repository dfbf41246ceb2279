import * as z from 'zod/mini';
import type { Universe, UniverseStore } from '../../core/ports.ts';
import { findingsSchema, universeSchema } from '../../core/universe/universe-schema.ts';
import { packJson } from '../packing/pack-json.ts';
import type { Item, ItemStore } from './item-store.ts';
import { fromPacked } from './packed-items.ts';
import { keys, replace, versionOf } from './table.ts';

/** The {@link UniverseStore} over the item store. */
export function createUniverseStore(store: ItemStore): UniverseStore {
  return {
    async universe(feedId) {
      const item = await store.get(keys.universe(feedId));
      return item && { value: universeOf(item), version: versionOf(item) };
    },
    async commitUniverse(before, after) {
      const { changes } = after;
      const value = { changes, size: after.members.length, packed: packJson(after) };
      const write = replace(keys.universe(after.feedId), 'universe', value, before?.version ?? 0);
      return (await store.transact([write])).kind;
    },
    async findings(feedId) {
      const item = await store.get(keys.universeFindings(feedId));
      return item && fromPacked(findingsSchema, item);
    },
    async putFindings(findings) {
      const key = keys.universeFindings(findings.feedId);
      const before = versionOf(await store.get(key));
      // Lost to another writer: what it found is as new.
      await store.transact([replace(key, 'universe-findings', { packed: packJson(findings) }, before)]);
    },
  };
}

/** The universe in its item. @throws StoreError naming the item, when it is not what we wrote. */
export const universeOf = (item: Item): Universe => fromPacked(universeSchema, item);

const countedSchema = z.object({ changes: z.int() });

/** How often the members of the universe in an item have changed; zero for no item. */
export const changesIn = (item: Item | undefined): number => countedSchema.safeParse(item).data?.changes ?? 0;
