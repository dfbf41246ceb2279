import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

const UNION = "type Side = 'buy' | 'sell'; declare const side: Side; declare function use(x: number): void;";

/** Each is one file under the repository's own typed rules; the rule that must speak, or none. */
const CASES = [
  ['forgotten.ts', 'const f = async (): Promise<void> => {}; f();', 'no-floating-promises'],
  ['awaited.ts', 'const f = async (): Promise<void> => {}; await f();', null],
  ['meant.ts', 'const f = async (): Promise<void> => {}; void f();', null],
  [
    'condition.ts',
    'const f = async (): Promise<boolean> => true; if (f()) throw new Error();',
    'no-misused-promises',
  ],
  ['half.ts', `${UNION} switch (side) { case 'buy': use(1); break; }`, 'switch-exhaustiveness-check'],
  ['core/dice.ts', 'void Math.random();', 'no-restricted-properties'],
  ['core/hidden-dice.ts', 'const { random } = Math; void random();', 'no-restricted-properties'],
  ['core/most.ts', 'void Math.max(1, 2);', null],
  ['dice.ts', 'void Math.random();', null],
  ['whole.ts', `${UNION} switch (side) { case 'buy': use(1); break; case 'sell': use(2); break; }`, null],
] as const;

const answer = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });

const repository = fileURLToPath(new URL('../..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'deckle-typed-lint-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** Rules that spoke, by file. */
let spoken: ReadonlyMap<string, readonly string[]> = new Map();

beforeAll(async () => {
  copyFileSync(join(repository, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  const compilerOptions = { strict: true, target: 'es2024', module: 'nodenext', types: [] };
  writeFileSync(join(tree, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  writeFileSync(join(tree, 'package.json'), JSON.stringify({ type: 'module' }));
  mkdirSync(join(tree, 'core'));
  for (const [path, text] of CASES) writeFileSync(join(tree, path), `${text}\nexport {};\n`);
  const found = new Map<string, string[]>();
  for (const { code, filename } of answer.parse(JSON.parse(await lint())).diagnostics) {
    const rule = /\((.*)\)/.exec(code)?.[1] ?? code;
    found.set(filename, [...(found.get(filename) ?? []), rule]);
  }
  spoken = found;
});

/** The report on the made-up files; oxlint exits with 1, since there is something to report. */
function lint(): Promise<string> {
  const oxlint = join(repository, 'node_modules/oxlint/bin/oxlint');
  return new Promise((resolve) => {
    execFile(process.execPath, [oxlint, '--type-aware', '--format=json'], { cwd: tree }, (_, out) =>
      resolve(out),
    );
  });
}

test.each(CASES)('%s: %s', (path, _, rule) => {
  expect(spoken.get(path)).toEqual(rule === null ? undefined : [rule]);
});
