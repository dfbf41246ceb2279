import type { ItemStore } from '../../adapters/store/item-store.ts';

/** A store whose every call passes a guard first, which may let it through, fail it, or keep it waiting. */
export function guardedStore(inner: ItemStore, guard: () => Promise<void>): ItemStore {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    await guard();
    return work();
  };
  return {
    get: (key) => guarded(() => inner.get(key)),
    query: (query) => guarded(() => inner.query(query)),
    transact: (writes) => guarded(() => inner.transact(writes)),
    changes: (position, limit) => inner.changes(position, limit),
    close: () => inner.close(),
  };
}
