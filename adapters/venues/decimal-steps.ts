import { type Grid, parseSteps, type StepFault } from '../../core/market/grid.ts';

const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
/** So many digits are below 2^53 whatever they are. */
const EXACT_DIGITS = 15;
/** 10^0 to 10^8: a grid has at most eight decimals. */
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/** As {@link parseSteps}, without a big integer for ordinary numbers: a busy book has thousands of them each second. */
export function stepsOf(text: string, grid: Grid): number | StepFault {
  const steps = quickSteps(text, 0, grid);
  return steps >= 0 ? steps : parseSteps(text, grid);
}

/** Steps in a decimal text that may begin with a minus: the change of a level's size. */
export function signedSteps(text: string, grid: Grid): number | StepFault {
  if (text.charCodeAt(0) !== MINUS) return stepsOf(text, grid);
  const quick = quickSteps(text, 1, grid);
  const steps = quick >= 0 ? quick : parseSteps(text.slice(1), grid);
  return typeof steps === 'number' ? 0 - steps : steps;
}

/** What is wrong with a text that is no count of steps, in words. */
export const WHY_NO_STEPS: Readonly<Record<StepFault, string>> = {
  not_decimal: 'not an unsigned decimal',
  off_grid: 'not a multiple of the step',
  too_large: 'too large to count exactly',
};

/** Steps of a plain decimal of few digits on the grid; -1 for whatever is unusual. */
function quickSteps(text: string, from: number, grid: Grid): number {
  const { length } = text;
  let n = from;
  let value = 0;
  for (; n < length; n += 1) {
    const code = text.charCodeAt(n);
    if (code < ZERO || code > NINE) break;
    value = value * 10 + (code - ZERO);
  }
  const whole = n - from;
  if (whole === 0 || whole > EXACT_DIGITS) return -1;
  let places = grid.decimals;
  if (n < length) {
    if (text.charCodeAt(n) !== DOT || n + 1 === length || length - n > EXACT_DIGITS) return -1;
    for (n += 1; n < length; n += 1) {
      const code = text.charCodeAt(n);
      if (code < ZERO || code > NINE) return -1;
      if (places > 0) {
        value = value * 10 + (code - ZERO);
        places -= 1;
      } else if (code !== ZERO) return -1;
    }
  }
  if (whole + grid.decimals - places > EXACT_DIGITS) return -1;
  // A product of two whole numbers that stays below 2^53 was not rounded.
  value *= POWERS[places] ?? Number.NaN;
  if (!(value <= Number.MAX_SAFE_INTEGER)) return -1;
  if (grid.divisor === 1) return value;
  return value % grid.divisor === 0 ? value / grid.divisor : -1;
}
