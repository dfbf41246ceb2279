import { StoreError } from './item-store.ts';

// https://www.sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
// The memory shared between processes could not be extended: on a full disk this comes before FULL.
const IOERR_SHMSIZE = 4_874;

/** What a SQLite error means for a person; an error that is not SQLite's comes back as it is. */
export function toStoreError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  if (error instanceof Error && isClosed(error)) {
    return new StoreError('unavailable', `The store ${path} is closed.`, { cause: error });
  }
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const detail = error instanceof Error ? error.message : String(error);
  if (code === IOERR_SHMSIZE) return new StoreError('full', fullText(path), { cause: error });
  switch (code & 0xff) {
    case BUSY:
    case LOCKED:
      return new StoreError('busy', `Another process kept the store ${path} locked. Nothing was written.`, {
        cause: error,
      });
    case FULL:
      return new StoreError('full', fullText(path), { cause: error });
    case CORRUPT:
    case NOTADB:
      return new StoreError(
        'corrupt',
        `The store ${path} is damaged (${detail}). The next start keeps the file aside and begins a new one.`,
        { cause: error },
      );
    case READONLY:
      return new StoreError('unavailable', `The store ${path} may not be written (${detail}).`, {
        cause: error,
      });
    case CANTOPEN:
      return new StoreError('unavailable', `The store ${path} cannot be opened (${detail}).`, {
        cause: error,
      });
    default:
      return new StoreError('unavailable', `The store ${path} did not answer (${detail}).`, { cause: error });
  }
}

/** SQLite's extended result code, for an error that SQLite raised. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Whether the content of the file, not the access to it, is at fault. */
export function isDamage(error: unknown): boolean {
  const code = (sqliteCode(error) ?? 0) & 0xff;
  return code === CORRUPT || code === NOTADB;
}

/** Whether somebody else held the lock. */
export function isBusy(error: unknown): boolean {
  const code = (sqliteCode(error) ?? 0) & 0xff;
  return code === BUSY || code === LOCKED;
}

function isClosed(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_INVALID_STATE';
}

function fullText(path: string): string {
  return `There is no room left for the store ${path}. The transaction was not written; free some space and try again.`;
}
