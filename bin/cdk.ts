#!/usr/bin/env node
import { App, Tags } from 'aws-cdk-lib';
import { DeckleStack } from '../lib/deckle-stack.ts';
import { parseStage } from '../lib/stage.ts';

const app = new App();
const stage = parseStage(app.node.tryGetContext('stage'));
// Account and region are those of whoever deploys: nothing is looked up, so the app is synthesized without an account.
new DeckleStack(app, `Deckle-${stage}`, { stage });
Tags.of(app).add('deckle:stage', stage);
