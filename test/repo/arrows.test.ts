import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

/** Each is one file of a made-up tree under the repository's own rules; the rule that must speak, or none. */
const CASES = [
  // core
  ['core/a01.ts', "import '../adapters/clock.ts';", 'noRestrictedImports'],
  ['core/a02.ts', "import '../lambdas/topology.ts';", 'noRestrictedImports'],
  ['core/market/a03.ts', "import '../../local/desk.ts';", 'noRestrictedImports'],
  ['core/market/a04.ts', "import './../../fargate/lease.ts';", 'noRestrictedImports'],
  [
    'core/a05.ts',
    "import type { Key } from '../adapters/store/item-store.ts'; export type K = Key;",
    'noRestrictedImports',
  ],
  ['core/a06.ts', "export const later = import('../adapters/clock.ts');", 'noRestrictedImports'],
  ['core/a07.ts', "import 'node:fs';", 'noRestrictedImports'],
  ['core/a08.ts', "import 'ws';", 'noRestrictedImports'],
  ['core/a09.ts', "import '@aws-sdk/client-dynamodb';", 'noRestrictedImports'],
  ['core/a10.ts', "import '../test/support/values.ts';", 'noRestrictedImports'],
  ['core/a11.ts', 'export const at = Date.now();', 'noRestrictedGlobals'],
  ['core/a12.ts', 'export const at = new Date(0);', 'noRestrictedGlobals'],
  ['core/a13.ts', "export const home = process.env['HOME'];", 'noRestrictedGlobals'],
  ['core/a14.ts', "console.error('lost');", 'noRestrictedGlobals'],
  ['core/a15.ts', 'export const at = performance.now();', 'noRestrictedGlobals'],
  ['core/a16.ts', 'export const id = crypto.randomUUID();', 'noRestrictedGlobals'],
  ['core/a17.ts', 'export const all = globalThis;', 'noRestrictedGlobals'],
  ['core/a18.ts', 'setTimeout(() => undefined, 1);', 'noRestrictedGlobals'],
  ['core/a19.ts', "export const answer = fetch('https://example.org');", 'noRestrictedGlobals'],
  [
    'core/market/a22.ts',
    "import * as z from 'zod'; import '../time.ts'; import './grid.ts'; export const s = z.int();",
    null,
  ],
  [
    'core/market/a24.ts',
    "import { en } from 'zod/locales'; import * as z from 'zod/mini'; z.config(en());",
    null,
  ],
  ['core/market/a25.ts', "import 'zod/v3';", 'noRestrictedImports'],
  ['core/a23.ts', 'export const most = Math.max(1, 2);', null],
  // adapters
  ['adapters/b01.ts', "import '../fargate/lease.ts';", 'noRestrictedImports'],
  ['adapters/store/b02.ts', "import '../../lambdas/topology.ts';", 'noRestrictedImports'],
  ['adapters/store/b03.ts', "import '../../local/desk.ts';", 'noRestrictedImports'],
  ['adapters/b04.ts', "import 'aws-cdk-lib/aws-sns';", 'noRestrictedImports'],
  ['adapters/b05.ts', "import 'fast-check';", 'noRestrictedImports'],
  [
    'adapters/store/b06.ts',
    "import 'node:sqlite'; import '@aws-sdk/client-dynamodb'; import '../../core/time.ts'; import '../sha256.ts';",
    null,
  ],
  // fargate
  ['fargate/c01.ts', "import '../lambdas/fills/fills.ts';", 'noRestrictedImports'],
  ['fargate/c02.ts', "import '../local/desk.ts';", 'noRestrictedImports'],
  ['fargate/c03.ts', "import '../adapters/venues/binance/schema.ts';", 'noRestrictedImports'],
  [
    'fargate/c04.ts',
    "import '../adapters/venues/binance/reader.ts'; import '../adapters/venues/frame-source.ts'; import '../core/time.ts';",
    null,
  ],
  // lambdas
  ['lambdas/fills/d01.ts', "import '../../fargate/lease.ts';", 'noRestrictedImports'],
  ['lambdas/fills/d02.ts', "import '../../local/desk.ts';", 'noRestrictedImports'],
  ['lambdas/fills/d03.ts', "import '@aws-sdk/client-sns';", 'noRestrictedImports'],
  ['lambdas/fills/d04.ts', "import 'node:fs';", 'noRestrictedImports'],
  ['lambdas/fills/handler.ts', "import '../../local/desk.ts';", 'noRestrictedImports'],
  [
    'lambdas/risk/handler.ts',
    "import '@aws-sdk/client-sns'; import '../../adapters/store/ledger.ts'; import './risk.ts';",
    null,
  ],
  [
    'lambdas/fills/d05.ts',
    "import '../../adapters/store/ledger.ts'; import '../../core/time.ts'; import './mark.ts';",
    null,
  ],
  // local
  ['local/e01.ts', "import '../bin/deckle.ts';", 'noRestrictedImports'],
  ['local/watch/e02.ts', "import '../../lib/bundling.ts';", 'noRestrictedImports'],
  ['local/e03.ts', "import '../test/support/desk.ts';", 'noRestrictedImports'],
  ['local/e04.ts', "import 'constructs';", 'noRestrictedImports'],
  ['local/e05.ts', "import '../adapters/venues/binance/mapper.ts';", 'noRestrictedImports'],
  [
    'local/watch/e06.ts',
    "import '../../lambdas/topology.ts'; import '../../fargate/lease.ts'; import '../../core/time.ts'; import '../desk.ts'; import 'hono';",
    null,
  ],
  // lib
  ['lib/f01.ts', "import '../core/time.ts';", 'noRestrictedImports'],
  ['lib/f02.ts', "import '../lambdas/fills/fills.ts';", 'noRestrictedImports'],
  ['lib/f03.ts', "import '../lambdas/fills/handler.ts';", 'noRestrictedImports'],
  ['lib/f04.ts', "import '../adapters/store/table.ts';", 'noRestrictedImports'],
  ['lib/f05.ts', "import '@aws-sdk/client-sns';", 'noRestrictedImports'],
  [
    'lib/f06.ts',
    "import 'aws-cdk-lib/aws-sns'; import 'aws-cdk-lib'; import 'constructs'; import '../lambdas/topology.ts'; import './desk-bus.ts';",
    null,
  ],
  [
    'lib/f07.ts',
    "import 'esbuild'; import 'cdk-nag'; import 'node:path'; import { STAGE_NAMES } from '../core/config/stages.ts'; export const all = STAGE_NAMES;",
    null,
  ],
  ['lib/f08.ts', "import '../core/config/desk-config.ts';", 'noRestrictedImports'],
  ['lib/f09.ts', "import '../adapters/config/load-stages.ts';", 'noRestrictedImports'],
  // bin
  ['bin/g01.ts', "import '../lambdas/topology.ts';", 'noRestrictedImports'],
  ['bin/g02.ts', "import '../lib/bundling.ts';", 'noRestrictedImports'],
  ['bin/g03.ts', "import '../local/cli/cli.ts';", null],
  ['bin/cdk.ts', "import '../local/desk.ts';", 'noRestrictedImports'],
  ['bin/nested/cdk.ts', "import '../../adapters/clock.ts';", 'noRestrictedImports'],
  // Everywhere
  ['fargate/h01.ts', 'export default 1;', 'noDefaultExport'],
  ['h02.config.ts', 'export default 1;', null],
  ['adapters/h03.ts', "export { a } from './h04.ts';", 'noBarrelFile'],
  ['adapters/h05.ts', "import { b } from './h06.ts'; export const a = b;", 'noImportCycles'],
  ['adapters/h06.ts', "import { a } from './h05.ts'; export const b = a;", 'noImportCycles'],
  ['local/h07.ts', 'export const f = (x: any): unknown => x;', 'noExplicitAny'],
  ['local/h08.ts', 'export const f = (x: string | null): string => x!;', 'noNonNullAssertion'],
  ['local/h09.ts', 'export enum Side { Buy, Sell }', 'noEnum'],
] as const;

const answer = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
});

const repository = fileURLToPath(new URL('../..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'deckle-arrows-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** Rules that spoke, by file. */
let spoken: ReadonlyMap<string, readonly string[]> = new Map();

beforeAll(async () => {
  const rules = JSON.parse(readFileSync(join(repository, 'biome.json'), 'utf8')) as object;
  // The made-up tree is no git repository.
  writeFileSync(join(tree, 'biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }));
  for (const [path, text] of CASES) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), `${text}\n`);
  }
  const { diagnostics } = answer.parse(JSON.parse(await lint()));
  const found = new Map<string, string[]>();
  for (const { category, location } of diagnostics) {
    const path = location.path.replaceAll('\\', '/');
    found.set(path, [...(found.get(path) ?? []), category.split('/').at(-1) ?? category]);
  }
  spoken = found;
});

/** Biome's report on the made-up tree; it exits with 1, since there is much to report. */
function lint(): Promise<string> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const options = { cwd: tree, maxBuffer: 1 << 24 };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [biome, 'lint', '--reporter=json', '--max-diagnostics=none'],
      options,
      (_, out) => resolve(out),
    );
  });
}

test.each(CASES.filter(([, , rule]) => rule !== null))('%s is refused: %s', (path, _, rule) => {
  expect(spoken.get(path)).toContain(rule);
});

test.each(CASES.filter(([, , rule]) => rule === null))('%s is allowed: %s', (path) => {
  expect(spoken.get(path)).toBeUndefined();
});
