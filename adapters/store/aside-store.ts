import * as z from 'zod/mini';
import type { AsideRecord, AsideStore } from '../../core/ports.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import { DAY_MS } from '../../core/time.ts';
import type { ItemStore } from './item-store.ts';
import { create, fromItem, keys } from './table.ts';

const asideSchema: z.ZodMiniType<AsideRecord, unknown> = z.object({
  id: z.string().check(z.minLength(1)),
  function: z.string().check(z.minLength(1)),
  reason: z.string(),
  text: z.string(),
  at: epochMsSchema,
});
const KEPT_MS = 30 * DAY_MS;
/** An item holds 400 KB; the text of an event may be larger. */
const TEXT_CHARACTERS_MAX = 100_000;
const REASON_CHARACTERS_MAX = 2_000;

/** The {@link AsideStore} over the item store. */
export function createAsideStore(store: ItemStore): AsideStore {
  return {
    async put(record) {
      const text = record.text.slice(0, TEXT_CHARACTERS_MAX);
      const reason = record.reason.slice(0, REASON_CHARACTERS_MAX);
      // In whole seconds, as DynamoDB reads its expiry attribute.
      const expiresAt = Math.ceil((record.at + KEPT_MS) / 1_000);
      const key = keys.aside(record.at, record.id);
      // A conflict means that it is there already: it came twice.
      await store.transact([create(key, 'aside', { ...record, text, reason, expiresAt })]);
    },
    async list(limit) {
      const page = await store.query({ pk: 'ASIDE', descending: true, limit });
      return page.items.map((item) => fromItem(asideSchema, item));
    },
  };
}
