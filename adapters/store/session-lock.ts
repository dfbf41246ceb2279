import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../make-folder.ts';
import { isBusy, toStoreError } from './sqlite-faults.ts';

export type SessionLock = { readonly kind: 'acquired'; release(): void } | { readonly kind: 'held' };

// Long enough to outlast somebody's probe, short enough that a refusal comes at once.
const PROBE_TIMEOUT_MS = 250;

// A database that nobody refers to is closed by the garbage collector, and its lock with it.
const held = new Set<DatabaseSync>();

/**
 * Takes the one lock of a session, on the empty file `<path>.lock` beside its store. It is the operating system's lock and
 * ends with this process, however that ends; a stopped process keeps it. The file stays behind and means nothing; reading it
 * by other means than SQLite from within this process would drop the lock.
 */
export function acquireSessionLock(path: string): SessionLock {
  const file = lockFile(path);
  let database: DatabaseSync | undefined;
  try {
    makeFolder(dirname(file));
    const lock = new DatabaseSync(file, { timeout: PROBE_TIMEOUT_MS });
    database = lock;
    // Nothing is ever written, so the file stays empty; the journal in memory makes sure that no other file appears.
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    held.add(lock);
    return { kind: 'acquired', release: () => release(lock) };
  } catch (error) {
    database?.close();
    if (isBusy(error)) return { kind: 'held' };
    throw toStoreError(error, file);
  }
}

/** Whether a living process holds the session's lock; leaves no trace. */
export function isSessionLocked(path: string): boolean {
  const file = lockFile(path);
  if (!existsSync(file)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    database.exec('SELECT count(*) FROM sqlite_schema');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw toStoreError(error, file);
  } finally {
    database?.close();
  }
}

const lockFile = (path: string): string => `${path}.lock`;

function release(lock: DatabaseSync): void {
  held.delete(lock);
  if (lock.isOpen) lock.close();
}
