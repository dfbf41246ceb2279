#!/usr/bin/env node
import { App } from 'aws-cdk-lib';
import { formatIssues } from '../adapters/config/load-config.ts';
import { loadStages } from '../adapters/config/load-stages.ts';
import { parseStageName } from '../core/config/stages.ts';
import { bundleDesk } from '../lib/bundling.ts';
import { addDesk, hasContainer } from '../lib/desk-app.ts';

const app = new App();
const stageName = parseStageName(app.node.tryGetContext('stage'));
const settings = loadStages('stages.yaml');
if (stageName.kind === 'invalid') fail(stageName.problem);
else if (settings.kind === 'invalid') fail(formatIssues('stages.yaml', settings.issues));
else {
  const stage = settings.stages[stageName.name];
  try {
    const bundles = await bundleDesk(app.outdir, { withFeeds: hasContainer(stage) });
    addDesk(app, stage, bundles);
  } catch (error) {
    // Source that does not bundle: the message names file and line, the stack only the bundler.
    fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(words: string): void {
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
}
