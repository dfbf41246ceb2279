import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's own way of doing so tries for ever where the file system says
 * of a folder that is there that it is not (`/proc`).
 * @throws the file system's error when it cannot be made, or something else is in its place.
 */
export function makeFolder(path: string): void {
  const failure = failureOf(path);
  if (failure === undefined) return;
  if (!isMissing(failure) || dirname(path) === path) throw failure;
  makeFolder(dirname(path));
  const again = failureOf(path);
  if (again !== undefined) throw again;
}

/** Undefined where it is there now, whoever made it. */
function failureOf(path: string): unknown {
  try {
    mkdirSync(path);
    return undefined;
  } catch (error) {
    return isFolder(path) ? undefined : error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
