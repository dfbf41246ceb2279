import type { Item, Page, Query } from './item-store.ts';
import { afterPrefix, isWithin } from './key-order.ts';
import { type Overlay, withCover } from './overlay.ts';
import { type Prepare, parseItem, textColumn } from './sqlite-statements.ts';

// DynamoDB ends a page at 1 MB, limit or not; a caller that forgets the next page should find out here.
const PAGE_BYTES_MAX = 1_048_576;

/** One page of a partition, with the overlay's item in its place. */
export function readPage(prepare: Prepare, query: Query, overlay: Overlay | undefined): Page {
  const range = readRange(prepare, query);
  const cover = overlay?.key.pk === query.pk ? overlay.read() : undefined;
  const items =
    cover !== undefined && isShown(cover, query, range) ? withCover(range.items, cover, query) : range.items;
  const page = items.slice(0, query.limit ?? items.length);
  return { items: page, next: range.more || page.length < items.length ? page.at(-1)?.sk : undefined };
}

interface Range {
  readonly items: readonly Item[];
  /** Whether the table has more behind them. */
  readonly more: boolean;
}

function readRange(prepare: Prepare, query: Query): Range {
  const { sql, parameters } = selectRange(query);
  const items: Item[] = [];
  let bytes = 0;
  const rows = prepare(sql).iterate(...parameters);
  // The types know no Symbol.iterator here; leaving the loop early resets the statement.
  for (const row of { [Symbol.iterator]: () => rows }) {
    if (items.length === query.limit || bytes >= PAGE_BYTES_MAX) return { items, more: true };
    const body = textColumn(row, 'body');
    bytes += body.length;
    items.push(parseItem(body));
  }
  return { items, more: false };
}

/** Where the table goes on behind this page, an overlay's item that sorts behind it belongs to a later one. */
function isShown(cover: Item, query: Query, range: Range): boolean {
  if (!isWithin(query, cover.sk)) return false;
  const last = range.items.at(-1);
  return !range.more || last === undefined || !isWithin({ ...query, after: last.sk }, cover.sk);
}

/** The same shape of query gives the same text, so that its statement is prepared once. */
function selectRange(query: Query): { sql: string; parameters: readonly string[] } {
  const clauses = ['pk = ?'];
  const parameters = [query.pk];
  const bound = (operator: string, text: string | undefined): void => {
    if (text === undefined) return;
    clauses.push(`sk ${operator} ?`);
    parameters.push(text);
  };
  bound('>=', query.from ?? query.prefix);
  bound('<=', query.to);
  bound('<', query.prefix === undefined ? undefined : afterPrefix(query.prefix));
  bound(query.descending === true ? '<' : '>', query.after);
  const order = query.descending === true ? 'DESC' : 'ASC';
  return { sql: `SELECT body FROM items WHERE ${clauses.join(' AND ')} ORDER BY sk ${order}`, parameters };
}
