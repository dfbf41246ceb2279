import type { Grid, StepFault } from '../../../core/market/grid.ts';
import { stepsOf as plainSteps } from '../decimal-steps.ts';

/** Steps in a decimal text. Older messages write `.48` for `0.48`. */
export const stepsOf = (text: string, grid: Grid): number | StepFault =>
  plainSteps(text.startsWith('.') ? `0${text}` : text, grid);
