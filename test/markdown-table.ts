import { readFileSync } from 'node:fs';

/** The rows of all tables of a Markdown file whose header is `columns`, as records; code marks are taken off. */
export function readTables<Column extends string>(
  path: URL,
  columns: readonly Column[],
): Record<Column, string>[] {
  const rows: Record<Column, string>[] = [];
  let isInside = false;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const cells = line.startsWith('|') ? line.slice(1, line.lastIndexOf('|')).split('|') : [];
    const texts = cells.map((cell) => cell.trim());
    if (texts.length !== columns.length) isInside = false;
    else if (texts.every((text, i) => text === columns[i])) isInside = true;
    else if (isInside && !texts.every((text) => /^:?-+:?$/.test(text)))
      rows.push(
        Object.fromEntries(
          columns.map((column, i) => [column, texts[i]?.replace(/^`(.*)`$/, '$1') ?? '']),
        ) as Record<Column, string>,
      );
  }
  return rows;
}
