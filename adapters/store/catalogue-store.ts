import * as z from 'zod/mini';
import { listingSchema } from '../../core/market/listing-schema.ts';
import type { CatalogueStore } from '../../core/ports.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import { DAY_MS, type EpochMs } from '../../core/time.ts';
import { packJson } from '../packing/pack-json.ts';
import type { Item, ItemStore } from './item-store.ts';
import { queryAll } from './item-store.ts';
import { fromPackedText } from './packed-items.ts';
import { cataloguePk, create, fromItem, keys, prefixes } from './table.ts';

/** A venue's list is good for so long. */
export const KEPT_MS = DAY_MS;
/** An item holds 400 KB, its other attributes and the stamp of its writer included. */
const PART_CHARACTERS = 350_000;

const headSchema = z.object({
  packed: z.string(),
  host: z._default(z.nullable(z.string()), null),
  readAt: epochMsSchema,
  parts: z.int().check(z.minimum(0)),
});
const partSchema = z.object({ packed: z.string() });
const listingsSchema = z.array(listingSchema);

/**
 * The {@link CatalogueStore} over the item store. Each list is a new item, so that nothing has to be read to write it; old
 * ones expire. Parts come before the item that names them: a list is there as a whole or not at all.
 */
export function createCatalogueStore(store: ItemStore): CatalogueStore {
  return {
    async newest(venue, query, now) {
      const pk = cataloguePk(venue, query);
      const page = await store.query({ pk, prefix: prefixes.catalogue, descending: true, limit: 1 });
      const [head] = page.items;
      if (head === undefined) return undefined;
      const { packed, host, readAt, parts } = fromItem(headSchema, head);
      // The service deletes what has expired when it finds the time.
      if (now - readAt >= KEPT_MS) return undefined;
      const rest = parts === 0 ? '' : await partsOf(store, pk, readAt);
      return { venue, query, host, readAt, listings: fromPackedText(listingsSchema, packed + rest, head) };
    },

    async put({ venue, query, host, readAt, listings }) {
      // In whole seconds, as DynamoDB reads its expiry attribute.
      const expiresAt = Math.ceil((readAt + KEPT_MS) / 1_000);
      const [first = '', ...rest] = cut(packJson(listings), PART_CHARACTERS);
      for (const [n, packed] of rest.entries()) {
        const key = keys.cataloguePart(venue, query, readAt, n);
        await store.transact([create(key, 'catalogue-part', { packed, expiresAt })]);
      }
      const head = { packed: first, host, readAt, parts: rest.length, expiresAt };
      // A conflict means that it is there already: it was put twice.
      await store.transact([create(keys.catalogue(venue, query, readAt), 'catalogue', head)]);
    },
  };
}

async function partsOf(store: ItemStore, pk: string, readAt: EpochMs): Promise<string> {
  const parts: string[] = [];
  for await (const item of queryAll(store, { pk, prefix: prefixes.cataloguePartsOf(readAt) }))
    parts.push(textOf(item));
  return parts.join('');
}

const textOf = (item: Item): string => fromItem(partSchema, item).packed;

const cut = (text: string, most: number): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / most) }, (_, n) => text.slice(n * most, (n + 1) * most));
