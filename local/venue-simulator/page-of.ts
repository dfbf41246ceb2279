/** A page of a list. */
export interface SimPage<T> {
  readonly rows: readonly T[];
  /** Names the last row, to ask for those after it; null on the last page. */
  readonly next: string | null;
}

/** The page after the row that a cursor names; from the beginning without one, and where that row is gone. */
export function pageOf<T>(
  all: readonly T[],
  { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
  nameOf: (row: T) => string,
): SimPage<T> {
  const from = cursor ? all.findIndex((row) => nameOf(row) === cursor) + 1 : 0;
  const rows = all.slice(from, from + limit);
  const last = rows.at(-1);
  return { rows, next: last !== undefined && from + limit < all.length ? nameOf(last) : null };
}

/** A number of rows that somebody asked for, within bounds. */
export function limitOf(text: string | null, usual: number, most: number): number {
  const limit = text === null ? usual : Math.floor(Number(text));
  return limit >= 1 ? Math.min(most, limit) : usual;
}

/** The parts of a text with commas. */
export const partsOf = (text: string | null): readonly string[] =>
  (text ?? '').split(',').filter((one) => one !== '');
