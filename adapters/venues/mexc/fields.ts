import type { Grid, StepFault } from '../../../core/market/grid.ts';
import { stepsOf, WHY_NO_STEPS } from '../decimal-steps.ts';
import type { Int64 } from './schema.ts';

/** A message that cannot be used: the field and why. `malformed` is none of the venue's form, `refused` against the rules. */
export class BadMessage {
  readonly kind: 'malformed' | 'refused';
  readonly detail: string;
  constructor(kind: 'malformed' | 'refused', detail: string) {
    this.kind = kind;
    this.detail = detail;
  }
}

/** Steps of a price or quantity that must be above zero. */
export function positive(field: string, text: string, grid: Grid): number | BadMessage {
  const steps = stepsOf(text, grid);
  if (typeof steps === 'string') return refused(field, text, steps);
  return steps > 0
    ? steps
    : new BadMessage('refused', `${field}: must be above zero, '${text.slice(0, 40)}'`);
}

export const NO_VERSION = 'must be a whole number below 2^53';

/** A version's number; -1 when the text is none or too large to count exactly. */
export function versionOf(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : -1;
  return Number.isSafeInteger(value) ? value : -1;
}

/** A 64-bit number where it is exact as a number, else NaN. */
export function wholeNumber(value: Int64): number {
  const number = typeof value === 'object' ? value.high * 4_294_967_296 + (value.low >>> 0) : Number(value);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

/** A price or size that the instrument's steps cannot count. */
export const refused = (field: string, text: string, fault: StepFault): BadMessage =>
  new BadMessage('refused', `${field}: ${WHY_NO_STEPS[fault]}, '${text.slice(0, 40)}'`);

/** A field that is not as the venue writes it. */
export const malformed = (field: string, why: string, text?: string): BadMessage =>
  new BadMessage('malformed', `${field}: ${why}${text === undefined ? '' : `, '${text.slice(0, 40)}'`}`);
