import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { queryAll, StoreError } from '../../adapters/store/item-store.ts';
import { keys } from '../../adapters/store/table.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';

/** A version of the configuration that was ever pushed, as this version of Deckle reads it. */
export type ConfigVersion =
  | { readonly kind: 'readable'; readonly config: DeskConfig }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Every version that was ever pushed to a table, by the hash under which it is stored. */
export async function configVersions(store: ItemStore): Promise<ReadonlyMap<string, ConfigVersion>> {
  const { pk, sk: prefix } = keys.config('');
  const versions = new Map<string, ConfigVersion>();
  for await (const { sk } of queryAll(store, { pk, prefix })) {
    const hash = sk.slice(prefix.length);
    versions.set(hash, await readVersion(store, hash));
  }
  return versions;
}

async function readVersion(store: ItemStore, hash: string): Promise<ConfigVersion> {
  try {
    const stored = await createConfigStore(store).version(hash);
    const parsed = parseConfig(stored?.document, sha256);
    if (parsed.kind === 'valid') return { kind: 'readable', config: parsed.config };
    const why = parsed.issues.map((issue) => `${issue.path} ${issue.message}`).join('; ');
    return { kind: 'unreadable', why };
  } catch (error) {
    // An item that somebody changed by hand, of which the text may be no JSON either.
    const isDamaged =
      error instanceof SyntaxError || (error instanceof StoreError && error.fault === 'corrupt');
    if (!isDamaged) throw error;
    return { kind: 'unreadable', why: error.message };
  }
}
