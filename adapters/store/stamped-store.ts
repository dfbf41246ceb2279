import type { ItemStore } from './item-store.ts';

/** Who writes: a function and its request, so that an item can be traced to the log lines of the invocation. */
export interface Writer {
  readonly writer: string;
  readonly requestId: string;
}

/** The store with every put stamped by its writer. Readers ignore the stamp; it is never part of what an item means. */
export function stampedStore(store: ItemStore, { writer, requestId }: Writer): ItemStore {
  return {
    get: (key) => store.get(key),
    query: (query) => store.query(query),
    transact: (writes) =>
      store.transact(
        writes.map((one) =>
          one.kind === 'put' ? { ...one, item: { ...one.item, writer, requestId } } : one,
        ),
      ),
    changes: (position, limit) => store.changes(position, limit),
    close: () => store.close(),
  };
}
