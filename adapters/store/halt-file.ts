import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { makeFolder } from '../make-folder.ts';
import type { Key } from './item-store.ts';
import type { Overlay } from './overlay.ts';

/** Why trading stands still, by whom, and since when. */
export interface Halt {
  readonly reason: string;
  readonly author: string;
  readonly at: EpochMs;
}

const NAME = 'HALT';
const FORMAT_VERSION = 1;
/** No item of the table has this version, so that no transaction that read the table's mode can commit under a halt. */
export const HALT_VERSION = -1;

/**
 * The switch that works while the desk hangs: a file beside the store that covers the mode item for every reader. Its being
 * there is what halts; what it says is for people, so an empty file or one that cannot be read halts just as well.
 */
export function haltOverlay(directory: string, key: Key): Overlay {
  return {
    key,
    read: () => {
      const halt = readHaltFile(directory);
      if (halt === undefined) return undefined;
      const { reason, author, at } = halt;
      return {
        pk: key.pk,
        sk: key.sk,
        version: HALT_VERSION,
        mode: 'halted',
        // Shaped like a stored mode, so that whoever reads the mode needs no second rule for it.
        cause: 'person',
        reason,
        author,
        changedAt: at,
        until: null,
        source: `${NAME} file`,
      };
    },
  };
}

/** The halt in force by file, undefined when there is no file. */
export function readHaltFile(directory: string): Halt | undefined {
  const path = join(directory, NAME);
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return readHalt(path) ?? unreadable(path, 'it does not say why', stat.mtimeMs);
  } catch (error) {
    // Taken away between the two looks.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return unreadable(path, error instanceof Error ? error.message : String(error), 0);
  }
}

/**
 * Halts every reader at once. The file appears whole or not at all and survives a power failure; written again, the newer
 * reason replaces the older.
 */
export function writeHaltFile(directory: string, halt: Halt): void {
  makeFolder(directory);
  const path = join(directory, NAME);
  // One name per process: the guard and a person may halt at the same moment.
  const draft = `${path}.${process.pid}.tmp`;
  const { reason, author, at } = halt;
  writeFileSync(draft, `${JSON.stringify({ version: FORMAT_VERSION, reason, author, at })}\n`, {
    flush: true,
  });
  renameSync(draft, path);
  syncDirectory(directory);
}

/** Lifts the halt; whoever calls this has written the mode that holds from now on. */
export function removeHaltFile(directory: string): void {
  const path = join(directory, NAME);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  rmSync(path, { force: true, recursive: true });
  syncDirectory(directory);
}

const haltSchema = z.object({ reason: z.string(), author: z.string(), at: z.int().check(z.minimum(0)) });

function readHalt(path: string): Halt | undefined {
  const text = readFileSync(path, 'utf8');
  try {
    const { reason, author, at } = haltSchema.parse(JSON.parse(text));
    return { reason, author, at: epochMs(at) };
  } catch {
    return undefined;
  }
}

function unreadable(path: string, why: string, modifiedMs: number): Halt {
  return {
    reason: `the file ${path} is there, but could not be read: ${why}`,
    author: 'unknown',
    at: epochMs(Math.floor(modifiedMs)),
  };
}

function syncDirectory(directory: string): void {
  // Windows cannot open a directory; its rename is durable by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
