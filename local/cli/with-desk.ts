import { loadStages } from '../../adapters/config/load-stages.ts';
import type { Stage } from '../../core/config/stages.ts';
import { STAGE_NAMES } from '../../core/config/stages.ts';
import type { DeskView } from '../desk-view.ts';
import type { CommonOptions } from './cli.ts';
import { openView } from './session-view.ts';
import { CommandError } from './terminal.ts';

/** Stages of this repository, beside `deckle.yaml`. */
export const STAGES_FILE = 'stages.yaml';

/** Opens the desk that the options name, a session's file or a stack, and closes it again. */
export async function withDesk<T>(options: CommonOptions, use: (view: DeskView) => Promise<T>): Promise<T> {
  if (options.stack !== undefined) {
    // Loaded when needed: the clients of AWS take longer to load than most commands on a session to run.
    const { withStackView } = await import('../stack-view/stack-view.ts');
    return withStackView(requireStage(options.stack), process.env, use);
  }
  const view = await openView(options.dir, options.session);
  try {
    return await use(view);
  } finally {
    await view.close();
  }
}

/** The settings of a stage. @throws CommandError when there is no such stage, or its settings are not valid. */
export function requireStage(name: string): Stage {
  const known = STAGE_NAMES.find((one) => one === name);
  if (known === undefined)
    throw new CommandError(`--stack must be one of ${STAGE_NAMES.join(', ')}, not '${name}'`, 2);
  const result = loadStages(STAGES_FILE);
  if (result.kind === 'invalid')
    throw new CommandError(
      [
        `${STAGES_FILE} has to be put right:`,
        ...result.issues.map((issue) => `  ${issue.path} ${issue.message}`),
        'Its comments describe every field.',
      ].join('\n'),
      2,
    );
  return result.stages[known];
}
