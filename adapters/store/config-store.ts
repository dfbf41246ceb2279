import * as z from 'zod/mini';
import type { ConfigStore, StoredConfig } from '../../core/ports.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import type { ItemStore } from './item-store.ts';
import { StoreError } from './item-store.ts';
import { create, fromItem, keys, replace, versionOf } from './table.ts';

const inForceSchema = z.object({
  hash: z.string().check(z.minLength(1)),
  pushedAt: epochMsSchema,
  pushedBy: z.string(),
});
/** The document travels as text: a YAML value may hold what an item cannot, such as an empty key. */
const versionSchema = z.object({
  hash: z.string().check(z.minLength(1)),
  document: z.string(),
  pushedAt: epochMsSchema,
  pushedBy: z.string(),
});
const ATTEMPTS_MAX = 5;

/** The {@link ConfigStore} over the item store. */
export function createConfigStore(store: ItemStore): ConfigStore {
  async function version(hash: string): Promise<StoredConfig | undefined> {
    const item = await store.get(keys.config(hash));
    if (!item) return undefined;
    const stored = fromItem(versionSchema, item);
    return { ...stored, document: JSON.parse(stored.document) };
  }
  const inForce = async () => {
    const item = await store.get(keys.configInForce);
    return item && fromItem(inForceSchema, item);
  };
  return {
    version,
    currentHash: async () => (await inForce())?.hash,
    async current() {
      const pushed = await inForce();
      const stored = pushed && (await version(pushed.hash));
      // A version may be pushed again; when it was put in force is what its readers want to know.
      return stored && { ...stored, pushedAt: pushed.pushedAt, pushedBy: pushed.pushedBy };
    },
    async push(config) {
      const document = JSON.stringify(config.document);
      // A version that is there already is the same document: its hash says so.
      await store.transact([create(keys.config(config.hash), 'config', { ...config, document })]);
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        const before = versionOf(await store.get(keys.configInForce));
        const { hash, pushedAt, pushedBy } = config;
        const write = replace(keys.configInForce, 'config-in-force', { hash, pushedAt, pushedBy }, before);
        if ((await store.transact([write])).kind === 'committed') return;
      }
      throw new StoreError(
        'busy',
        'the configuration was changed by others at the same moment; push it again',
      );
    },
  };
}
