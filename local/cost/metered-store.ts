import type {
  Changes,
  Item,
  ItemStore,
  Key,
  Page,
  Query,
  TransactResult,
  Write,
} from '../../adapters/store/item-store.ts';
import { writeKey } from '../../adapters/store/limits.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import { itemBytes } from './item-size.ts';
import type { Purpose } from './purpose.ts';
import { isHistory, purposeOf, queryPurpose } from './purpose.ts';

/** DynamoDB bills reads by 4 KiB and writes by 1 KiB, each begun one in full. */
const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;
/** Write units per begun KiB of an item that is put or deleted by itself, which is a plain conditional request. */
export const UNITS_ALONE = 1;
/** The same in a transaction, which DynamoDB bills twice: prepared, then committed. */
export const UNITS_TOGETHER = 2;
/** DynamoDB adds it to each stored item. */
const STORED_OVERHEAD_BYTES = 100;
/** Entities whose commit is news; the rest of the table's stream wakes nobody. */
const NEWS: ReadonlySet<unknown> = new Set(TOPOLOGY.flatMap((one) => one.stream));

/** What was billed while the meter ran. */
export interface StoreUse {
  readonly writeUnits: ReadonlyMap<Purpose, number>;
  readonly readUnits: ReadonlyMap<Purpose, number>;
  /** Committed transactions that are news to somebody. */
  readonly commitsWithNews: number;
}

/** An item store that counts what DynamoDB would bill for the very same calls. */
export class MeteredStore implements ItemStore {
  readonly #store: ItemStore;
  /** Billed bytes of each item by its key as JSON, also of those written while the meter stood still. */
  readonly #bytes = new Map<string, { readonly key: Key; readonly bytes: number }>();
  readonly #writeUnits = new Map<Purpose, number>();
  readonly #readUnits = new Map<Purpose, number>();
  #commitsWithNews = 0;
  #running = false;

  constructor(store: ItemStore) {
    this.#store = store;
  }

  /** Counts from now on; what a desk does once in its life, before the first window, is left out of a month. */
  start(): void {
    this.#running = true;
  }

  get use(): StoreUse {
    return {
      writeUnits: new Map(this.#writeUnits),
      readUnits: new Map(this.#readUnits),
      commitsWithNews: this.#commitsWithNews,
    };
  }

  /** Bytes of the items that only grow in number. */
  get historyBytes(): number {
    let sum = 0;
    for (const { key, bytes } of this.#bytes.values())
      if (isHistory(key)) sum += bytes + STORED_OVERHEAD_BYTES;
    return sum;
  }

  async get(key: Key): Promise<Item | undefined> {
    return this.#get(key, purposeOf(key));
  }

  async query(query: Query): Promise<Page> {
    return this.#query(query, queryPurpose(query));
  }

  async transact(writes: readonly Write[]): Promise<TransactResult> {
    const result = await this.#store.transact(writes);
    // A transaction that fails is billed like one that commits; only the items stay as they are.
    const each = isAlone(writes) ? UNITS_ALONE : UNITS_TOGETHER;
    for (const write of writes) this.#write(write, each, result.kind === 'committed');
    if (result.kind === 'committed') this.#committed(writes);
    return result;
  }

  changes(position: string | undefined, limit: number): Promise<Changes> {
    return this.#store.changes(position, limit);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** The same store for a caller whose reads are all for one purpose, whatever they read; writes count as ever. */
  readFor(purpose: Purpose): ItemStore {
    return {
      get: (key) => this.#get(key, purpose),
      query: (query) => this.#query(query, purpose),
      transact: (writes) => this.transact(writes),
      changes: (position, limit) => this.changes(position, limit),
      close: () => this.close(),
    };
  }

  async #get(key: Key, purpose: Purpose | undefined): Promise<Item | undefined> {
    const item = await this.#store.get(key);
    this.#read(purpose, item ? itemBytes(item) : 0);
    return item;
  }

  async #query(query: Query, purpose: Purpose | undefined): Promise<Page> {
    const page = await this.#store.query(query);
    const bytes = page.items.reduce((total, item) => total + itemBytes(item), 0);
    this.#read(purpose, bytes);
    return page;
  }

  /** A query or a get that finds nothing is billed as the smallest one. */
  #read(purpose: Purpose | undefined, bytes: number): void {
    if (purpose === undefined || !this.#running) return;
    raise(this.#readUnits, purpose, Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)));
  }

  /** The larger image of the item counts; a check and a delete cost what the item found would. */
  #write(write: Write, each: number, committed: boolean): void {
    const { pk, sk } = writeKey(write);
    const id = JSON.stringify([pk, sk]);
    const before = this.#bytes.get(id)?.bytes ?? 0;
    const after = write.kind === 'put' ? itemBytes(write.item) : 0;
    if (committed && write.kind === 'put') this.#bytes.set(id, { key: { pk, sk }, bytes: after });
    if (committed && write.kind === 'delete') this.#bytes.delete(id);
    const purpose = purposeOf({ pk, sk });
    if (purpose === undefined || !this.#running) return;
    const units = Math.max(1, Math.ceil(Math.max(before, after) / WRITE_UNIT_BYTES));
    raise(this.#writeUnits, purpose, each * units);
  }

  #committed(writes: readonly Write[]): void {
    if (!this.#running) return;
    if (writes.some((one) => one.kind === 'put' && NEWS.has(one.item['entity']))) this.#commitsWithNews += 1;
  }
}

/** One put or delete. One check is a transaction all the same: no plain request only looks. */
const isAlone = (writes: readonly Write[]): boolean => writes.length === 1 && writes[0]?.kind !== 'check';

const raise = (counts: Map<Purpose, number>, purpose: Purpose, by: number): void => {
  counts.set(purpose, (counts.get(purpose) ?? 0) + by);
};
