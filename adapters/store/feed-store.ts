import * as z from 'zod/mini';
import type { Instrument } from '../../core/market/instrument.ts';
import type { StrategyId } from '../../core/paper/order.ts';
import type { FeedSign, FeedStore, RaisedSignals } from '../../core/ports.ts';
import {
  epochMsSchema,
  feedMarksSchema,
  instrumentSchema,
  memorySchema,
  signalSchema,
} from '../../core/schemas.ts';
import type { EpochMs } from '../../core/time.ts';
import type { ItemStore } from './item-store.ts';
import { queryAll } from './item-store.ts';
import { create, fromItem, keys, prefixes, replace, versionOf } from './table.ts';

const signSchema: z.ZodMiniType<FeedSign, unknown> = z.object({
  phase: z.enum(['running', 'finished', 'stopped']),
  at: epochMsSchema,
  eventTime: z.nullable(epochMsSchema),
});
const raisedSchema: z.ZodMiniType<RaisedSignals, unknown> = z.object({
  strategyId: z.pipe(
    z.string(),
    z.transform((text) => text as StrategyId),
  ),
  closedAt: epochMsSchema,
  signals: z.array(signalSchema),
  told: z.boolean(),
});
/** Behind every strategy's key of the window: `$` follows `#`. */
const lastRaised = (closedAt: EpochMs): string => prefixes.raised(closedAt).replace(/#$/, '$');
const rulesSchema = z.object({ rules: z.array(instrumentSchema) });
const sameRules = (a: readonly Instrument[], b: readonly Instrument[]): boolean =>
  a.length === b.length &&
  a.every((one, i) =>
    Object.entries(one).every(([field, value]) => b[i]?.[field as keyof Instrument] === value),
  );

/** The {@link FeedStore} over the item store. */
export function createFeedStore(store: ItemStore): FeedStore {
  return {
    async epoch(feed) {
      const epoch = (await store.get(keys.lease(feed)))?.['epoch'];
      return typeof epoch === 'number' ? epoch : 0;
    },
    async sign(feed) {
      const item = await store.get(keys.lease(feed));
      const parsed = signSchema.safeParse(item);
      // A lease taken a moment ago has no sign yet; it is written with the first window.
      return parsed.success ? parsed.data : undefined;
    },
    async rules(feed) {
      const item = await store.get(keys.rules(feed));
      return item ? fromItem(rulesSchema, item).rules : [];
    },
    async putRules(feed, rules) {
      const before = await store.get(keys.rules(feed));
      const write = replace(keys.rules(feed), 'rules', { rules }, versionOf(before));
      if (before && sameRules(fromItem(rulesSchema, before).rules, rules)) return;
      // Lost to another writer: the feed that holds the lease writes what its venue says again when it changes.
      await store.transact([write]);
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
        writes.push(
          create(keys.raised(feed, after.cursor, strategy), 'raised', {
            strategyId: strategy,
            closedAt: after.cursor,
            signals: raised,
            told: false,
          } satisfies RaisedSignals),
        );
      return (await store.transact(writes)).kind;
    },
    async raised(feed, from, through) {
      const raised: RaisedSignals[] = [];
      const range = { pk: `FEED#${feed}`, from: prefixes.raised(from), to: lastRaised(through) };
      for await (const item of queryAll(store, range)) raised.push(fromItem(raisedSchema, item));
      return raised;
    },
    async markTold(feed, raised) {
      const writes = raised.map((one) =>
        replace(keys.raised(feed, one.closedAt, one.strategyId), 'raised', { ...one, told: true }, 1),
      );
      // A conflict means that somebody else told them as well.
      await store.transact(writes);
    },
  };
}
