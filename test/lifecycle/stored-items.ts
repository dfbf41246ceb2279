import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Bodies of stored items by `<pk> <sk>`. */
export type StoredItems = ReadonlyMap<string, string>;

/**
 * What a session's file has committed under sort keys with this prefix, in all accounts and lanes, read from a copy: the
 * file and its log stay exactly as a killed desk left them. Empty where the desk died before there were tables.
 */
export function storedItems(path: string, prefix: string): StoredItems {
  if (!existsSync(path)) return new Map();
  const directory = mkdtempSync(join(tmpdir(), 'deckle-copy-'));
  try {
    const copy = join(directory, basename(path));
    for (const suffix of ['', '-wal'])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    return readItems(copy, prefix);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function readItems(path: string, prefix: string): StoredItems {
  using database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'items'").all();
  if (tables.length === 0) return new Map();
  const rows = database
    .prepare('SELECT pk, sk, body FROM items WHERE substr(sk, 1, ?) = ?')
    .all(prefix.length, prefix);
  return new Map(rows.map((row) => [`${row['pk']} ${row['sk']}`, String(row['body'])]));
}

/** The one item under this key, parsed. */
export function storedItem(path: string, pk: string, sk: string): Record<string, unknown> | undefined {
  const body = storedItems(path, sk).get(`${pk} ${sk}`);
  return body === undefined ? undefined : JSON.parse(body);
}
