import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFile } from '../../lib/bundling.ts';

/** Nobody, where root runs the tests; the container's user is as little. */
const UNPRIVILEGED = 65_534;

/** The feeds process as the container of the stack runs it. */
export interface ContainerProcess {
  /** What the container's command names `node`. */
  readonly node: string;
  /** What the container's command names `/feeds/feeds.mjs`. */
  readonly file: string;
  /** Undefined where the tests are not run by root: then the process is as unprivileged as they are. */
  readonly uid: number | undefined;
  /** A container has no home and no settings of a person. */
  readonly cwd: string;
}

/**
 * Bundles the feeds process as the stack does and puts it where an unprivileged user can read it, beside a copy of this
 * Node: that user may not look into the tree.
 */
export async function containerProcess(directory: string): Promise<ContainerProcess> {
  const folder = join(directory, 'feeds');
  mkdirSync(folder);
  const file = join(folder, 'feeds.mjs');
  const node = join(folder, 'node');
  await bundleFile('bin/feeds.ts', file, 'feeds');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  chmodSync(file, 0o644);
  for (const one of [directory, folder]) chmodSync(one, 0o755);
  return { node, file, uid: process.getuid?.() === 0 ? UNPRIVILEGED : undefined, cwd: '/' };
}
