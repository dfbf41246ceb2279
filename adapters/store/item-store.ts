/**
 * The part of DynamoDB that Deckle uses, as a port (docs/adr/0003). A driver is small and knows nothing of trading; keys,
 * codecs and everything that speaks of orders and accounts are written once above it.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** An item is its key and its attributes. Amounts are decimal strings; `version` is a count that each write raises. */
export interface Item extends Key {
  readonly [attribute: string]: AttributeValue;
}

/** What must hold for a write; all of one transaction's conditions are judged together. */
export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'attribute'; readonly name: string; readonly equals: string | number | boolean };

export type Write =
  | { readonly kind: 'put'; readonly item: Item; readonly condition: Condition }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition: Condition }
  | { readonly kind: 'check'; readonly key: Key; readonly condition: Condition };

/** `conflict` names the first write (in the order given) whose condition failed and the item found there, if any. */
export type TransactResult =
  | { readonly kind: 'committed' }
  | {
      readonly kind: 'conflict';
      readonly key: Key;
      readonly condition: Condition;
      readonly found: Item | undefined;
    };

export interface Query {
  readonly pk: string;
  /** Sort keys that begin with this text; excludes `from`/`to`. */
  readonly prefix?: string;
  /** Inclusive bounds of the sort key, in UTF-8 byte order. */
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly descending?: boolean;
  /** Where the page before ended. */
  readonly after?: string;
}

export interface Page {
  readonly items: readonly Item[];
  /** Give it back as `after` for the next page; undefined on the last page. */
  readonly next: string | undefined;
}

/** A committed image: `before` is undefined for a new item, `after` for a deleted one. `position` orders them. */
export interface Change {
  readonly position: string;
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface Changes {
  readonly changes: readonly Change[];
  /** The position to go on from; equals the one given when nothing is new. */
  readonly position: string;
}

/** DynamoDB's limit; both drivers refuse a larger transaction. */
export const WRITES_MAX = 100;

export interface ItemStore {
  get(key: Key): Promise<Item | undefined>;
  /** One page, sorted by sort key; reads are consistent. */
  query(query: Query): Promise<Page>;
  /**
   * All writes or none. Two writes on one key are refused with a RangeError, as are more than {@link WRITES_MAX}.
   * A failed condition is a value; a store that cannot answer throws a {@link StoreError}.
   */
  transact(writes: readonly Write[]): Promise<TransactResult>;
  /** Committed images after `position` in commit order; undefined begins with the oldest that is kept. */
  changes(position: string | undefined, limit: number): Promise<Changes>;
  close(): Promise<void>;
}

/**
 * `full`: no room left; nothing of the transaction was written. `busy`: the write lock stayed taken. `newer`: written by
 * a newer version. `corrupt`: not readable; the file was kept aside. `unavailable`: the store did not answer.
 */
export type StoreFault = 'full' | 'busy' | 'newer' | 'corrupt' | 'unavailable';

/** The store could not do its work; `message` is written for a person. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly fault: StoreFault;
  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Every item of a partition that a query names, page by page. */
export async function* queryAll(store: ItemStore, query: Omit<Query, 'after'>): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const page = await store.query(after === undefined ? query : { ...query, after });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
