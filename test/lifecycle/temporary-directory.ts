import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './at-end.ts';

/** An empty directory that is gone at the end, also where a process that is just being killed still writes to it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'deckle-'));
  atEnd(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
  return directory;
}
