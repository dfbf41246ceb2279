import type { Stage } from '../core/config/stages.ts';

/** `deckle-prod-fills`: names that a person can type and that the command line finds without asking the stack. */
export const physicalName = (stage: Stage, ...parts: readonly string[]): string =>
  ['deckle', stage.name, ...parts].join('-');
