import { DatabaseSync } from 'node:sqlite';
import { holds } from './conditions.ts';
import type { Changes, Item, ItemStore, Key, Page, Query, TransactResult, Write } from './item-store.ts';
import { checkKey, checkLimit, checkQuery, checkWrites, writeKey } from './limits.ts';
import { coverOf, isSameKey, type Overlay } from './overlay.ts';
import { deleteChanges, readChanges } from './sqlite-changes.ts';
import { toStoreError } from './sqlite-faults.ts';
import { type OpenMode, openStoreFile } from './sqlite-file.ts';
import { readPage } from './sqlite-page.ts';
import { column, type Prepare, parseItem, statementCache, textColumn } from './sqlite-statements.ts';

export interface SqliteStoreOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** `create` (the default) for the one who runs the session, `existing` for everybody beside it. */
  readonly mode?: OpenMode;
  readonly overlay?: Overlay;
  /** How long a transaction waits for the write lock before it is `busy`; the process does nothing else meanwhile. */
  readonly busyTimeoutMs?: number;
  /** Opens the database; a harness passes one that stops at BEGIN or COMMIT. */
  readonly connect?: (path: string) => DatabaseSync;
}

export interface SqliteStore extends ItemStore {
  /** Deletes the changes before `position`, which every consumer has behind it; returns how many. */
  pruneChanges(position: string): Promise<number>;
  /**
   * Runs reads that all see the file as it is now, whatever others commit meanwhile. Nothing may be written inside, and
   * one runs at a time.
   */
  snapshot<T>(read: () => Promise<T>): Promise<T>;
}

const BUSY_TIMEOUT_MS = 5_000;

/**
 * An item store in one SQLite file, safe against a process killed at any moment. Throws a StoreError when the file cannot be
 * used (see openStoreFile). All work is done before a call returns; the promises are the port's.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const database = openStoreFile({
    path: options.path,
    mode: options.mode ?? 'create',
    busyTimeoutMs: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS,
    connect: options.connect ?? ((path) => new DatabaseSync(path)),
  });
  return new SqliteItemStore(database, options.path, options.overlay);
}

class SqliteItemStore implements SqliteStore {
  readonly #database: DatabaseSync;
  readonly #prepare: Prepare;
  readonly #path: string;
  readonly #overlay: Overlay | undefined;

  constructor(database: DatabaseSync, path: string, overlay: Overlay | undefined) {
    this.#database = database;
    this.#prepare = statementCache(database);
    this.#path = path;
    this.#overlay = overlay;
  }

  async get(key: Key): Promise<Item | undefined> {
    checkKey(key);
    return this.#answer(() => coverOf(this.#overlay, key) ?? this.#stored(key));
  }

  async query(query: Query): Promise<Page> {
    checkQuery(query);
    return this.#answer(() => readPage(this.#prepare, query, this.#overlay));
  }

  async transact(writes: readonly Write[]): Promise<TransactResult> {
    checkWrites(writes);
    if (writes.length === 0) return { kind: 'committed' };
    // Turned into text before the lock is taken.
    const bodies = writes.map((write) => (write.kind === 'put' ? JSON.stringify(write.item) : ''));
    return this.#answer(() => this.#transact(writes, bodies));
  }

  async changes(position: string | undefined, limit: number): Promise<Changes> {
    checkLimit(limit);
    return this.#answer(() => readChanges(this.#prepare, position, limit));
  }

  async pruneChanges(position: string): Promise<number> {
    return this.#answer(() => deleteChanges(this.#prepare, position));
  }

  async snapshot<T>(read: () => Promise<T>): Promise<T> {
    this.#answer(() => this.#database.exec('BEGIN'));
    try {
      return await read();
    } finally {
      this.#answer(() => this.#database.exec('ROLLBACK'));
    }
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  #transact(writes: readonly Write[], bodies: readonly string[]): TransactResult {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const conflict = this.#judge(writes) ?? this.#writeUnderCover(writes, bodies);
      this.#database.exec(conflict === undefined ? 'COMMIT' : 'ROLLBACK');
      return conflict ?? { kind: 'committed' };
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** The first write whose condition fails, if any. */
  #judge(writes: readonly Write[]): TransactResult | undefined {
    for (const write of writes) {
      const { pk, sk } = writeKey(write);
      const key = { pk, sk };
      const cover = coverOf(this.#overlay, key);
      if (cover === undefined ? this.#holdsInTable(write, key) : holds(write.condition, cover)) continue;
      return { kind: 'conflict', key, condition: write.condition, found: cover ?? this.#stored(key) };
    }
    return undefined;
  }

  #holdsInTable({ condition }: Write, key: Key): boolean {
    if (condition.kind === 'attribute') return holds(condition, this.#stored(key));
    const row = this.#prepare('SELECT version FROM items WHERE pk = ? AND sk = ?').get(key.pk, key.sk);
    if (condition.kind === 'absent') return row === undefined;
    return row !== undefined && column(row, 'version') === condition.version;
  }

  /** Writes all, then judges the overlay's key once more: the overlay may have come, gone or changed since BEGIN. */
  #writeUnderCover(writes: readonly Write[], bodies: readonly string[]): TransactResult | undefined {
    const overlaid = this.#overlay?.key;
    const covered = writes.find((write) => isSameKey(writeKey(write), overlaid));
    if (covered === undefined) {
      this.#write(writes, bodies);
      return undefined;
    }
    const { pk, sk } = writeKey(covered);
    const key = { pk, sk };
    // The table's item as it was, since the second judgment follows the writes.
    const stored = this.#stored(key);
    this.#write(writes, bodies);
    const { condition } = covered;
    const found = coverOf(this.#overlay, key) ?? stored;
    return holds(condition, found) ? undefined : { kind: 'conflict', key, condition, found };
  }

  #write(writes: readonly Write[], bodies: readonly string[]): void {
    for (const [index, write] of writes.entries()) {
      if (write.kind === 'put') this.#put(write.item, bodies[index] ?? '');
      if (write.kind === 'delete') this.#delete(write.key);
    }
  }

  #put(item: Item, body: string): void {
    this.#prepare(
      'INSERT INTO changes (pk, sk, before, after) ' +
        'VALUES (?1, ?2, (SELECT body FROM items WHERE pk = ?1 AND sk = ?2), ?3)',
    ).run(item.pk, item.sk, body);
    const { version } = item;
    this.#prepare(
      'INSERT INTO items (pk, sk, version, body) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (pk, sk) DO UPDATE SET version = excluded.version, body = excluded.body',
    ).run(item.pk, item.sk, typeof version === 'number' ? version : null, body);
  }

  #delete(key: Key): void {
    this.#prepare(
      'INSERT INTO changes (pk, sk, before, after) SELECT pk, sk, body, NULL FROM items WHERE pk = ? AND sk = ?',
    ).run(key.pk, key.sk);
    this.#prepare('DELETE FROM items WHERE pk = ? AND sk = ?').run(key.pk, key.sk);
  }

  #stored(key: Key): Item | undefined {
    const row = this.#prepare('SELECT body FROM items WHERE pk = ? AND sk = ?').get(key.pk, key.sk);
    return row === undefined ? undefined : parseItem(textColumn(row, 'body'));
  }

  #answer<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.#path);
    }
  }
}
