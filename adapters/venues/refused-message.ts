import type { StepFault } from '../../core/market/grid.ts';
import { WHY_NO_STEPS } from './decimal-steps.ts';

/** Well-formed, but not possible under the instrument's rules: the field and why. */
export class RefusedMessage {
  readonly detail: string;
  constructor(detail: string) {
    this.detail = detail;
  }
}

/** A price or size that the instrument's steps cannot count. */
export const refused = (field: string, text: string, fault: StepFault): RefusedMessage =>
  new RefusedMessage(`${field}: ${WHY_NO_STEPS[fault]}, '${text.slice(0, 40)}'`);
