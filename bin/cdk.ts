#!/usr/bin/env node
import { App, Tags } from 'aws-cdk-lib';
import { DeckleStack } from '../lib/deckle-stack.ts';
import { parseStage } from '../lib/stage.ts';

const app = new App();
const result = parseStage(app.node.tryGetContext('stage'));
if (result.kind === 'invalid') {
  process.stderr.write(`${result.problem}\n`);
  process.exitCode = 1;
} else {
  const { stage } = result;
  // Account and region are those of whoever deploys: nothing is looked up, so the app is synthesized without an account.
  new DeckleStack(app, `Deckle-${stage}`, { stage });
  Tags.of(app).add('deckle:stage', stage);
}
