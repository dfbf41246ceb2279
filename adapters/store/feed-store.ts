import type { FeedStore } from '../../core/ports.ts';
import { feedMarksSchema, memorySchema, signalSchema } from '../../core/schemas.ts';
import type { Signal } from '../../core/strategy/strategy.ts';
import type { ItemStore } from './item-store.ts';
import { queryAll } from './item-store.ts';
import { create, fromItem, keys, prefixes, replace, versionOf } from './table.ts';

/** The {@link FeedStore} over the item store. */
export function createFeedStore(store: ItemStore): FeedStore {
  return {
    async epoch(feed) {
      const epoch = (await store.get(keys.lease(feed)))?.['epoch'];
      return typeof epoch === 'number' ? epoch : 0;
    },
    async marks(feed) {
      const item = await store.get(keys.marks(feed));
      return item && { value: fromItem(feedMarksSchema, item), version: versionOf(item) };
    },
    async commitMarks(before, after) {
      const write = replace(keys.marks(after.feedId), 'marks', after, before?.version ?? 0);
      return (await store.transact([write])).kind;
    },
    async memory(strategy) {
      const item = await store.get(keys.memory(strategy));
      return item && { value: fromItem(memorySchema, item), version: versionOf(item) };
    },
    async commitMemory(feed, strategy, before, after, raised) {
      const writes = [replace(keys.memory(strategy), 'strategy', after, before?.version ?? 0)];
      if (raised.length > 0)
        writes.push(create(keys.raised(feed, after.cursor, strategy), 'raised', { signals: raised }));
      return (await store.transact(writes)).kind;
    },
    async raised(feed, closedAt) {
      const signals: Signal[] = [];
      for await (const item of queryAll(store, { pk: `FEED#${feed}`, prefix: prefixes.raised(closedAt) }))
        for (const one of item['signals'] as readonly unknown[]) signals.push(signalSchema.parse(one));
      return signals;
    },
  };
}
