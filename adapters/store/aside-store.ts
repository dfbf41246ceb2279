import * as z from 'zod/mini';
import type { AsideRecord, AsideStore } from '../../core/ports.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import { DAY_MS } from '../../core/time.ts';
import { sha256 } from '../sha256.ts';
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
const KEY_CHARACTERS_MAX = 200;

/** What is put aside is somebody's garbage: whatever it holds, an item must take it. */
const cut = (text: string, characters: number): string => text.slice(0, characters).toWellFormed();

/** A sort key holds 1,024 bytes: a long id is told from another long one by its hash. */
const keyText = (id: string): string =>
  id.length <= KEY_CHARACTERS_MAX
    ? id.toWellFormed()
    : `${cut(id, KEY_CHARACTERS_MAX)}#${sha256(id.toWellFormed())}`;

/** The {@link AsideStore} over the item store. */
export function createAsideStore(store: ItemStore): AsideStore {
  return {
    async put(record) {
      const text = cut(record.text, TEXT_CHARACTERS_MAX);
      const reason = cut(record.reason, REASON_CHARACTERS_MAX);
      // In whole seconds, as DynamoDB reads its expiry attribute.
      const expiresAt = Math.ceil((record.at + KEPT_MS) / 1_000);
      const key = keys.aside(record.at, keyText(record.id));
      // A conflict means that it is there already: it came twice.
      await store.transact([
        create(key, 'aside', { ...record, id: cut(record.id, TEXT_CHARACTERS_MAX), text, reason, expiresAt }),
      ]);
    },
    async list(limit) {
      const page = await store.query({ pk: 'ASIDE', descending: true, limit });
      return page.items.map((item) => fromItem(asideSchema, item));
    },
  };
}
