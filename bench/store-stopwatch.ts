import type { ItemStore } from '../adapters/store/item-store.ts';

/**
 * Counts the time spent inside a SQLite store. All its work is done before a call returns, so the call is what is timed and
 * not the promise.
 */
export class StoreStopwatch implements ItemStore {
  ms = 0;
  readonly #store: ItemStore;

  constructor(store: ItemStore) {
    this.#store = store;
  }

  get: ItemStore['get'] = (key) => this.#timed(() => this.#store.get(key));
  query: ItemStore['query'] = (query) => this.#timed(() => this.#store.query(query));
  transact: ItemStore['transact'] = (writes) => this.#timed(() => this.#store.transact(writes));
  changes: ItemStore['changes'] = (position, limit) =>
    this.#timed(() => this.#store.changes(position, limit));
  close: ItemStore['close'] = () => this.#store.close();

  #timed<T>(call: () => T): T {
    const from = performance.now();
    const answer = call();
    this.ms += performance.now() - from;
    return answer;
  }
}
