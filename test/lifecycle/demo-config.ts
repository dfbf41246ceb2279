import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

type Path = readonly (string | number)[];
/** Fields by path, and their new values. */
export type Changes = readonly (readonly [Path, unknown])[];

/** The shipped configuration with some fields changed, written to a directory; returns where. */
export function configFile(directory: string, changes: Changes): string {
  const document = parseDocument(readFileSync(new URL('../../deckle.yaml', import.meta.url), 'utf8'));
  for (const [path, value] of changes) document.setIn(path, value);
  const file = join(directory, 'deckle.yaml');
  writeFileSync(file, document.toString());
  return file;
}

/** A demo of so many seconds, too short to have to show everything. */
export const shortDemo = (seconds: number): Changes => [
  [['demo', 'seconds'], seconds],
  [['demo', 'expectContents'], false],
];
