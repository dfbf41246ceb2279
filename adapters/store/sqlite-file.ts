import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { makeFolder } from '../make-folder.ts';
import { StoreError } from './item-store.ts';
import { keepAside } from './keep-aside.ts';
import { isDamage, toStoreError } from './sqlite-faults.ts';

/** `create` begins a file where there is none and checks it whole; `existing` opens it beside the one who does. */
export type OpenMode = 'create' | 'existing';

export interface StoreFileOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  readonly mode: OpenMode;
  readonly busyTimeoutMs: number;
  readonly connect: (path: string) => DatabaseSync;
}

/** Raised when the tables change; a file of a higher number is refused. */
export const SCHEMA_VERSION = 1;
// "DECK": tells our files from other SQLite databases.
const APPLICATION_ID = 0x4445_434b;
const MEMORY = ':memory:';
// The smallest page SQLite has; every database has at least one.
const PAGE_BYTES_MIN = 512;

/** `version` repeats the item's own version, so that the commonest condition is judged without parsing the body. */
const SCHEMA = `
  CREATE TABLE items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, version, body TEXT NOT NULL, PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, pk TEXT NOT NULL, sk TEXT NOT NULL, before TEXT, after TEXT
  );
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens a store's file, ready for use. Throws a StoreError: `unavailable` when there is none to open or it is not ours,
 * `newer` when a newer version wrote it (both untouched), `corrupt` when it is damaged; in mode `create` the damaged file is
 * kept aside first, so that the next call begins a new one.
 */
export function openStoreFile(options: StoreFileOptions): DatabaseSync {
  const { path, connect } = options;
  const mode = path === MEMORY ? 'create' : options.mode;
  let database: DatabaseSync | undefined;
  try {
    if (path !== MEMORY) lookBefore(path, mode);
    database = connect(path);
    database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    prepareSchema(database, path, mode);
    if (path !== MEMORY) useWriteAheadLog(database, path);
    if (mode === 'create' && path !== MEMORY) checkPages(database, path);
    return database;
  } catch (error) {
    if (mode === 'create' && isDamage(error)) throw putAside(path, database, error);
    database?.close();
    throw toStoreError(error, path);
  }
}

/** Refuses what must stay untouched before SQLite opens it in earnest, which may replay a log or change its journal. */
function lookBefore(path: string, mode: OpenMode): void {
  const size = fileSize(path);
  if (size === undefined || size === 0) {
    if (mode === 'existing') throw new StoreError('unavailable', `There is no store at ${path} yet.`);
    makeFolder(dirname(path));
    return;
  }
  if (size < PAGE_BYTES_MIN) throw new PageDamage(`it has ${size} bytes, less than a page`);
  const stamp = peek(path);
  if (stamp !== undefined) checkStamp(stamp, path);
}

function fileSize(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
  } catch (error) {
    throw new StoreError('unavailable', `The store ${path} cannot be read.`, { cause: error });
  }
}

interface Stamp {
  readonly application: number;
  readonly version: number;
}

/**
 * The file's stamp, read without a lock and without its log. It goes through SQLite because closing a file by other means
 * would drop the locks that this process holds on it. Undefined when it cannot be read that way: a checkpoint may be half
 * done, which only opening the file can tell from damage.
 */
function peek(path: string): Stamp | undefined {
  const address = pathToFileURL(path);
  address.searchParams.set('immutable', '1');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(address, { readOnly: true });
    return readStamp(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function readStamp(database: DatabaseSync): Stamp {
  return {
    application: numberOf(database, 'PRAGMA application_id'),
    version: numberOf(database, 'PRAGMA user_version'),
  };
}

function checkStamp(stamp: Stamp, path: string): void {
  if (stamp.application !== APPLICATION_ID) {
    throw new StoreError('unavailable', `${path} is another program's database. It was left as it is.`);
  }
  if (stamp.version > SCHEMA_VERSION) {
    throw new StoreError(
      'newer',
      `${path} was written by a newer version (store format ${stamp.version}; this one knows ${SCHEMA_VERSION}). ` +
        'It was left as it is: use the version that wrote it, or another session.',
    );
  }
}

/**
 * Tables, stamp and all appear in one transaction, and before the write-ahead log is switched on: a file that is not empty
 * carries our stamp in its first page from its first moment.
 */
function prepareSchema(database: DatabaseSync, path: string, mode: OpenMode): void {
  if (isEmpty(database)) {
    if (mode === 'existing') throw new StoreError('unavailable', `There is no store at ${path} yet.`);
    database.exec('BEGIN IMMEDIATE');
    // Another process may have been first while we waited for the lock.
    if (isEmpty(database)) database.exec(SCHEMA);
    database.exec('COMMIT');
  }
  checkStamp(readStamp(database), path);
}

function isEmpty(database: DatabaseSync): boolean {
  const stamp = readStamp(database);
  return (
    stamp.application === 0 &&
    stamp.version === 0 &&
    numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0
  );
}

/**
 * The log lets others read while one writes. With NORMAL a killed process loses nothing; a power failure may lose the newest
 * transactions, whole ones, from the end.
 */
function useWriteAheadLog(database: DatabaseSync, path: string): void {
  const mode = scalar(database, 'PRAGMA journal_mode = WAL');
  if (mode !== 'wal') {
    throw new StoreError('unavailable', `The file system of ${path} cannot share a file between processes.`);
  }
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF');
}

/** Damage that SQLite would not raise by itself, under its code for damage. */
class PageDamage extends Error {
  readonly errcode = 11;
}

function checkPages(database: DatabaseSync, path: string): void {
  if (endsWithinPage(database, path)) throw new PageDamage('it ends within a page');
  const verdict = scalar(database, 'PRAGMA quick_check(1)');
  if (verdict !== 'ok') throw new PageDamage(String(verdict));
}

/**
 * SQLite reads what a cut page lacks as zeros, and quick_check does not mind zeros in a text. A disk that was full during a
 * checkpoint leaves such an end, too, but then the log still has the page, and folding the log in completes the file.
 */
function endsWithinPage(database: DatabaseSync, path: string): boolean {
  const pageBytes = numberOf(database, 'PRAGMA page_size');
  const isCut = (): boolean => (fileSize(path) ?? 0) % pageBytes !== 0;
  if (!isCut()) return false;
  const someoneReads = numberOf(database, 'PRAGMA wal_checkpoint(TRUNCATE)') !== 0;
  return !someoneReads && isCut();
}

function putAside(path: string, database: DatabaseSync | undefined, damage: unknown): StoreError {
  const detail = damage instanceof Error ? damage.message : String(damage);
  const what = `The store ${path} is damaged (${detail}).`;
  try {
    // Named before it is closed: closing may fold the log into the file and delete it.
    const kept = keepAside(path);
    database?.close();
    kept.release();
    const where = `It was kept as ${kept.path}; start again to begin a new one.`;
    return new StoreError('corrupt', `${what} ${where}`, { cause: damage });
  } catch (error) {
    const refusal = error instanceof Error ? error.message : String(error);
    return new StoreError(
      'corrupt',
      `${what} It could not be kept aside (${refusal}) and stays where it is.`,
      {
        cause: error,
      },
    );
  }
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(scalar(database, sql));
}

function scalar(database: DatabaseSync, sql: string): unknown {
  return Object.values(database.prepare(sql).get() ?? {})[0];
}
