import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../local/endpoint/places.ts';

/** What a deployment is made of. */
const PARTS = ['adapters', 'bin', 'core', 'fargate', 'lambdas', 'lib', 'local', 'cdk.json', 'package.json'];

/** A copy of this tree with other stage settings, for a deployment that changes something. */
export function copiedTree(directory: string, settings: (text: string) => string): string {
  const root = join(directory, 'tree');
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'stages.yaml'), settings(readFileSync(join(ROOT, 'stages.yaml'), 'utf8')));
  return root;
}
