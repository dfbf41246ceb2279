import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import type { FunctionName } from '../lambdas/topology.ts';
import { TOPOLOGY } from '../lambdas/topology.ts';

/** `function` runs in Lambda, which puts credentials in the environment; `feeds` runs in a container, which has its own. */
export type BundleKind = 'function' | 'feeds';

/** Where the bundled code of a desk lies. */
export interface DeskBundles {
  /** The folder of each function, with its `index.mjs`. */
  readonly functions: Readonly<Record<FunctionName, string>>;
  /** The feeds process as one file; null where there is no container. */
  readonly feeds: string | null;
}

/** The module whose `handler` Lambda calls. */
export const HANDLER = 'index.handler';

/** The feeds process, which is no function. */
export const FEEDS_ENTRY = 'bin/feeds.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles one entry (a path from the root of the repository) into one file and answers with its size in bytes. The same
 * sources give the same bytes, so that nothing is deployed again that did not change.
 * @throws Error whose message names file, line and what is wrong.
 */
export async function bundleFile(entry: string, outfile: string, kind: BundleKind): Promise<number> {
  await build(bundleOptions(entry, outfile, kind));
  return statSync(outfile).size;
}

/** Bundles every function, and the feeds process where a stage has a container, to folders below `out`. */
export async function bundleDesk(
  out: string,
  { withFeeds }: { readonly withFeeds: boolean },
): Promise<DeskBundles> {
  const folder = join(out, 'bundles');
  const feeds = withFeeds ? join(folder, 'feeds', 'feeds.mjs') : null;
  const functions = TOPOLOGY.map(({ name, door }) => ({ name, door, folder: join(folder, name) }));
  await Promise.all([
    ...functions.map((one) => bundleFile(one.door, join(one.folder, 'index.mjs'), 'function')),
    ...(feeds === null ? [] : [bundleFile(FEEDS_ENTRY, feeds, 'feeds')]),
  ]);
  const folders = Object.fromEntries(functions.map((one) => [one.name, one.folder]));
  return { functions: folders as Record<FunctionName, string>, feeds };
}

function bundleOptions(entry: string, outfile: string, kind: BundleKind): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's modules tree-shake; its CommonJS does not.
    mainFields: ['module', 'main'],
    // Bundled SDK: what was tested is what runs, and it starts faster than the runtime's copy.
    external: [],
    // Some packages still call `require` for Node's own modules, which an ES module does not have.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    legalComments: 'none',
    // What is wrong comes with the error.
    logLevel: 'silent',
    ...(kind === 'function' && {
      alias: { '@aws-sdk/credential-provider-node': join(root, 'adapters/aws/env-credentials.ts') },
    }),
  };
}
