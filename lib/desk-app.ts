import type { App } from 'aws-cdk-lib';
import { Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Stage } from '../core/config/stages.ts';
import type { DeskBundles } from './bundling.ts';
import { DeckleStack } from './deckle-stack.ts';

/** An emulator runs no containers: there the feeds process runs on the host. */
export const hasContainer = (stage: Stage): boolean => stage.name !== 'local';

/** Adds one stage's desk to the app, and the checks that its template must pass at every synth. */
export function addDesk(app: App, stage: Stage, bundles: DeskBundles): DeckleStack {
  // The account is that of whoever deploys, and nothing is looked up: the app is synthesized without an account.
  const stack = new DeckleStack(app, `Deckle-${stage.name}`, {
    stage,
    bundles,
    env: { ...(stage.region && { region: stage.region }) },
    terminationProtection: stage.name === 'prod',
  });
  Tags.of(app).add('deckle:stage', stage.name);
  // What is neither clean nor acknowledged with a reason fails the synth.
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return stack;
}
