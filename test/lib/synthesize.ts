import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';
import { loadStages } from '../../adapters/config/load-stages.ts';
import type { Stage, StageName } from '../../core/config/stages.ts';
import type { FunctionName } from '../../lambdas/topology.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import type { DeskBundles } from '../../lib/bundling.ts';
import { addDesk, hasContainer } from '../../lib/desk-app.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

const root = new URL('../../', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'deckle-synth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A stage of the repository's own stages.yaml. */
export function stageNamed(name: StageName): Stage {
  const result = loadStages(new URL('stages.yaml', root).pathname);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.issues));
  return result.stages[name];
}

const made = new Map<string, Template>();

/** The template of one stage as `cdk synth` makes it, security checks included, but for its code, which is one line each. */
export function synthesize(stage: Stage): Template {
  const key = JSON.stringify(stage);
  const template = made.get(key) ?? synthesizeAnew(stage);
  made.set(key, template);
  return template;
}

function synthesizeAnew(stage: Stage): Template {
  const { app, stack } = unsynthesized(stage);
  return app.synth().getStackByName(stack.stackName).template as Template;
}

/** The app before it is synthesized, for what should not come through. */
export function unsynthesized(stage: Stage): { readonly app: App; readonly stack: Stack } {
  const out = mkdtempSync(join(folder, `${stage.name}-`));
  const { context } = JSON.parse(readFileSync(new URL('cdk.json', root), 'utf8')) as { context: object };
  const app = new App({ outdir: join(out, 'cdk.out'), context });
  return { app, stack: addDesk(app, stage, oneLiners(out, stage)) };
}

function oneLiners(out: string, stage: Stage): DeskBundles {
  const functions = Object.fromEntries(
    TOPOLOGY.map(({ name }) => {
      const code = join(out, 'code', name);
      mkdirSync(code, { recursive: true });
      writeFileSync(join(code, 'index.mjs'), `export const handler = async () => '${name}';\n`);
      return [name, code];
    }),
  ) as Record<FunctionName, string>;
  const feeds = join(out, 'feeds.mjs');
  writeFileSync(feeds, 'process.exit(0);\n');
  return { functions, feeds: hasContainer(stage) ? feeds : null };
}

/** The resources of one type with their logical ids. */
export const ofType = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, one]) => one.Type === type);
