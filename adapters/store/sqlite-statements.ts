import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Item } from './item-store.ts';

/** The statement for a text, prepared once per connection. */
export type Prepare = (sql: string) => StatementSync;

export type Row = Record<string, SQLOutputValue>;

export function statementCache(database: DatabaseSync): Prepare {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}

export const column = (row: Row, name: string): SQLOutputValue | undefined => row[name];
export const textColumn = (row: Row, name: string): string => String(row[name]);

/** An item from its stored text. Only what passed `checkWrites` was ever stored, so its shape is taken as given. */
export const parseItem = (body: string): Item => JSON.parse(body) as Item;
