import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder } from '../../adapters/make-folder.ts';
import { RecordingError } from '../../adapters/recordings/recorded-line.ts';

/** Where everything of the desk lives, below the working directory. */
export const DECKLE_DIRECTORY = '.deckle';

/** A session's name is its file's: `demo-7`, `recording-1f2e3d4c5b6a`. */
export const demoSessionName = (seed: number, scenario: 'fair' | 'crash'): string =>
  scenario === 'fair' ? `demo-${seed}` : `demo-${seed}-${scenario}`;

/** A live session goes on under its feed's name, however often it is started. */
export const liveSessionName = (feed: string): string => `live-${feed}`;

/**
 * Names a session after what it reads: the same recordings give the same session wherever they lie.
 * @throws RecordingError in words when a file cannot be read.
 */
export function recordingSessionName(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(createHash('sha256').update(readRecordingFile(file)).digest());
  return `recording-${hash.digest('hex').slice(0, 12)}`;
}

function readRecordingFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error);
    throw new RecordingError(`recording ${file} cannot be read: ${why}`);
  }
}

export const sessionPath = (directory: string, name: string): string => join(directory, `${name}.db`);

const SESSION_FILE = /^(?:demo|recording|live)-[\w.-]+\.db$/;

/** Names of the sessions in a directory, the newest first. */
export function sessionNames(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => SESSION_FILE.test(file))
    .map((file) => ({ name: basename(file, '.db'), at: newestChange(join(directory, file)) }))
    .sort((a, b) => b.at - a.at)
    .map((one) => one.name);
}

// What was written last may still be in the write-ahead log only.
const newestChange = (path: string): number =>
  Math.max(...[path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));

/** Moves a session's files into `archive/`, under a name that is not taken; returns where, or null when there was none. */
export function archiveSession(directory: string, name: string): string | null {
  const path = sessionPath(directory, name);
  if (!existsSync(path)) return null;
  const archive = join(directory, 'archive');
  makeFolder(archive);
  let n = 1;
  while (existsSync(join(archive, `${name}.${n}.db`))) n += 1;
  const kept = join(archive, `${name}.${n}.db`);
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
  const windows = join(directory, 'windows', `${name}.jsonl.gz`);
  if (existsSync(windows)) renameSync(windows, join(archive, `${name}.${n}.windows.jsonl.gz`));
  return kept;
}
